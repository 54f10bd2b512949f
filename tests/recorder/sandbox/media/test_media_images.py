"""Background images that are kept: really shown, by their content."""

import hashlib
import io
import zlib

import numpy as np
import pytest
from PIL import Image

from recorder.contract.layouts import CROP, CUSTOM, FIT, FLOATING, UNIT, Layout, Region
from recorder.contract.layouts import UserBackground as Background
from recorder.sandbox.media import Timeline, composed_picture, render_slice
from recorder.sandbox.media.images import _drawn, drawn
from recorder.sandbox.media.palette import participant_colour, picture_colour, yuv
from recorder.sandbox.media.timeline import Joined, LayoutChanged, Muted, Track
from tests.recorder.sandbox.media.recordings import Colour, decode, make_timeline

URL = "http://sandbox.example:9000/_sandbox/images/wall.png"
RED, GREEN, BLUE = (200, 30, 40), (20, 140, 60), (30, 50, 190)
BLACK = (0, 0, 0)


class Kept:
    """Contents in memory; counts how often they were read."""

    def __init__(self, *contents):
        self.by_digest = {digest_of(content): content for content in contents}
        self.reads = 0

    def read(self, digest):
        self.reads += 1
        return self.by_digest[digest]


def digest_of(content):
    return hashlib.sha256(content).hexdigest()


def encoded(image, format_="PNG"):
    buffer = io.BytesIO()
    image.save(buffer, format_)
    return buffer.getvalue()


def flag(width=480, height=240, colours=(RED, GREEN, BLUE)):
    """Upright stripes of the same width: one is lost at each side by cropping 2:1 to 2:3."""
    image, stripe = Image.new("RGB", (width, height)), width // len(colours)
    for n, colour in enumerate(colours):
        image.paste(colour, (n * stripe, 0, (n + 1) * stripe, height))
    return image


FLAG = encoded(flag())


def naming(content, layout, *facts, **settings):
    """A timeline whose first layout shows `content` at URL."""
    timeline = make_timeline(*facts, **settings)
    opening = LayoutChanged(0, layout, ((URL, digest_of(content)),))
    return Timeline(
        timeline.started_ms, timeline.canvas, slice_ms=2000, facts=(opening, *timeline.facts[1:])
    )


