"""Layouts and the output picture."""

from typing import Any

from tests.recorder.contract.bodies import ABSENT, MIX, REGION, START, TRANSCODING, UPDATE_LAYOUT
from tests.recorder.contract.examples.example import Example

BACKGROUND = {"uid": "7", "image_url": "https://example.com/a.jpg"}


def _layout() -> list[Example]:
    """The same demands inside transcodingConfig and in updateLayout."""
    custom = {"mixedVideoLayout": 3, "layoutConfig": [REGION]}
    region = "layoutConfig.0."
    background = {"backgroundConfig": [BACKGROUND]}
    rows: list[tuple[str, str, Any, Any, dict[str, Any]]] = [
        ("mixedVideoLayout", "mixedVideoLayout", 4, 2, {}),
        ("mixedVideoLayout", "mixedVideoLayout", 1.0, 1, {}),
        ("layoutConfig.required", "layoutConfig", [], [REGION], {"mixedVideoLayout": 3}),
        ("layoutConfig.only3", "layoutConfig", [REGION], None, {"mixedVideoLayout": 1}),
        ("layoutConfig.max17", "layoutConfig", [REGION] * 18, [REGION] * 17, custom),
        ("layoutConfig.max17", "layoutConfig", REGION, [REGION], custom),
        ("region.alpha", region + "alpha", 1.1, 1, custom),
        ("region.render_mode", region + "render_mode", 2, 1, custom),
        ("region.uid", region + "uid", 7, "7", custom),
        ("region.uid", region + "uid", "+7", "7", custom),
        ("region.inside", region + "width", 1, 0.5, {**custom, region + "x_axis": 0.5}),
        (
            "region.inside",
            region + "width",
            0.666669,
            0.666668,
            {**custom, region + "x_axis": 0.333333},
        ),
        ("maxResolutionUid", "maxResolutionUid", "0", "1", {"mixedVideoLayout": 2}),
        ("maxResolutionUid", "maxResolutionUid", 1, "4294967295", {"mixedVideoLayout": 2}),
        ("maxResolutionUid.only2", "maxResolutionUid", "1", None, {"mixedVideoLayout": 1}),
        ("backgroundColor", "backgroundColor", "#12345", "#12345a", {}),
        ("backgroundColor", "backgroundColor", "#12345g", "#ABCDEF", {}),
        ("backgroundImage", "backgroundImage", "ftp://x.com/a.jpg", "http://x.com/a.jpg", {}),
        (
            "defaultUserBackgroundImage",
            "defaultUserBackgroundImage",
            "a.jpg",
            "https://x.com/a",
            {},
        ),
        ("backgroundConfig.type", "backgroundConfig", BACKGROUND, [BACKGROUND], {}),
        ("backgroundConfig.uid", "backgroundConfig.0.uid", ABSENT, "8", background),
        (
            "backgroundConfig.image_url",
            "backgroundConfig.0.image_url",
            "x",
            "https://x.y",
            background,
        ),
        ("backgroundConfig.render_mode", "backgroundConfig.0.render_mode", -1, 1, background),
    ]
    for name in ("x_axis", "y_axis", "width", "height"):
        still = {**custom, region + "width": 0, region + "height": 0}
        for bad, good in (
            (-0.1, 0),
            (1.000001, 1),
            ("0.5", 0.5),
            (0.1234567, 0.123456),
            (1 / 3, 0.333333),
            (float("nan"), 0.5),
            (float("inf"), 0.5),
            (True, 1.0),
            (ABSENT, 0.1 + 0.2),
        ):
            rows.append((f"region.{name}", region + name, bad, good, {**still, region + name: 0.5}))
    found = []
    for operation, prefix in ((START, "recordingConfig.transcodingConfig."), (UPDATE_LAYOUT, "")):
        for rule, path, bad, good, edits in rows:
            full = {prefix + name: value for name, value in edits.items()}
            name = f"{operation.value}.layout.{rule}"
            found.append(Example(name, operation, MIX, prefix + path, bad, good, full))
    return found


def _transcoding() -> list[Example]:
    config = "recordingConfig.transcodingConfig"
    return [
        Example("start.transcodingConfig.object", START, MIX, config, 5, TRANSCODING),
        *(
            Example(
                "start.transcodingConfig.complete", START, MIX, f"{config}.{name}", ABSENT, value
            )
            for name, value in TRANSCODING.items()
        ),
        Example("start.transcoding.width", START, MIX, f"{config}.width", 1921, 1920),
        Example("start.transcoding.width", START, MIX, f"{config}.width", 0, 1),
        Example("start.transcoding.height", START, MIX, f"{config}.height", 1921, 1920),
        Example("start.transcoding.height", START, MIX, f"{config}.height", "360", 360),
        Example(
            "start.transcoding.area",
            START,
            MIX,
            f"{config}.height",
            1081,
            1080,
            {f"{config}.width": 1920},
            at=f"clientRequest.{config}.width",
        ),
        Example("start.transcoding.fps", START, MIX, f"{config}.fps", 25, 24),
        Example("start.transcoding.fps.type", START, MIX, f"{config}.fps", "15", 15),
        Example("start.transcoding.bitrate", START, MIX, f"{config}.bitrate", 6501, 6500),
    ]


EXAMPLES = [*_layout(), *_transcoding()]
