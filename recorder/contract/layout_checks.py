"""The check of a saved layout: stricter than the service, and exact.

Errors keep a layout from being saved; warnings tell what a viewer will notice. Shares of an area
are exact: the canvas is cut along every edge, so that regions sharing an edge never overlap.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from recorder.contract.layouts import (
    CROP,
    CUSTOM,
    KINDS,
    MAX_AREA,
    MAX_REGIONS,
    MAX_SIDE,
    RENDER_MODES,
    UNIT,
    VERTICAL,
    Canvas,
    Layout,
    Region,
)
from recorder.contract.parameters.base import uid_fault
from recorder.contract.problems import Problem, Severity
from recorder.contract.urls import is_url
from recorder.contract.words import _

SMALL_PX = 120
CROP_LIMIT_PERCENT = 25
SAFE_MARGIN_PERCENT = 5  # what old screens may cut off at each side
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
# Pictures people send most: a camera held wide, and a phone held upright.
_WIDE, _UPRIGHT = (16, 9), (9, 16)

# What is said of each rule; `%(…)d` are the problem's values.
SENTENCES: Mapping[str, str] = {
    "kind": _("The layout is floating, best fit, vertical or custom."),
    "color": _("The background colour is # and six hexadecimal digits."),
    "url": _("An image needs an http or https address."),
    "uid": _("A uid is a whole number from 1 to 4294967295."),
    "large_user": _("A large window exists in the vertical layout only; it is ignored here."),
    "render_mode": _("A picture is cropped or fitted."),
    "duplicate_uid": _("This user has more than one entry."),
    "canvas": _("Each side of the picture has 1 to 1920 pixels."),
    "canvas_area": _("The picture has at most 1920 × 1080 pixels in all."),
    "empty": _("A custom layout needs at least one region."),
    "too_many": _("A layout has at most 17 regions."),
    "outside": _("The region lies outside the canvas."),
    "over_edge": _("The region reaches over the edge of the canvas."),
    "empty_region": _("The region has no extent."),
    "alpha": _("Opacity lies between 0 and 1."),
    "invisible": _("The region is invisible."),
    "covered": _("The region is fully covered by others."),
    "overlap": _("Other regions cover %(percent)d %% of this one."),
    "bare": _("%(percent)d %% of the canvas shows the background only."),
    "mixed_filling": _("Some regions wait for a user, others are filled as users join."),
    "small": _("The region is %(width)d × %(height)d pixels; under 120 little is recognised."),
    "crop": _("Cropping to this shape hides %(percent)d %% of a 16:9 picture."),
    "crop_portrait": _("Cropping to this shape hides %(percent)d %% of an upright phone picture."),
    "unsafe_area": _("A small region this near the edge may be cut off on some screens."),
}


def layout_problems(layout: Layout, canvas: Canvas | None = None) -> tuple[Problem, ...]:
    """Everything wrong with a layout. Paths are those of updateLayout's clientRequest.

    With a canvas, its limits and everything measured in pixels are checked too.
    """
    found = [*_layout_errors(layout)]
    if canvas is not None:
        found += _canvas_errors(canvas)
    if layout.kind == CUSTOM:
        found += _region_errors(layout.regions)
        found += _region_warnings(layout.regions)
        if canvas is not None and not any(p.severity == "error" for p in found):
            found += _picture_warnings(layout.regions, canvas)
    return tuple(found)


def _problem(rule: str, path: str, severity: Severity = "error", **values: int) -> Problem:
    sentence = SENTENCES[rule]
    msgid = sentence if values else ""
    message = sentence % values if values else sentence
    return Problem(f"layout.{rule}", path, message, severity, msgid=msgid, values=values)


def _layout_errors(layout: Layout) -> Iterator[Problem]:
    if layout.kind not in KINDS:
        yield _problem("kind", "mixedVideoLayout")
    if not _COLOR.fullmatch(layout.background_color):
        yield _problem("color", "backgroundColor")
    for path, address in (
        ("backgroundImage", layout.background_image),
        ("defaultUserBackgroundImage", layout.default_user_background_image),
    ):
        if address and not is_url(address):
            yield _problem("url", path)
    if layout.max_resolution_uid is not None and uid_fault(layout.max_resolution_uid):
        yield _problem("uid", "maxResolutionUid")
    if layout.kind in KINDS and layout.kind != VERTICAL and layout.max_resolution_uid is not None:
        yield _problem(
            "large_user",
            "maxResolutionUid",
            "warning",
        )
    for i, user in enumerate(layout.backgrounds):
        if uid_fault(user.uid):
            yield _problem(
                "uid",
                f"backgroundConfig.{i}.uid",
            )
        if not is_url(user.image_url):
            yield _problem(
                "url",
                f"backgroundConfig.{i}.image_url",
            )
        if user.render_mode not in RENDER_MODES:
            yield _problem(
                "render_mode",
                f"backgroundConfig.{i}.render_mode",
            )
    yield from _duplicates("backgroundConfig", [user.uid for user in layout.backgrounds])


def _canvas_errors(canvas: Canvas) -> Iterator[Problem]:
    for side, length in (("width", canvas.width), ("height", canvas.height)):
        if not 1 <= length <= MAX_SIDE:
            yield _problem("canvas", side)
    if canvas.width * canvas.height > MAX_AREA:
        yield _problem("canvas_area", "width")


def _region_errors(regions: tuple[Region, ...]) -> Iterator[Problem]:
    if not regions:
        yield _problem("empty", "layoutConfig")
    if len(regions) > MAX_REGIONS:
        yield _problem("too_many", "layoutConfig")
    for i, region in enumerate(regions):
        at = f"layoutConfig.{i}"
        for name, start, length, size in (
            ("x_axis", region.x, region.width, "width"),
            ("y_axis", region.y, region.height, "height"),
        ):
            if not 0 <= start <= UNIT:
                yield _problem("outside", f"{at}.{name}")
            elif length <= 0:
                yield _problem("empty_region", f"{at}.{size}")
            elif start + length > UNIT:
                yield _problem(
                    "over_edge",
                    f"{at}.{size}",
                )
        if not 0 <= region.alpha <= UNIT:
            yield _problem("alpha", f"{at}.alpha")
        if region.render_mode not in RENDER_MODES:
            yield _problem("render_mode", f"{at}.render_mode")
        if region.uid is not None and uid_fault(region.uid):
            yield _problem("uid", f"{at}.uid")
    yield from _duplicates("layoutConfig", [region.uid for region in regions])


def _duplicates(path: str, uids: Sequence[str | None]) -> Iterator[Problem]:
    counts = Counter(uid for uid in uids if uid is not None)
    for i, uid in enumerate(uids):
        if uid is not None and counts[uid] > 1:
            yield _problem("duplicate_uid", f"{path}.{i}.uid")


def _region_warnings(regions: tuple[Region, ...]) -> Iterator[Problem]:
    """What does not depend on pixels: opacity, overlap, bare canvas, mixed ways of filling."""
    sound = {
        i: region
        for i, region in enumerate(regions[:MAX_REGIONS])
        if region.width > 0 and region.height > 0
    }
    for i, region in sound.items():
        if region.alpha == 0:
            yield _problem("invisible", f"layoutConfig.{i}.alpha", "warning")
        above = [other for j, other in sound.items() if j > i and other.alpha > 0]
        share = covered_share(region, above)
        hidden = _percent(share, region.width * region.height)
        if share == region.width * region.height:
            yield _problem(
                "covered",
                f"layoutConfig.{i}",
                "warning",
            )
        elif share:
            yield _problem(
                "overlap",
                f"layoutConfig.{i}",
                "warning",
                percent=max(hidden, 1),
            )
    bare = UNIT * UNIT - covered_share(Region(0, 0, UNIT, UNIT), sound.values())
    if regions and bare:
        yield _problem(
            "bare",
            "layoutConfig",
            "warning",
            percent=max(_percent(bare, UNIT * UNIT), 1),
        )
    if len({region.uid is None for region in regions}) > 1:
        yield _problem(
            "mixed_filling",
            "layoutConfig",
            "warning",
        )


def _picture_warnings(regions: tuple[Region, ...], canvas: Canvas) -> Iterator[Problem]:
    """What depends on the output picture: size, cropping, the edge of the screen."""
    for i, region in enumerate(regions):
        at = f"layoutConfig.{i}"
        width = region.width * canvas.width // UNIT
        height = region.height * canvas.height // UNIT
        if min(width, height) < SMALL_PX:
            yield _problem(
                "small",
                at,
                "warning",
                width=width,
                height=height,
            )
        if region.render_mode == CROP and width and height:
            yield from _crop_warning(at, width, height)
        margin_x, margin_y = (side * SAFE_MARGIN_PERCENT // 100 for side in (UNIT, UNIT))
        touches = (
            region.x < margin_x
            or region.y < margin_y
            or region.x + region.width > UNIT - margin_x
            or region.y + region.height > UNIT - margin_y
        )
        if touches and region.width < UNIT // 3 and region.height < UNIT // 3:
            yield _problem(
                "unsafe_area",
                at,
                "info",
            )


def _crop_warning(at: str, width: int, height: int) -> Iterator[Problem]:
    wide, upright = (cropped_percent(width, height, source) for source in (_WIDE, _UPRIGHT))
    if min(wide, upright) > CROP_LIMIT_PERCENT:
        yield _problem(
            "crop",
            f"{at}.render_mode",
            "warning",
            percent=wide,
        )
    elif upright > CROP_LIMIT_PERCENT:
        yield _problem(
            "crop_portrait",
            f"{at}.render_mode",
            "info",
            percent=upright,
        )


def cropped_percent(width: int, height: int, source: tuple[int, int]) -> int:
    """How much of a source of that ratio is lost when it is cropped to fill width×height."""
    across, down = width * source[1], height * source[0]
    return 100 - 100 * min(across, down) // max(across, down)


def covered_share(region: Region, others: Iterable[Region]) -> int:
    """The area of a region that the others cover, in square millionths; exact."""
    inside = [cut for other in others if (cut := _cut(region, other))]
    xs = sorted({x for left, _top, right, _bottom in inside for x in (left, right)})
    total = 0
    for left, right in pairwise(xs):
        spans = sorted((t, b) for x0, t, x1, b in inside if x0 <= left and right <= x1)
        height, reached = 0, 0
        for top, bottom in spans:
            height += max(0, bottom - max(top, reached))
            reached = max(reached, bottom)
        total += (right - left) * height
    return total


def _cut(region: Region, other: Region) -> tuple[int, int, int, int] | None:
    left, top = max(region.x, other.x), max(region.y, other.y)
    right = min(region.x + region.width, other.x + other.width)
    bottom = min(region.y + region.height, other.y + other.height)
    return (left, top, right, bottom) if left < right and top < bottom else None


def _percent(part: int, whole: int) -> int:
    return 100 * part // whole
