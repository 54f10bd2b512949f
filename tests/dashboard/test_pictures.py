import re

from django.template import engines

from dashboard import pictures
from dashboard.pictures import Slice
from recorder.contract.layouts import BEST_FIT, CUSTOM, Canvas, Layout, Region

WIDE = Canvas(1280, 720)
HALVES = Layout(
    CUSTOM, (Region(0, 0, 500_000, 1_000_000), Region(500_000, 0, 500_000, 1_000_000, uid="9"))
)


def draw(source: str, **context: object) -> str:
    return engines["django"].from_string("{% load ui %}" + source).render(context)


def test_a_thumbnail_fills_every_region_when_nobody_is_named():
    drawn = pictures.thumbnail(HALVES, WIDE)

    assert [(tile.x, tile.width, tile.occupied) for tile in drawn.tiles] == [
        (0, 640, True),
        (640, 640, True),
    ]


def test_a_region_waits_for_its_own_user():
    left, right = pictures.thumbnail(HALVES, WIDE, ["4"]).tiles

    assert (left.label, left.occupied) == ("4", True)
    assert not right.occupied


def test_a_thumbnail_tells_in_words_what_it_draws():
    svg = draw("{% thumbnail layout canvas %}", layout=HALVES, canvas=WIDE)

    assert 'aria-label="Custom layout, 2 regions on 1280 by 720 pixels"' in svg
    assert 'role="img"' in svg


def test_drawings_have_no_styles_in_them():
    svg = draw(
        "{% thumbnail layout canvas users %}", layout=Layout(BEST_FIT), canvas=WIDE, users=["1"]
    )

    assert "style" not in svg


def test_slices_are_placed_on_the_span():
    bars = pictures.slice_bars([Slice(0, 15, "playable"), Slice(15, 15, "missing")], 60)

    assert [(bar.x, bar.width) for bar in bars] == [(0.0, 250.0), (250.0, 250.0)]
    assert bars[0].height < bars[1].height == pictures.STRIP_HEIGHT


def test_what_lies_outside_the_span_is_cut_off():
    bars = pictures.slice_bars([Slice(-20, 15, "playable"), Slice(50, 30, "present")], 60)

    assert [(bar.x, bar.width) for bar in bars] == [(833.33, 166.67)]


def test_an_empty_span_draws_nothing():
    assert pictures.slice_bars([Slice(0, 15, "playable")], 0) == []


def test_a_strip_is_one_path_for_each_state():
    paths = pictures.slice_paths(
        [Slice(0, 15, "playable"), Slice(15, 15, "missing"), Slice(30, 15, "playable")], 60
    )

    assert paths == {
        "playable": "M0 6h250v14h-250zM500 6h250v14h-250z",
        "missing": "M250 0h250v20h-250z",
    }


def test_many_slices_are_drawn_without_seams_that_would_hide_them():
    half_an_hour = [Slice(15 * k, 15, "playable") for k in range(120)]

    assert 'class="slices"' in draw("{% slice_strip slices 1800 %}", slices=half_an_hour)
    assert 'class="slices is-crowded"' in draw("{% slice_strip slices 3600 %}", slices=half_an_hour)
    assert 'class="slices"' in draw("{% slice_strip slices 60 %}", slices=[])


def test_a_strip_tells_in_words_what_became_of_its_slices():
    svg = draw(
        "{% slice_strip slices 60 %}",
        slices=[Slice(0, 15, "playable"), Slice(15, 15, "missing"), Slice(30, 15, "playable")],
    )

    assert 'aria-label="3 slices: 2 playable, 1 missing"' in svg
    assert len(re.findall("<path", svg)) == 2
