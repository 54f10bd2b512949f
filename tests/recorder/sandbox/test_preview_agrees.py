"""What is recorded lies where the preview draws it.

The preview draws `contract.layouts.boxes`. Here layouts are recorded with pictures of one flat
colour each, decoded, and every pixel that is further than two pixels from an edge of a box must
show the colour that the boxes say. An edge that lay elsewhere would leave a strip of another.
"""

import hashlib
import io
from functools import cache

import numpy as np
import pytest
from PIL import Image

from recorder.contract.layouts import (
    BEST_FIT,
    CROP,
    CUSTOM,
    FIT,
    FLOATING,
    UNIT,
    VERTICAL,
    Canvas,
    Layout,
    Region,
    UserBackground,
    boxes,
)
from recorder.sandbox.media import Timeline, render_slice
from recorder.sandbox.media.palette import parse_colour, yuv
from recorder.sandbox.media.timeline import Joined, LayoutChanged
from tests.recorder.sandbox.media.recordings import decode

USERS = [str(100 + n) for n in range(17)]
GROUND = "#203850"
NEAR = 2  # pixels from an edge within which anything may be seen
TOLERANCE = 6  # of 255, in luma and chroma
THIRD = UNIT // 3


class Flat:
    """Pictures by their digests."""

    def __init__(self):
        self.kept = {}

    def add(self, colour, size):
        content = io.BytesIO()
        Image.new("RGB", size, colour).save(content, "PNG")
        digest = hashlib.sha256(content.getvalue()).hexdigest()
        self.kept[digest] = content.getvalue()
        return digest

    def read(self, digest):
        return self.kept[digest]

    __hash__ = object.__hash__


@cache
def colour_of(uid):
    """Neighbours in joining order differ most."""
    step = USERS.index(uid) * 7 % 17
    return 30 + step * 12, 230 - step * 11, 60 + step * 37 % 160


def shown(layout, users, canvas, pictures):
    """The layout with a flat picture for each user, as large as the user's box."""
    backgrounds, images = [], []
    for box in boxes(layout, users, canvas):
        if box.uid is not None:
            url = f"https://example.com/{box.uid}-{box.width}x{box.height}.png"
            backgrounds.append(UserBackground(box.uid, url, box.render_mode))
            images.append((url, pictures.add(colour_of(box.uid), (box.width, box.height))))
    return Layout(
        layout.kind,
        layout.regions,
        layout.max_resolution_uid,
        GROUND,
        backgrounds=tuple(backgrounds),
    ), tuple(images)


def expected(layout, users, canvas):
    """Three planes, and where they are certain: further than NEAR from every edge."""
    planes = np.empty((3, canvas.height, canvas.width))
    planes[:] = np.array(yuv(parse_colour(GROUND)))[:, None, None]
    certain = np.ones((canvas.height, canvas.width), bool)
    for box in boxes(layout, users, canvas):
        if box.uid is None:
            continue
        right, bottom = box.x + box.width, box.y + box.height
        inside = planes[:, box.y : bottom, box.x : right]
        alpha, colour = box.alpha / UNIT, np.array(yuv(colour_of(box.uid)))[:, None, None]
        inside[:] = inside * (1 - alpha) + colour * alpha
        rows, columns = (
            slice(max(0, box.y - NEAR), bottom + NEAR),
            slice(max(0, box.x - NEAR), right + NEAR),
        )
        for x in (box.x, right):
            certain[rows, max(0, x - NEAR) : x + NEAR] = False
        for y in (box.y, bottom):
            certain[max(0, y - NEAR) : y + NEAR, columns] = False
    return planes, certain


def recorded(canvas, changes, users):
    """The decoded pictures of two seconds; `changes` are (ms, layout)."""
    pictures = Flat()
    laid_out = [
        LayoutChanged(at, *shown(layout, users, canvas, pictures)) for at, layout in changes
    ]
    people = [Joined(0, uid, publishes_video=False) for uid in users]
    facts = sorted([*laid_out, *people], key=lambda fact: fact.at_ms)
    timeline = Timeline(
        1_700_000_000_000, canvas, fps=7, bitrate_kbps=2000, slice_ms=2000, facts=tuple(facts)
    )
    decoded = decode(render_slice(timeline, 0, pictures))
    assert not decoded.complaints
    return decoded.pictures


