"""Layouts in files: what is read, what is refused and where, and what is written."""

import json

import pytest

from recorder.contract.layout_files import (
    MOST,
    NoLayout,
    number,
    own_file,
    plain_json,
    read_layouts,
)
from recorder.contract.layouts import Canvas, Layout, Region, layout_from_wire, layout_to_wire
from recorder.contract.starter_layouts import STARTERS

REGION = {"x_axis": 0, "y_axis": 0, "width": 1, "height": 1}
WIRE = {"mixedVideoLayout": 3, "backgroundColor": "#123456", "layoutConfig": [REGION]}
CONFIG = {**WIRE, "width": 640, "height": 360, "fps": 15, "bitrate": 500}
PICTURE = Layout(3, (Region(0, 0, 1_000_000, 1_000_000),), background_color="#123456")
OWN = {
    "format": "reelroom-layout",
    "version": 1,
    "name": "Mine",
    "width": 640,
    "height": 360,
    "layout": WIRE,
}


@pytest.mark.parametrize(
    ("value", "source", "canvas"),
    [
        (OWN, "own", (640, 360)),
        ({"cname": "a", "clientRequest": WIRE}, "update", (1280, 720)),
        (WIRE, "update", (1280, 720)),
        (
            {
                "cname": "a",
                "clientRequest": {"token": "t", "recordingConfig": {"transcodingConfig": CONFIG}},
            },
            "start",
            (640, 360),
        ),
        ({"recordingConfig": {"transcodingConfig": CONFIG}}, "start", (640, 360)),
        ({"transcodingConfig": CONFIG}, "start", (640, 360)),
        (
            {
                "id": 3,
                "name": "Mine",
                "width": 640,
                "height": 360,
                "mixed_video_layout": 3,
                "background_color": "#123456",
                "layout_config": [REGION],
                "version": 9,
            },
            "api",
            (640, 360),
        ),
    ],
)
def test_a_layout_is_found_in_each_shape(value, source, canvas):
    (found,) = read_layouts(value)

    assert (found.source, found.canvas) == (source, Canvas(*canvas))
    assert layout_from_wire(found.wire) == PICTURE
    assert found.is_sound
    assert found.unknown == ()
    assert "token" not in json.dumps(found.wire)


def test_a_bare_list_of_regions_is_a_custom_layout():
    (found,) = read_layouts([REGION])

    assert found.source == "array"
    assert layout_from_wire(found.wire).regions == PICTURE.regions
    assert not found.sized


@pytest.mark.parametrize(
    "value",
    [
        {"format": "reelroom-layouts", "version": 1, "layouts": [OWN, OWN]},
        [OWN, {"clientRequest": WIRE}],
        {"next": None, "results": [OWN, OWN]},
    ],
)
def test_a_file_may_hold_several(value):
    assert len(read_layouts(value)) == 2


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (None, ""),
        ("text", ""),
        (3, ""),
        ({}, ""),
        ([], ""),
        ({"name": "x"}, ""),
        ({**OWN, "format": "other"}, "format"),
        ({**OWN, "version": 2}, "version"),
        ({"format": "reelroom-layouts", "version": 1, "layouts": [OWN, 7]}, "layouts.1"),
        ([OWN, {"name": "x"}], "1"),
        ([OWN] * (MOST + 1), ""),
    ],
)
def test_what_holds_no_layout_is_refused_with_its_place(value, path):
    with pytest.raises(NoLayout) as refusal:
        read_layouts(value)

    assert refusal.value.path == path


def test_unknown_keys_are_told_and_kept():
    (found,) = read_layouts({**WIRE, "newer": [1], "layoutConfig": [{**REGION, "zOrder": 2}]})

    assert set(found.unknown) == {"newer", "layoutConfig.0.zOrder"}
    assert found.wire["newer"] == [1]
    assert found.wire["layoutConfig"][0]["zOrder"] == 2
    assert found.is_sound


