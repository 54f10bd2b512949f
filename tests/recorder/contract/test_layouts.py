from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.contract.layout_checks import covered_share
from recorder.contract.layouts import (
    BEST_FIT,
    CUSTOM,
    FIT,
    FLOATING,
    PREDEFINED,
    UNIT,
    VERTICAL,
    Canvas,
    Layout,
    Region,
    UserBackground,
    boxes,
    layout_from_wire,
    layout_to_wire,
    parse_fraction,
    regions_for,
)
from recorder.contract.rules import check, errors
from recorder.contract.states import Mode, Operation

USERS = [str(uid) for uid in range(1, 21)]


def places(layout: Layout, count: int) -> list[tuple[float, float, float, float]]:
    """The regions as fractions rounded to six decimals."""
    return [
        tuple(length / UNIT for length in (r.x, r.y, r.width, r.height))
        for r, _uid in regions_for(layout, USERS[:count])
    ]


@st.composite
def regions(draw) -> Region:
    x, y = (draw(st.integers(0, UNIT - 1)) for _ in "xy")
    return Region(
        x,
        y,
        draw(st.integers(1, UNIT - x)),
        draw(st.integers(1, UNIT - y)),
        uid=draw(st.none() | st.sampled_from(USERS)),
        alpha=draw(st.integers(0, UNIT)),
        render_mode=draw(st.sampled_from([0, 1])),
    )


@st.composite
def layouts(draw) -> Layout:
    kind = draw(st.sampled_from([FLOATING, BEST_FIT, VERTICAL, CUSTOM]))
    image = st.sampled_from(["", "https://example.com/a.jpg"])
    return Layout(
        kind,
        regions=tuple(draw(st.lists(regions(), min_size=1, max_size=17))) if kind == CUSTOM else (),
        max_resolution_uid=draw(st.none() | st.sampled_from(USERS)),
        background_color=draw(st.from_regex(r"#[0-9A-Fa-f]{6}", fullmatch=True)),
        background_image=draw(image),
        default_user_background_image=draw(image),
        backgrounds=tuple(
            UserBackground(uid, "https://example.com/b.bmp", draw(st.sampled_from([0, 1])))
            for uid in draw(st.lists(st.sampled_from(USERS), unique=True, max_size=3))
        ),
    )


canvases = st.builds(Canvas, st.integers(2, 1920), st.integers(2, 1920))


@given(layouts())
def test_a_layout_comes_back_from_the_wire_exactly(layout):
    assert layout_from_wire(layout_to_wire(layout)) == layout


@given(layouts())
def test_what_goes_to_the_wire_has_six_decimals_at_most_and_breaks_no_rule(layout):
    wire = layout_to_wire(layout)
    body = {"cname": "c", "uid": "1", "clientRequest": wire}

    assert errors(check(Operation.UPDATE_LAYOUT, Mode.MIX, body)) == ()
    for region in wire.get("layoutConfig", []):
        for key in ("x_axis", "y_axis", "width", "height", "alpha"):
            assert -Decimal(str(region[key])).as_tuple().exponent <= 6


@given(layouts(), st.integers(0, 20), canvases)
def test_boxes_are_even_and_inside_the_canvas(layout, count, canvas):
    for box in boxes(layout, USERS[:count], canvas):
        assert min(box.x, box.y) >= 0
        assert box.width > 0
        assert box.height > 0
        assert box.x + box.width <= canvas.width
        assert box.y + box.height <= canvas.height
        assert not any(length % 2 for length in (box.x, box.y, box.width, box.height))


@given(st.integers(1, UNIT - 1), st.integers(2, 1920))
def test_regions_that_share_an_edge_become_boxes_that_share_it(cut, width):
    layout = Layout(CUSTOM, (Region(0, 0, cut, UNIT), Region(cut, 0, UNIT - cut, UNIT)))

    found = {box.index: box for box in boxes(layout, ["1", "2"], Canvas(width, 2))}

    even_width = width - width % 2
    left, right = found.get(0), found.get(1)
    assert (left.x + left.width if left else 0) == (right.x if right else even_width)
    assert (right.x + right.width if right else even_width) == even_width


@pytest.mark.parametrize("count", range(18))
@pytest.mark.parametrize("kind", sorted(PREDEFINED))
def test_predefined_regions_lie_inside_the_canvas_and_hold_each_user_once(kind, count):
    placed = regions_for(Layout(kind), USERS[:count])

    assert sorted(uid for _region, uid in placed if uid) == sorted(USERS[:count])
    for region, _uid in placed:
        assert 0 <= region.x < region.x + region.width <= UNIT
        assert 0 <= region.y < region.y + region.height <= UNIT


@pytest.mark.parametrize("count", range(1, 18))
@pytest.mark.parametrize("kind", [BEST_FIT, VERTICAL])
def test_regions_side_by_side_never_overlap(kind, count):
    placed = [region for region, _uid in regions_for(Layout(kind), USERS[:count])]

    assert all(covered_share(one, [other]) == 0 for one, other in combinations(placed, 2))


def test_the_eighteenth_user_is_not_recorded():
    for kind in PREDEFINED:
        assert "18" not in {uid for _region, uid in regions_for(Layout(kind), USERS)}


def test_floating_puts_small_windows_in_rows_of_four_from_the_lower_left():
    found = places(Layout(FLOATING), 17)

    assert found[0] == (0, 0, 1, 1)
    assert found[1] == (0.012, 0.753, 0.235, 0.235)
    assert found[4] == (0.753, 0.753, 0.235, 0.235)
    assert found[5] == (0.012, 0.506, 0.235, 0.235)
    assert found[16] == (0.753, 0.012, 0.235, 0.235)


