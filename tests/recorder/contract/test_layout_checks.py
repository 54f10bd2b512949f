import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.contract.layout_checks import covered_share, cropped_percent, layout_problems
from recorder.contract.layouts import (
    BEST_FIT,
    CUSTOM,
    FIT,
    UNIT,
    VERTICAL,
    Canvas,
    Layout,
    Region,
    UserBackground,
)
from recorder.contract.problems import errors

HALF = UNIT // 2
LEFT, RIGHT = Region(0, 0, HALF, UNIT), Region(HALF, 0, HALF, UNIT)


def custom(*regions: Region, **fields: object) -> Layout:
    return Layout(CUSTOM, regions, **fields)


def found(layout: Layout, canvas: Canvas | None = None) -> dict[str, str]:
    return {problem.path: problem.rule for problem in layout_problems(layout, canvas)}


def test_a_layout_that_fills_the_canvas_has_no_problem():
    assert layout_problems(custom(LEFT, RIGHT), Canvas(1280, 1280)) == ()


@pytest.mark.parametrize(
    ("region", "path", "rule"),
    [
        (Region(HALF, 0, HALF + 1, UNIT), "width", "layout.over_edge"),
        (Region(0, 1, UNIT, UNIT), "height", "layout.over_edge"),
        (Region(-1, 0, UNIT, UNIT), "x_axis", "layout.outside"),
        (Region(0, 0, 0, UNIT), "width", "layout.empty_region"),
        (Region(0, 0, UNIT, 0), "height", "layout.empty_region"),
        (Region(0, 0, UNIT, UNIT, alpha=UNIT + 1), "alpha", "layout.alpha"),
        (Region(0, 0, UNIT, UNIT, render_mode=2), "render_mode", "layout.render_mode"),
        (Region(0, 0, UNIT, UNIT, uid="0"), "uid", "layout.uid"),
    ],
)
def test_a_saved_region_is_checked_to_the_millionth(region, path, rule):
    problems = errors(layout_problems(custom(region)))

    assert [(problem.path, problem.rule) for problem in problems] == [
        (f"layoutConfig.0.{path}", rule)
    ]


def test_a_layout_has_one_to_seventeen_regions():
    def rules(count: int) -> set[str]:
        return {problem.rule for problem in errors(layout_problems(custom(*[LEFT] * count)))}

    assert rules(0) == {"layout.empty"}
    assert rules(17) == set()
    assert rules(18) == {"layout.too_many"}


def test_both_regions_of_a_doubled_user_are_named():
    one, two = Region(0, 0, HALF, UNIT, uid="7"), Region(HALF, 0, HALF, UNIT, uid="7")

    assert [problem.path for problem in errors(layout_problems(custom(one, two)))] == [
        "layoutConfig.0.uid",
        "layoutConfig.1.uid",
    ]


@pytest.mark.parametrize(
    ("layout", "path"),
    [
        (Layout(9), "mixedVideoLayout"),
        (Layout(BEST_FIT, background_color="black"), "backgroundColor"),
        (Layout(BEST_FIT, background_color="#000000\n"), "backgroundColor"),
        (Layout(BEST_FIT, background_image="a.jpg"), "backgroundImage"),
        (
            Layout(BEST_FIT, default_user_background_image="javascript:alert(1)"),
            "defaultUserBackgroundImage",
        ),
        (Layout(VERTICAL, max_resolution_uid="x"), "maxResolutionUid"),
        (Layout(BEST_FIT, backgrounds=(UserBackground("1", "x"),)), "backgroundConfig.0.image_url"),
        (
            Layout(BEST_FIT, backgrounds=(UserBackground("", "https://x.com/a"),)),
            "backgroundConfig.0.uid",
        ),
    ],
)
def test_a_wrong_field_of_a_layout_is_named(layout, path):
    assert [problem.path for problem in errors(layout_problems(layout))] == [path]


@pytest.mark.parametrize(
    ("width", "height", "fine"),
    [(1920, 1080, True), (1080, 1920, True), (1920, 1081, False), (0, 10, False), (1921, 1, False)],
)
def test_the_picture_keeps_to_the_limits_of_the_service(width, height, fine):
    assert (not errors(layout_problems(Layout(BEST_FIT), Canvas(width, height)))) is fine


def test_shared_edges_are_no_overlap():
    third = UNIT // 3
    thirds = [Region(0, 0, third, UNIT), Region(third, 0, UNIT - third, UNIT)]

    assert layout_problems(custom(*thirds)) == ()


def test_an_overlap_tells_how_much_is_hidden_and_can_be_translated():
    layout = custom(Region(0, 0, UNIT, UNIT), Region(0, 0, HALF, HALF))

    (problem,) = layout_problems(layout)

    assert (problem.severity, problem.path) == ("warning", "layoutConfig.0")
    assert problem.message == "Other regions cover 25 % of this one."
    assert problem.text(lambda msgid: msgid.upper().replace("(PERCENT)D", "(percent)d")) == (
        "OTHER REGIONS COVER 25 % OF THIS ONE."
    )


def test_a_fully_covered_region_is_called_so():
    layout = custom(Region(0, 0, HALF, HALF), Region(0, 0, UNIT, UNIT))

    assert found(layout) == {"layoutConfig.0": "layout.covered"}


def test_an_invisible_region_covers_nothing():
    layout = custom(Region(0, 0, UNIT, UNIT), Region(0, 0, HALF, HALF, alpha=0))

    assert found(layout) == {"layoutConfig.1.alpha": "layout.invisible"}


def test_bare_canvas_and_mixed_filling_are_told():
    layout = custom(Region(0, 0, HALF, UNIT, uid="1"), Region(HALF, 0, HALF, HALF))

    rules = {problem.rule: problem for problem in layout_problems(layout)}

    assert set(rules) == {"layout.bare", "layout.mixed_filling"}
    assert rules["layout.bare"].message == "25 % of the canvas shows the background only."


def test_a_region_of_few_pixels_is_told():
    layout = custom(Region(0, 0, UNIT, UNIT), Region(400_000, 400_000, 100_000, 100_000))

    rules = {problem.rule for problem in layout_problems(layout, Canvas(640, 360))}

    assert "layout.small" in rules


def test_cropping_is_told_by_what_it_hides():
    narrow = custom(Region(0, 0, 250_000, UNIT), Region(250_000, 0, 750_000, UNIT, render_mode=FIT))

    rules = {
        p.path: p.rule for p in layout_problems(narrow, Canvas(1920, 1080)) if p.severity != "info"
    }

    assert rules == {}  # 480×1080 suits an upright phone
    assert cropped_percent(480, 1080, (16, 9)) == 75
    assert cropped_percent(1280, 720, (16, 9)) == 0
    assert cropped_percent(720, 1280, (9, 16)) == 0


def test_a_portrait_user_in_a_wide_region_is_a_note_only():
    layout = custom(Region(0, 0, UNIT, UNIT))

    (problem,) = layout_problems(layout, Canvas(1280, 720))

    assert (problem.rule, problem.severity) == ("layout.crop_portrait", "info")


rectangles = st.builds(
    Region, st.integers(0, 6), st.integers(0, 6), st.integers(1, 6), st.integers(1, 6)
)


@given(rectangles, st.lists(rectangles, max_size=6))
def test_the_covered_share_is_what_counting_squares_gives(region, others):
    def squares(r: Region) -> set[tuple[int, int]]:
        return {(x, y) for x in range(r.x, r.x + r.width) for y in range(r.y, r.y + r.height)}

    covered = set().union(*(squares(other) for other in others)) & squares(region)

    assert covered_share(region, others) == len(covered)
