"""Rules of a mix recording's picture, for start and updateLayout alike.

The same demands hold in two places: inside transcodingConfig, where start finds faults only after
it has answered 200, and directly in updateLayout, which refuses them at once with 1028.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from recorder.contract.layouts import CUSTOM, KINDS, MAX_AREA, UNIT, VERTICAL, millionths
from recorder.contract.rules.rule import ONLY_MIX, Rule, View, advised, refused, when
from recorder.contract.states import Operation
from recorder.contract.words import LAYOUT_GUIDE, POSTMAN, PROFILE_GUIDE, START, _

SUM_TOLERANCE = 1  # millionth: what x_axis + width may exceed the canvas by
FRAME_RATES = frozenset({1, 7, 10, 15, 24, 30, 60})
_TRANSCODING = "clientRequest.recordingConfig.transcodingConfig"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a layout can stand in a request."""

    operation: Operation
    root: str
    code: int
    deferred: bool


PLACES = (
    Place(Operation.START, _TRANSCODING, 2, True),
    Place(Operation.UPDATE_LAYOUT, "clientRequest", 1028, False),
)


def _length(view: View, name: str) -> int | None:
    try:
        return millionths(view.get(name))
    except ValueError:
        return None  # the model reports it


def _outside(view: View) -> Iterable[str]:
    for i, region in enumerate(view.each("layoutConfig")):
        for start, size in (("x_axis", "width"), ("y_axis", "height")):
            at, length = _length(region, start), _length(region, size)
            if at is not None and length is not None and at + length > UNIT + SUM_TOLERANCE:
                yield f"layoutConfig.{i}.{size}"


def _no_regions(view: View) -> bool:
    kind = view.number("mixedVideoLayout", 0)
    return kind == CUSTOM and view.get("layoutConfig") in (None, [])


def _useless_regions(view: View) -> bool:
    kind = view.number("mixedVideoLayout", 0)
    return view.has("layoutConfig") and kind in KINDS and kind != CUSTOM


def _useless_large_user(view: View) -> bool:
    kind = view.number("mixedVideoLayout", 0)
    return view.has("maxResolutionUid") and kind in KINDS and kind != VERTICAL


def _layout_rules(place: Place) -> tuple[Rule, ...]:
    at = place.operation.value
    operations = frozenset({place.operation})
    return (
        refused(
            f"{at}.layout.layoutConfig.required",
            "layoutConfig",
            _("A custom layout needs at least one region."),
            (START,),
            when("layoutConfig", _no_regions),
            code=place.code,
            deferred=place.deferred,
            operations=operations,
            modes=ONLY_MIX,
            root=place.root,
        ),
        advised(
            f"{at}.layout.layoutConfig.only3",
            "layoutConfig",
            _("Regions belong to a custom layout; send none with the others."),
            (LAYOUT_GUIDE,),
            when("layoutConfig", _useless_regions),
            operations=operations,
            modes=ONLY_MIX,
            root=place.root,
        ),
        refused(
            f"{at}.layout.region.inside",
            "layoutConfig[]",
            _("The region reaches over the edge of the canvas."),
            (LAYOUT_GUIDE,),
            _outside,
            code=place.code,
            deferred=place.deferred,
            operations=operations,
            modes=ONLY_MIX,
            root=place.root,
        ),
        advised(
            f"{at}.layout.maxResolutionUid.only2",
            "maxResolutionUid",
            _("A large window exists in the vertical layout only; it is ignored here."),
            (START, POSTMAN),
            when("maxResolutionUid", _useless_large_user),
            operations=operations,
            modes=ONLY_MIX,
            root=place.root,
        ),
    )


def _area(view: View) -> bool:
    width, height = view.number("width"), view.number("height")
    return width is not None and height is not None and width * height > MAX_AREA


def _odd_frame_rate(view: View) -> bool:
    fps = view.number("fps")
    return fps is not None and fps not in FRAME_RATES


RULES: tuple[Rule, ...] = (
    *(rule for place in PLACES for rule in _layout_rules(place)),
    refused(
        "start.transcodingConfig.complete",
        "transcodingConfig",
        _("Picture settings need all four: width, height, frame rate and bitrate."),
        (START,),
        deferred=True,
        modes=ONLY_MIX,
        root="clientRequest.recordingConfig",
    ),
    refused(
        "start.transcoding.area",
        "width",
        _("The picture has at most 1920 × 1080 pixels in all."),
        (START,),
        when("width", _area),
        deferred=True,
        modes=ONLY_MIX,
        root=_TRANSCODING,
    ),
    advised(
        "start.transcoding.fps",
        "fps",
        _("Frame rates other than 1, 7, 10, 15, 24, 30 and 60 become 15."),
        (START, PROFILE_GUIDE),
        when("fps", _odd_frame_rate),
        modes=ONLY_MIX,
        root=_TRANSCODING,
    ),
)