def test_numbers_of_more_than_six_decimals_are_rounded_and_listed_and_still_meet():
    third = 1 / 3
    regions = [
        {"x_axis": 0, "y_axis": 0, "width": third, "height": 1},
        {"x_axis": third, "y_axis": 0, "width": third, "height": 1},
        {"x_axis": 2 * third, "y_axis": 0, "width": third, "height": 1},
    ]

    (found,) = read_layouts(regions)

    drawn = layout_from_wire(found.wire).regions
    assert [(region.x, region.x + region.width) for region in drawn] == [
        (0, 333_333),
        (333_333, 666_667),
        (666_667, 1_000_000),
    ]
    assert ("layoutConfig.1.x_axis", str(third), "0.333333") in found.rounded
    assert found.is_sound


@pytest.mark.parametrize(
    ("wire", "path"),
    [
        ({"layoutConfig": [{**REGION, "x_axis": 0.000001}]}, "layoutConfig.0.width"),
        ({"layoutConfig": [REGION] * 18}, "layoutConfig"),
        ({"layoutConfig": [{**REGION, "width": 1e300}]}, "layoutConfig.0.width"),
        ({"layoutConfig": [{**REGION, "width": "1"}]}, "layoutConfig.0.width"),
        ({"layoutConfig": [{**REGION, "uid": 7}]}, "layoutConfig.0.uid"),
        ({"layoutConfig": 3}, "layoutConfig"),
        ({"layoutConfig": [3]}, "layoutConfig.0"),
        ({"backgroundColor": "red"}, "backgroundColor"),
        ({"backgroundImage": "javascript:1"}, "backgroundImage"),
    ],
)
def test_what_is_wrong_is_named_at_its_field(wire, path):
    (found,) = read_layouts({**OWN, "layout": {**WIRE, **wire}})

    assert not found.is_sound
    assert path in {problem.path for problem in found.problems}


@pytest.mark.parametrize("size", [{"width": "640"}, {"height": 4000}, {"width": 1.5}])
def test_a_wrong_size_is_named(size):
    (found,) = read_layouts({**OWN, **size})

    assert set(size) <= {problem.path for problem in found.problems}


def test_what_is_written_is_read_as_the_same():
    whole = [(s.name, s.tags, s.canvas, layout_to_wire(s.layout)) for s in STARTERS]

    again = read_layouts(json.loads(own_file(whole)))

    for found, starter in zip(again, STARTERS, strict=True):
        assert (found.name, found.tags, found.canvas) == (
            starter.name,
            starter.tags,
            starter.canvas,
        )
        assert layout_from_wire(found.wire) == starter.layout


def test_one_layout_makes_the_file_that_the_editor_makes():
    text = own_file([("Mine", ["a"], Canvas(640, 360), {**WIRE, "newer": 1})])

    written = json.loads(text)
    assert (written["format"], written["version"]) == ("reelroom-layout", 1)
    assert written["layout"]["newer"] == 1
    assert read_layouts(written)[0].name == "Mine"


def test_a_millionth_is_written_out():
    assert [number(value) for value in (1e-06, 0.5, 1.0, 0.333333)] == [
        "0.000001",
        "0.5",
        "1",
        "0.333333",
    ]
    assert json.loads(plain_json({"a": [1e-06, "1e-06", None, True, {}, []]})) == {
        "a": [1e-06, "1e-06", None, True, {}, []]
    }


@pytest.mark.parametrize(
    "value",
    [
        {"layoutConfig": [REGION]},
        {"layout_config": [REGION], "width": 640, "height": 360},
        {"layoutConfig": [REGION], "mixedVideoLayout": None},
    ],
)
def test_regions_without_a_kind_are_meant(value):
    (found,) = read_layouts(value)

    assert layout_from_wire(found.wire).kind == 3


def test_regions_that_their_kind_does_not_have_are_told():
    (found,) = read_layouts({**WIRE, "mixedVideoLayout": 1})

    assert found.is_sound
    assert "layoutConfig" not in found.wire
    assert "layout.regions_left_out" in {problem.rule for problem in found.problems}
