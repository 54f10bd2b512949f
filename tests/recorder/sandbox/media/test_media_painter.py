"""The compositor: redrawing only what moves gives the picture that drawing everything gives."""

import pytest

from recorder.contract.layouts import CUSTOM, FIT, FLOATING, UNIT, VERTICAL, Layout, Region
from recorder.sandbox.media.painter import Painter
from recorder.sandbox.media.planes import Planes, Rect, place
from recorder.sandbox.media.scene import scene_at
from recorder.sandbox.media.timeline import Joined, Muted, Track
from tests.recorder.sandbox.media.recordings import GRID, make_timeline

OVERLAPPING = Layout(
    CUSTOM,
    tuple(
        Region(n * UNIT // 8, n * UNIT // 10, UNIT // 2, UNIT // 2, alpha=alpha, render_mode=n % 2)
        for n, alpha in enumerate((UNIT, 300_000, 0, 700_001, UNIT))
    ),
    background_color="#345678",
    background_image="https://images.example/wall.jpg",
)


def crowd(count):
    sizes = ((1280, 720), (640, 480), (720, 720), (480, 640))
    return [
        Joined(0, str(n + 1), width=sizes[n % 4][0], height=sizes[n % 4][1]) for n in range(count)
    ]


def drawn(painter, picture):
    painter.draw(picture)
    return [plane.tobytes() for plane in (painter.target.y, painter.target.u, painter.target.v)]


@pytest.mark.parametrize(
    "layout",
    [OVERLAPPING, Layout(FLOATING), Layout(VERTICAL), GRID],
    ids=["overlapping", "floating", "vertical", "best fit"],
)
@pytest.mark.parametrize("size", [(320, 240), (96, 160)], ids=str)
def test_a_picture_does_not_depend_on_the_pictures_drawn_before(layout, size):
    facts = (*crowd(17), Muted(100, "2", Track.VIDEO))
    timeline = make_timeline(*facts, layout=layout, width=size[0], height=size[1])
    scene = scene_at(timeline, 2000)
    running = Painter(scene, 15, Planes.blank(*size))

    for picture in (31, 32, 44, 45, 46, 33, 900, 901, 91_000):
        fresh = Painter(scene, 15, Planes.blank(*size))
        assert drawn(running, picture) == drawn(fresh, picture)


@pytest.mark.parametrize("mode", [0, FIT])
@pytest.mark.parametrize("source", [(1280, 720), (480, 640), (16, 7680), (333, 77)])
@pytest.mark.parametrize("box", [(160, 120), (2, 240), (64, 2)])
def test_a_picture_fills_its_box_or_lies_inside_it(source, box, mode):
    room = Rect(0, 0, *box)

    placed = place(*source, room, mode)

    outer, inner = (room, placed) if mode == FIT else (placed, room)
    assert outer & inner == inner
    assert placed.width == box[0] or placed.height == box[1]
    assert not any(edge % 2 for edge in (placed.left, placed.top, placed.right, placed.bottom))
