"""The picture of a mix recording: transcodingConfig in start, the same layout in updateLayout."""

from recorder.contract.layouts import KINDS, MAX_REGIONS, MAX_SIDE, RENDER_MODES
from recorder.contract.parameters.base import PICTURE, Fraction, Uid, WebAddress, WireModel, wire
from recorder.contract.words import PROFILE_GUIDE, REST_2021, START, _

_FRACTION_SOURCE = (START, REST_2021)


class LayoutRegion(WireModel):
    """One entry of layoutConfig. Lengths are fractions of the canvas."""

    uid: Uid | None = wire(
        "uid",
        None,
        rule="{at}.layout.region.uid",
        sentence=_("The user of a region is a uid as text; without one, users come as they join."),
        label=_("User"),
        section=PICTURE,
    )
    x_axis: Fraction = wire(
        "x_axis",
        rule="{at}.layout.region.x_axis",
        sentence=_("The left edge is a fraction of the canvas, 0 to 1, with at most six decimals."),
        label=_("Left"),
        section=PICTURE,
        source=_FRACTION_SOURCE,
    )
    y_axis: Fraction = wire(
        "y_axis",
        rule="{at}.layout.region.y_axis",
        sentence=_("The top edge is a fraction of the canvas, 0 to 1, with at most six decimals."),
        label=_("Top"),
        section=PICTURE,
        source=_FRACTION_SOURCE,
    )
    width: Fraction = wire(
        "width",
        rule="{at}.layout.region.width",
        sentence=_("The width is a fraction of the canvas, 0 to 1, with at most six decimals."),
        label=_("Width"),
        section=PICTURE,
        source=_FRACTION_SOURCE,
    )
    height: Fraction = wire(
        "height",
        rule="{at}.layout.region.height",
        sentence=_("The height is a fraction of the canvas, 0 to 1, with at most six decimals."),
        label=_("Height"),
        section=PICTURE,
        source=_FRACTION_SOURCE,
    )
    alpha: Fraction = wire(
        "alpha",
        1.0,
        rule="{at}.layout.region.alpha",
        sentence=_("Opacity is a number from 0 to 1 with at most six decimals."),
        label=_("Opacity"),
        section=PICTURE,
    )
    render_mode: int = wire(
        "render_mode",
        0,
        rule="{at}.layout.region.render_mode",
        sentence=_("The picture of a region is cropped (0) or fitted (1)."),
        label=_("Picture"),
        section=PICTURE,
        choices=RENDER_MODES,
    )


class UserBackground(WireModel):
    """One entry of backgroundConfig."""

    uid: Uid = wire(
        "uid",
        rule="{at}.layout.backgroundConfig.uid",
        sentence=_("A user's background image needs the user's uid as text."),
        label=_("User"),
        section=PICTURE,
    )
    image_url: WebAddress = wire(
        "image_url",
        rule="{at}.layout.backgroundConfig.image_url",
        sentence=_("A user's background image needs the http or https address of a JPG or BMP."),
        label=_("Image address"),
        section=PICTURE,
    )
    render_mode: int = wire(
        "render_mode",
        0,
        rule="{at}.layout.backgroundConfig.render_mode",
        sentence=_("A user's background image is cropped (0) or fitted (1)."),
        label=_("Picture"),
        section=PICTURE,
        choices=RENDER_MODES,
    )


class LayoutFields(WireModel):
    """What updateLayout can set and transcodingConfig sets first."""

    mixed_video_layout: int = wire(
        "mixedVideoLayout",
        0,
        rule="{at}.layout.mixedVideoLayout",
        sentence=_("The layout is floating (0), best fit (1), vertical (2) or custom (3)."),
        label=_("Layout"),
        section=PICTURE,
        choices=KINDS,
        basic=True,
    )
    max_resolution_uid: Uid | None = wire(
        "maxResolutionUid",
        None,
        rule="{at}.layout.maxResolutionUid",
        sentence=_("The user of the large window is a uid as text, from 1 to 4294967295."),
        label=_("Large window"),
        help=_("Who is shown large in the vertical layout."),
        section=PICTURE,
    )
    background_color: str = wire(
        "backgroundColor",
        "#000000",
        rule="{at}.layout.backgroundColor",
        sentence=_("The background colour is # and six hexadecimal digits."),
        label=_("Background colour"),
        section=PICTURE,
        pattern=r"^#[0-9A-Fa-f]{6}$",
    )
    background_image: WebAddress | None = wire(
        "backgroundImage",
        None,
        rule="{at}.layout.backgroundImage",
        sentence=_("The background image is the http or https address of a JPG or BMP."),
        label=_("Background image"),
        help=_("JPG or BMP, at most 6 MB; cropped to fill the canvas."),
        section=PICTURE,
    )
    default_user_background_image: WebAddress | None = wire(
        "defaultUserBackgroundImage",
        None,
        rule="{at}.layout.defaultUserBackgroundImage",
        sentence=_("The default user image is the http or https address of a JPG or BMP."),
        label=_("Default user image"),
        help=_("Shown in a user's region 3.5 seconds after their video stops."),
        section=PICTURE,
    )
    layout_config: list[LayoutRegion] | None = wire(
        "layoutConfig",
        None,
        rule="{at}.layout.layoutConfig.max17",
        sentence=_("A custom layout is a list of at most 17 regions."),
        label=_("Regions"),
        section=PICTURE,
        max_length=MAX_REGIONS,
    )
    background_config: list[UserBackground] | None = wire(
        "backgroundConfig",
        None,
        rule="{at}.layout.backgroundConfig.type",
        sentence=_("The users' background images are a list of objects."),
        label=_("User images"),
        section=PICTURE,
    )


_COMPLETE = "start.transcodingConfig.complete"


class TranscodingConfig(LayoutFields):
    """The output picture of a mix recording."""

    width: int = wire(
        "width",
        rule="start.transcoding.width",
        sentence=_("The width of the picture is a whole number of pixels from 1 to 1920."),
        missing_rule=_COMPLETE,
        label=_("Width"),
        section=PICTURE,
        unit="px",
        initial=360,
        ge=1,
        le=MAX_SIDE,
        basic=True,
    )
    height: int = wire(
        "height",
        rule="start.transcoding.height",
        sentence=_("The height of the picture is a whole number of pixels from 1 to 1920."),
        missing_rule=_COMPLETE,
        label=_("Height"),
        section=PICTURE,
        unit="px",
        initial=640,
        ge=1,
        le=MAX_SIDE,
        basic=True,
    )
    fps: int = wire(
        "fps",
        rule="start.transcoding.fps.type",
        sentence=_("The frame rate is a whole number."),
        missing_rule=_COMPLETE,
        label=_("Frame rate"),
        help=_("1, 7, 10, 15, 24, 30 or 60; anything else becomes 15."),
        section=PICTURE,
        source=(START, PROFILE_GUIDE),
        unit="fps",
        initial=15,
    )
    bitrate: int = wire(
        "bitrate",
        rule="start.transcoding.bitrate",
        sentence=_("The bitrate of the picture is a whole number of kbit/s from 1 to 6500."),
        missing_rule=_COMPLETE,
        label=_("Bitrate"),
        section=PICTURE,
        source=(START, PROFILE_GUIDE),
        unit="kbit/s",
        initial=500,
        ge=1,
        le=6500,
    )
