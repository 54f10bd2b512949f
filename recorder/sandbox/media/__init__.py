"""The sandbox's pictures and sound, really made: pure functions from a timeline to bytes.

Light to import: the timeline, the playlist and `available` need nothing beyond the standard library
and the contract. The functions that make media import av, numpy and Pillow (the extra `sandbox`)
when first named.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from recorder.sandbox.media.playlist import Listing, merged_playlist
from recorder.sandbox.media.timeline import Timeline

if TYPE_CHECKING:
    from recorder.sandbox.media.mixdown import mix_sound
    from recorder.sandbox.media.mp4 import remux_mp4
    from recorder.sandbox.media.slices import render_slice
    from recorder.sandbox.media.stills import composed_picture, snapshot

__all__ = [
    "Listing",
    "Timeline",
    "available",
    "composed_picture",
    "merged_playlist",
    "mix_sound",
    "remux_mp4",
    "render_slice",
    "snapshot",
]

_MADE_IN = {
    "composed_picture": "stills",
    "mix_sound": "mixdown",
    "remux_mp4": "mp4",
    "render_slice": "slices",
    "snapshot": "stills",
}
_NEEDED = {"av": "av", "numpy": "numpy", "PIL": "pillow"}  # module -> package


def available() -> str | None:
    """None when media can be made, else a sentence that says what is missing. Imports nothing."""
    missing = [package for module, package in _NEEDED.items() if find_spec(module) is None]
    if not missing:
        return None
    names = ", ".join(missing)
    return f"No pictures and sound: {names} not installed. Install the extra 'sandbox'."


def __getattr__(name: str) -> object:
    """The media functions, imported when they are first asked for."""
    if name not in _MADE_IN:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MADE_IN[name]}"), name)