def assert_agrees(picture, layout, users, canvas):
    planes, certain = expected(layout, users, canvas)
    assert certain.mean() > 0.5, "most of the picture is looked at"
    luma, *chroma = picture
    seen = np.stack([luma, *(plane.repeat(2, 0).repeat(2, 1) for plane in chroma)])
    off = np.abs(seen - planes).max(axis=0)
    wrong = np.argwhere((off > TOLERANCE) & certain)
    assert not len(wrong), f"{len(wrong)} pixels, the first at {wrong[0][::-1]}"


def region(x, y, width, height, uid=None, alpha=1.0, mode=CROP):
    return Region(x, y, width, height, uid, round(alpha * UNIT), mode)


def thirds():
    """17 regions whose edges lie on thirds, sevenths and odd fractions."""
    grid = [
        region(n % 3 * THIRD, n // 3 * (UNIT // 7), THIRD, UNIT // 7, mode=FIT) for n in range(15)
    ]
    low = [region(n * 333_337, 777_777, 333_331, 222_223) for n in range(2)]
    return Layout(CUSTOM, tuple(grid + low))


OVERLAPPING = Layout(
    CUSTOM,
    (
        region(0, 0, UNIT, UNIT, "105", 0.9, FIT),
        region(123_457, 98_765, 543_211, 345_679, alpha=0.5),
        region(333_333, 222_221, 333_334, 555_557, alpha=0.77, mode=FIT),
        region(2 * THIRD, 2 * THIRD, THIRD, THIRD, "101"),
        region(500_001, 0, 499_999, 333_333, "nobody"),
        region(10_001, 900_001, 980_003, 90_007, alpha=0.25),
    ),
)
CASES = [
    *((Layout(FLOATING), count) for count in (1, 2, 6, 17)),
    *((Layout(BEST_FIT), count) for count in (1, 2, 3, 5, 10, 17)),
    *((Layout(VERTICAL), count) for count in (1, 5, 7, 9, 17)),
    (Layout(VERTICAL, max_resolution_uid="103"), 12),
    (Layout(VERTICAL, max_resolution_uid="999"), 4),
    (thirds(), 17),
    (OVERLAPPING, 8),
]


@pytest.mark.parametrize("size", [(640, 360), (360, 640), (322, 250)])
@pytest.mark.parametrize(("layout", "count"), CASES)
def test_every_region_lies_where_the_preview_draws_it(layout, count, size):
    canvas, users = Canvas(*size), USERS[:count]

    first, *_ = recorded(canvas, [(0, layout)], users)

    assert_agrees(first, layout, users, canvas)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Layout(BEST_FIT), OVERLAPPING),
        (OVERLAPPING, Layout(VERTICAL)),
        (thirds(), Layout(FLOATING)),
    ],
)
def test_a_change_while_recording_moves_every_edge_on_the_exact_picture(before, after):
    canvas, users = Canvas(640, 360), USERS[:9]

    pictures = recorded(canvas, [(0, before), (1000, after)], users)

    assert len(pictures) == 14
    assert_agrees(pictures[6], before, users, canvas)
    assert_agrees(pictures[7], after, users, canvas)
    assert_agrees(pictures[13], after, users, canvas)


def test_an_edge_that_lay_four_pixels_beside_would_be_seen():
    canvas, users = Canvas(640, 360), USERS[:2]
    moved = Layout(CUSTOM, (region(0, 0, UNIT // 2, UNIT), region(UNIT // 2, 0, UNIT // 2, UNIT)))
    drawn = Layout(
        CUSTOM, (region(0, 0, UNIT // 2 + 6250, UNIT), region(UNIT // 2 + 6250, 0, 493_750, UNIT))
    )

    first, *_ = recorded(canvas, [(0, moved)], users)

    with pytest.raises(AssertionError, match="pixels, the first at"):
        assert_agrees(first, drawn, users, canvas)
