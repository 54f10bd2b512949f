"""Single pictures as JPEG: the composed canvas for the sandbox's page, and one user's picture for
snapshots.
"""

import io
from dataclasses import replace

import numpy as np
from PIL import Image

from recorder.contract.layouts import CROP
from recorder.sandbox.media.cards import Drawing
from recorder.sandbox.media.images import NOTHING, Contents
from recorder.sandbox.media.painter import Painter
from recorder.sandbox.media.planes import Plane, Planes
from recorder.sandbox.media.scene import Look, picture_ms, portrait, scene_at, state_at
from recorder.sandbox.media.timeline import Timeline

QUALITY = 85
# JPEG counts luma 0..255 and chroma +-127.5; the streams are limited to 16..235 and +-112.
_LUMA = (np.clip(np.arange(256) - 16, 0, 219) * 255 / 219).round().astype(np.uint8)
_CHROMA = np.clip((np.arange(256) - 128) * 255 / 224 + 128, 0, 255).round().astype(np.uint8)


def composed_picture(
    timeline: Timeline, t_ms: int, max_width: int | None = None, contents: Contents = NOTHING
) -> bytes:
    """The recording's picture at `t_ms` as JPEG, made smaller if it is wider than `max_width`.

    `contents` is that of `render_slice`.
    """
    picture = t_ms * timeline.fps // 1000
    scene = scene_at(timeline, picture_ms(timeline, picture))
    target = Planes.blank(scene.canvas.width, scene.canvas.height)
    Painter(scene, timeline.fps, target, contents).draw(picture)
    return _jpeg(target, max_width)


def snapshot(timeline: Timeline, uid: str, t_ms: int) -> bytes | None:
    """One user's camera picture at `t_ms` in its own size, as JPEG; None while there is none."""
    picture = t_ms * timeline.fps // 1000
    state = state_at(timeline, picture_ms(timeline, picture))
    member = next((m for m in state.members if m.uid == uid and state.shows(m)), None)
    if member is None:
        return None
    face = portrait(member, CROP)
    width, height = face.width & ~1, face.height & ~1
    card = replace(face, width=width, height=height, look=Look.LIVE)
    drawing = Drawing(card, width, height, timeline.fps)
    drawing.turn_to(picture)
    return _jpeg(drawing.picture, None)


def _jpeg(planes: Planes, max_width: int | None) -> bytes:
    parts = [_LUMA[planes.y], _doubled(_CHROMA[planes.u]), _doubled(_CHROMA[planes.v])]
    image = Image.merge("YCbCr", [Image.fromarray(part) for part in parts])
    if max_width is not None and max_width < image.width:
        height = max(1, round(image.height * max_width / image.width))
        image = image.resize((max(1, max_width), height), Image.Resampling.BOX)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=QUALITY)
    return buffer.getvalue()


def _doubled(plane: Plane) -> Plane:
    """Chroma at the size of luma."""
    return plane.repeat(2, axis=0).repeat(2, axis=1)
