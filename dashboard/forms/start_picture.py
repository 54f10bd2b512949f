"""What was chosen of the picture: layout, size, rates, and the transcodingConfig they make."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from dashboard.forms.start_fields import (
    AS_LAYOUT,
    BITRATE,
    CHANNEL_TYPE,
    CUSTOM_SIZE,
    FPS,
    FRAMES,
    HEIGHT,
    LARGE,
    SIZES,
    SOUND,
    STREAM_TYPES,
    TRANSCODING,
    WIDTH,
    size_value,
)
from dashboard.forms.start_layouts import Choice
from recorder.contract.bitrates import BITRATE_LIMIT, recommended_bitrate
from recorder.contract.layouts import VERTICAL, Canvas, layout_to_wire


@dataclass(frozen=True, slots=True)
class Chosen:
    """Read from a form that may not be right yet: None for what it does not say.

    Without a `layout` nothing is known of the picture; `wanted` False means a recording of sound.
    """

    wanted: bool
    layout: Choice | None
    size: str
    canvas: Canvas | None
    fps: int
    bitrate: int | None
    profile: int  # channelType

    @classmethod
    def of(cls, cleaned: Mapping[str, Any], layouts: Mapping[str, Choice]) -> "Chosen":
        layout, size = layouts.get(cleaned.get("layout", "")), cleaned.get("size", "")
        return cls(
            wanted=cleaned.get(STREAM_TYPES) != SOUND,
            layout=layout,
            size=size,
            canvas=_canvas(size, layout, cleaned),
            fps=cleaned.get(FPS) or FRAMES,
            bitrate=cleaned.get(BITRATE),
            profile=cleaned.get(CHANNEL_TYPE) or 0,
        )

    def leaves_out(self, name: str) -> bool:
        """Whether these choices make a field useless: it is neither judged nor sent."""
        inside = name.startswith(f"{TRANSCODING}.")
        if not self.wanted:
            return inside or name in {"layout", "size"}
        if name in {WIDTH, HEIGHT}:
            return self.size != CUSTOM_SIZE
        predefined = self.layout is not None and self.layout.predefined
        if name == LARGE:
            return not (predefined and self.layout and self.layout.picture.kind == VERTICAL)
        # A saved layout has its own colour and images.
        return inside and name not in {FPS, BITRATE} and not predefined

    def config(self, written: Mapping[str, Any]) -> dict[str, Any]:
        """The transcodingConfig, from what was written into its fields."""
        kept = {
            name: value
            for name, value in written.items()
            if not self.leaves_out(f"{TRANSCODING}.{name}")
        }
        return self._layout() | self._size() | kept

    def _layout(self) -> dict[str, Any]:
        """A saved layout comes with its version (lifecycle.requests)."""
        if self.layout is None or self.layout.version:
            return {}
        if self.layout.predefined:
            return {"mixedVideoLayout": self.layout.picture.kind}
        return layout_to_wire(self.layout.picture)

    def _size(self) -> dict[str, Any]:
        if self.canvas is None:
            return {}
        return {
            "width": self.canvas.width,
            "height": self.canvas.height,
            "fps": self.fps,
            "bitrate": self.advised,
        }

    @property
    def advised(self) -> int | None:
        """kbit/s for size, frame rate and channel profile; the most there is beyond all advice."""
        if self.canvas is None:
            return None
        width, height = self.canvas.width, self.canvas.height
        return recommended_bitrate(width, height, self.fps, self.profile) or BITRATE_LIMIT

    @property
    def advice(self) -> str:
        """The same as a sentence."""
        if self.canvas is None:
            return ""
        values = {
            "size": f"{self.canvas.width} × {self.canvas.height}",
            "fps": self.fps,
            "bitrate": self.advised,
        }
        if self.bitrate is None:
            text = _("Empty: the advised %(bitrate)s for %(size)s at %(fps)s a second.")
        else:
            text = _(
                "Advised for %(size)s at %(fps)s a second: %(bitrate)s. Empty the field to take it."
            )
        return text % values


def _canvas(size: str, layout: Choice | None, cleaned: Mapping[str, Any]) -> Canvas | None:
    if size == AS_LAYOUT:
        return layout.canvas if layout else None
    if size == CUSTOM_SIZE:
        width, height = cleaned.get(WIDTH), cleaned.get(HEIGHT)
        return Canvas(width, height) if width and height else None
    return next((canvas for canvas in SIZES if size_value(canvas) == size), None)