@pytest.mark.parametrize(
    ("count", "last"),
    [
        (1, (0, 0, 1, 1)),
        (2, (0.5, 0, 0.5, 1)),
        (3, (0, 0.5, 0.5, 0.5)),
        (4, (0.5, 0.5, 0.5, 0.5)),
        (5, (0.333333, 0.333333, 0.333334, 0.333334)),
        (9, (0.666667, 0.666667, 0.333333, 0.333333)),
        (10, (0.25, 0.5, 0.25, 0.25)),
        (16, (0.75, 0.75, 0.25, 0.25)),
        (17, (0.4, 0.8, 0.2, 0.2)),
    ],
)
def test_best_fit_takes_the_smallest_grid_that_holds_everybody(count, last):
    assert places(Layout(BEST_FIT), count)[-1] == last


def test_best_fit_for_seventeen_leaves_a_margin_at_both_sides():
    found = places(Layout(BEST_FIT), 17)

    assert found[0] == (0.1, 0, 0.2, 0.2)
    assert found[15] == (0.7, 0.6, 0.2, 0.2)


@pytest.mark.parametrize(
    ("count", "large", "last"),
    [
        (2, 0.8, (0.8, 0, 0.2, 0.25)),
        (5, 0.8, (0.8, 0.75, 0.2, 0.25)),
        (6, 0.857143, (0.857143, 0.666667, 0.142857, 0.166666)),
        (7, 0.857143, (0.857143, 0.833333, 0.142857, 0.166667)),
        (8, 0.888889, (0.888889, 0.75, 0.111111, 0.125)),
        (9, 0.888889, (0.888889, 0.875, 0.111111, 0.125)),
        (10, 0.8, (0.8, 0, 0.1, 0.125)),
        (17, 0.8, (0.8, 0.875, 0.1, 0.125)),
    ],
)
def test_vertical_narrows_its_columns_as_users_join(count, large, last):
    found = places(Layout(VERTICAL, max_resolution_uid="1"), count)

    assert found[0] == (0, 0, large, 1)
    assert found[-1] == last


def test_two_columns_of_vertical_fill_from_the_outer_edge():
    found = places(Layout(VERTICAL, max_resolution_uid="1"), 10)

    assert found[1] == (0.9, 0, 0.1, 0.125)
    assert found[8] == (0.9, 0.875, 0.1, 0.125)


def test_the_large_window_is_fitted_and_stays_empty_while_its_user_is_away():
    (large, nobody), *small = regions_for(Layout(VERTICAL, max_resolution_uid="99"), USERS[:5])

    assert (large.render_mode, nobody) == (FIT, None)
    assert [uid for _region, uid in small] == USERS[:5]
    assert large.width == 857_143  # five small windows need the next step


def test_without_a_large_user_the_first_to_join_is_large():
    assert regions_for(Layout(VERTICAL), USERS[:3])[0][1] == "1"


def test_bound_regions_wait_for_their_user_and_the_others_fill_as_users_join():
    free = Region(0, 0, 1, 1)
    layout = Layout(
        CUSTOM, (free, Region(0, 0, 1, 1, uid="2"), free, Region(0, 0, 1, 1, uid="9"), free)
    )

    occupants = [uid for _region, uid in regions_for(layout, ["1", "2", "3"])]

    assert occupants == ["1", "2", "3", None, None]


def test_when_somebody_leaves_the_rest_move_up():
    layout = Layout(BEST_FIT)

    before, after = regions_for(layout, ["1", "2", "3"]), regions_for(layout, ["2", "3"])

    assert [uid for _region, uid in before] == ["1", "2", "3"]
    assert [uid for _region, uid in after] == ["2", "3"]


def test_boxes_keep_the_place_of_their_region_in_the_drawing_order():
    layout = Layout(CUSTOM, (Region(0, 0, 1, 1), Region(0, 0, UNIT, UNIT)))

    (box,) = boxes(layout, ["1", "2"], Canvas(640, 360))

    assert (box.index, box.uid) == (1, "2")


@pytest.mark.parametrize(
    ("value", "millionths"),
    [
        (0, 0),
        (1, UNIT),
        (1.0, UNIT),
        ("1.000000", UNIT),
        ("0.000001", 1),
        (0.1 + 0.2, 300_000),
        (Decimal("0.5"), 500_000),
        (1e-06, 1),
    ],
)
def test_a_fraction_becomes_whole_millionths(value, millionths):
    assert parse_fraction(value) == millionths


@pytest.mark.parametrize(
    "value",
    [
        True,
        None,
        "",
        "٠.٥",
        "0_1",
        " 0.5",
        "0,5",
        "+0.5",
        ".5",
        "nan",
        "inf",
        "1e999999",
        "0.1234567",
        Decimal("0.1234567"),
        1 / 3,
        float("nan"),
        float("inf"),
        -0.1,
        1.000001,
        10**400,
        [0.5],
    ],
)
def test_what_is_no_fraction_is_refused(value):
    with pytest.raises(ValueError, match=r"."):
        parse_fraction(value)


@pytest.mark.parametrize(
    "wire",
    [
        {"mixedVideoLayout": True},
        {"mixedVideoLayout": 4},
        {"layoutConfig": {}},
        {"layoutConfig": [1]},
        {"layoutConfig": [{"x_axis": 0}]},
        {"backgroundColor": 5},
    ],
)
def test_a_layout_that_is_none_is_refused(wire):
    with pytest.raises(ValueError, match=r"."):
        layout_from_wire(wire)


def test_absent_keys_and_nulls_take_the_service_defaults():
    assert layout_from_wire({}) == Layout(FLOATING)
    assert layout_from_wire({"mixedVideoLayout": None, "layoutConfig": None, "fps": 15}) == Layout(
        0
    )
