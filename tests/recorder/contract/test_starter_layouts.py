"""The starter set: free of errors, exact in pixels, and nothing a designer would be ashamed of."""

from itertools import combinations

import pytest

from recorder.contract.layout_checks import layout_problems
from recorder.contract.layouts import FIT, MAX_REGIONS, UNIT, boxes
from recorder.contract.starter_layouts import STARTERS

BY_NAME = pytest.mark.parametrize("starter", STARTERS, ids=lambda starter: starter.name)
OVERLAID = {"Picture in picture", "Mobile call"}  # one picture on another is what they are for
# Nothing of the canvas is left bare.
FULL = {
    "One person",
    "Picture in picture",
    "Speaker and four beside",
    "Four in a grid",
    "Classroom 1 + 8",
    "Mobile call",
    "Square duo",
}


def drawn(starter):
    users = [str(number) for number in range(1, MAX_REGIONS + 1)]
    return boxes(starter.layout, users, starter.canvas)


def test_the_set_serves_one_person_up_to_seventeen():
    sizes = {len(starter.layout.regions) for starter in STARTERS}

    assert {1, 2, 3, 4, 5, 6, 9, 16, 17} <= sizes
    assert len({starter.name for starter in STARTERS}) == len(STARTERS)
    assert all(starter.tags for starter in STARTERS)


@BY_NAME
def test_each_is_drawn_with_every_region_and_without_an_error(starter):
    found = layout_problems(starter.layout, starter.canvas)

    assert [problem for problem in found if problem.severity == "error"] == []
    assert len(drawn(starter)) == len(starter.layout.regions)


@BY_NAME
def test_no_warning_but_for_what_is_meant(starter):
    found = layout_problems(starter.layout, starter.canvas)

    warned = {problem.rule for problem in found if problem.severity == "warning"}
    meant = {"layout.overlap"} if starter.name in OVERLAID else set()
    meant |= set() if starter.name in FULL else {"layout.bare"}
    assert warned <= meant


@BY_NAME
def test_pixels_are_where_they_were_drawn_and_even(starter):
    for box, region in zip(drawn(starter), starter.layout.regions, strict=True):
        exact = [
            (region.x * starter.canvas.width / UNIT, box.x),
            (region.y * starter.canvas.height / UNIT, box.y),
            (region.width * starter.canvas.width / UNIT, box.width),
            (region.height * starter.canvas.height / UNIT, box.height),
        ]
        assert all(abs(meant - got) < 0.01 for meant, got in exact)
        assert all(got % 2 == 0 for _meant, got in exact)


@BY_NAME
def test_regions_stand_apart_by_one_gap_or_meet_exactly(starter):
    if starter.name in OVERLAID:
        return
    gaps = set()
    for one, other in combinations(drawn(starter), 2):
        across = max(one.x, other.x) - min(one.x + one.width, other.x + other.width)
        down = max(one.y, other.y) - min(one.y + one.height, other.y + other.height)
        assert max(across, down) >= 0
        if across < 0 or down < 0:  # one beside the other, or above it
            gaps.add(max(across, down))

    assert min(gaps, default=0) in {0, 8, 12, 16}


@pytest.mark.parametrize("name", sorted(FULL))
def test_a_full_one_leaves_no_pixel_bare(name):
    starter = next(starter for starter in STARTERS if starter.name == name)
    cover = {
        (box.x, box.y, box.x + box.width, box.y + box.height)
        for box in drawn(starter)
        if name not in OVERLAID or box.index == 0
    }

    area = sum((right - left) * (bottom - top) for left, top, right, bottom in cover)
    assert area == starter.canvas.width * starter.canvas.height


@BY_NAME
def test_slides_are_fitted_and_larger_than_anything_else(starter):
    if "slides" not in starter.tags:
        assert all(region.render_mode != FIT for region in starter.layout.regions)
        return
    fitted = [region for region in starter.layout.regions if region.render_mode == FIT]
    largest = max(starter.layout.regions, key=lambda region: region.width * region.height)

    assert fitted == [largest]