def test_the_canvas_background_shows_the_image_cropped_below_the_regions():
    region = Region(0, 0, UNIT // 2, UNIT // 4, "1")
    timeline = naming(
        FLAG, Layout(CUSTOM, (region,), background_image=URL), Joined(0, "1"), width=160, height=240
    )

    decoded = decode(render_slice(timeline, 0, Kept(FLAG)))

    assert decoded.complaints == []
    for picture in (0, 29):
        for point in ((4, 120), (80, 120), (155, 120), (80, 236), (120, 4)):
            assert decoded.colour(picture, *point) == GREEN, "red and blue are cropped away"
        assert decoded.colour(picture, 8, 12) == participant_colour("1")


@pytest.mark.parametrize(
    ("mode", "points"),
    [
        (CROP, {(60, 120): RED, (160, 120): GREEN, (260, 120): BLUE, (160, 4): GREEN}),
        (
            FIT,
            {
                (50, 120): RED, (160, 120): GREEN, (270, 120): BLUE,
                (160, 30): BLACK, (160, 210): BLACK,
            },
        ),
    ],
    ids=["crop", "fit"],
)  # fmt: skip
def test_a_camera_that_went_off_is_replaced_by_the_users_image_after_three_and_a_half_seconds(
    mode, points
):
    layout = Layout(FLOATING, backgrounds=(Background("1", URL, mode),))
    timeline = naming(FLAG, layout, Joined(0, "1"), Muted(100, "1", Track.VIDEO))

    decoded = decode(b"".join(render_slice(timeline, k, Kept(FLAG)) for k in range(3)))

    assert decoded.colour(53, 160, 20) == participant_colour("1")  # 3533 ms
    for picture in (54, 89):  # 3600 ms, the end
        assert {p: decoded.colour(picture, *p) for p in points} == points


def test_the_default_image_of_users_is_shown_and_another_address_stays_a_labelled_picture():
    other = "https://images.example/face.png"
    layout = Layout(
        CUSTOM,
        (Region(0, 0, UNIT // 2, UNIT, "1"), Region(UNIT // 2, 0, UNIT // 2, UNIT, "2")),
        default_user_background_image=URL,
        backgrounds=(Background("2", other),),
    )
    silent = [Joined(0, uid, publishes_video=False) for uid in "12"]

    decoded = decode(render_slice(naming(FLAG, layout, *silent), 0, Kept(FLAG)))

    assert decoded.colour(0, 80, 120) == GREEN
    assert decoded.colour(0, 240, 24) == picture_colour(other)


def test_an_image_is_rendered_alike_twice_in_any_order_and_after_it_was_remembered():
    timeline = naming(FLAG, Layout(FLOATING, background_image=URL), Joined(0, "1"))
    kept = Kept(FLAG)

    forwards = [render_slice(timeline, k, kept) for k in (0, 1)]
    reads = kept.reads
    _drawn.cache_clear()
    backwards = [render_slice(timeline, k, Kept(FLAG)) for k in (1, 0)]

    assert forwards == backwards[::-1]
    assert reads == 1, "the second slice has the picture at hand"
    assert Timeline.from_json(timeline.to_json()) == timeline


def test_another_content_under_the_same_address_shows_with_the_next_layout_on_its_picture():
    other = encoded(flag(colours=(BLUE, RED, GREEN)), "BMP")
    layout = Layout(FLOATING, background_image=URL)
    timeline = naming(
        FLAG, layout, LayoutChanged(1000, layout, ((URL, digest_of(other)),)), width=240
    )

    decoded = decode(render_slice(timeline, 0, Kept(FLAG, other)))

    assert (decoded.colour(14, 120, 120), decoded.colour(15, 120, 120)) == (GREEN, RED)


def test_the_page_shows_the_image_too():
    timeline = naming(FLAG, Layout(FLOATING, background_image=URL), width=240)

    picture = Image.open(io.BytesIO(composed_picture(timeline, 0, contents=Kept(FLAG))))

    assert Colour(*picture.getpixel((120, 120))) == GREEN


def claiming(width, height):
    """A PNG of a few bytes that says it is this large."""
    data = bytearray(encoded(Image.new("RGB", (1, 1))))
    data[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    return bytes(data)


@pytest.mark.parametrize(
    "content",
    [
        FLAG[: len(FLAG) // 2],
        FLAG[:20],
        encoded(flag(), "JPEG")[:400],
        encoded(flag(), "BMP")[:60],
        b"BM",
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        encoded(flag(), "GIF"),
        claiming(8000, 8000),
        claiming(12_000, 12_000),
        claiming(60_000, 60_000),
    ],
    ids=[
        "half",
        "head",
        "half jpeg",
        "half bmp",
        "magic",
        "noise",
        "gif",
        "large",
        "bomb",
        "worse",
    ],
)
def test_an_image_that_cannot_be_read_or_is_too_large_is_the_labelled_picture(content):
    timeline = naming(content, Layout(FLOATING, background_image=URL))

    decoded = decode(render_slice(timeline, 0, Kept(content)))

    assert decoded.colour(0, 160, 24) == picture_colour(URL)


def test_content_that_is_not_kept_is_the_labelled_picture_until_it_is():
    timeline = naming(FLAG, Layout(FLOATING, background_image=URL))
    kept = Kept()

    without = decode(render_slice(timeline, 0, kept))
    kept.by_digest[digest_of(FLAG)] = FLAG
    with_it = decode(render_slice(timeline, 0, kept))

    assert without.colour(0, 160, 24) == picture_colour(URL)
    assert with_it.colour(0, 160, 24) == GREEN


@pytest.mark.parametrize(
    ("image", "format_", "colour"),
    [
        (Image.new("RGB", (40, 40), RED), "JPEG", RED),
        (Image.new("L", (40, 40), 90), "JPEG", (90, 90, 90)),
        (Image.new("RGB", (40, 40), RED).quantize(2), "BMP", RED),
        (Image.new("RGBA", (40, 40), (*RED, 0)), "PNG", BLACK),
        (Image.new("RGBA", (40, 40), (200, 100, 0, 128)), "PNG", (100, 50, 0)),
        (Image.fromarray(np.full((40, 40), 90 * 257, np.uint16)), "PNG", (90, 90, 90)),
        (Image.new("1", (40, 40), 1), "PNG", (255, 255, 255)),
        (Image.new("RGB", (2, 4000), GREEN), "PNG", GREEN),
        (Image.new("RGB", (1, 1), BLUE), "PNG", BLUE),
    ],
    ids=["jpeg", "grey", "palette", "clear", "half clear", "16 bit", "bilevel", "thin", "dot"],
)
@pytest.mark.parametrize("box", [(64, 48), (2, 2)], ids=str)
def test_images_of_every_kind_keep_their_colour(image, format_, colour, box):
    content = encoded(image, format_)
    expected = yuv(colour)

    planes = drawn(Kept(content), digest_of(content), *box, CROP)

    for plane, part in zip((planes.y, planes.u, planes.v), expected, strict=True):
        assert np.abs(plane.astype(int) - part).max() <= 3
