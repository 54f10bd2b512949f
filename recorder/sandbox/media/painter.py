"""The compositor: a scene's cards over one another on the canvas.

Composed once per scene; after that only the rectangles in which something moves are composed again.
"""

from dataclasses import dataclass

from recorder.contract.layouts import UNIT
from recorder.sandbox.media.cards import Drawing
from recorder.sandbox.media.images import NOTHING, Contents
from recorder.sandbox.media.palette import yuv
from recorder.sandbox.media.planes import OPAQUE, Planes, Rect
from recorder.sandbox.media.scene import Look, Scene, Tile


@dataclass(frozen=True, slots=True)
class _Layer:
    """One card, with its rectangle on the canvas and its alpha of 256 parts."""

    drawing: Drawing
    rect: Rect
    alpha: int
    live: bool


@dataclass(frozen=True, slots=True)
class _Patch:
    """One step of composing: lay `source` over `target`, two views of the same size."""

    target: Planes
    source: Planes
    alpha: int

    def apply(self) -> None:
        if self.alpha == OPAQUE:
            self.target.put(self.source)
        else:
            self.target.blend(self.source, self.alpha)


class Painter:
    """Draws one scene into `target`, the canvas's planes.

    `draw` leaves a complete picture there, which depends on the scene and the picture's number
    alone, whatever was drawn before.
    """

    def __init__(
        self, scene: Scene, fps: int, target: Planes, contents: Contents = NOTHING
    ) -> None:
        self.target = target
        self.ground = Planes.blank(scene.canvas.width, scene.canvas.height)
        self.ground.fill(yuv(scene.background))
        self.layers = [_layer(tile, fps, contents) for tile in scene.tiles]
        self.live = [layer for layer in self.layers if layer.live]
        for patch in self._patches(target.rect):
            patch.apply()
        moving = [(layer.drawing.moving, layer.rect) for layer in self.live]
        self.bands = [self._patches(m[0].moved(at.left, at.top)) for m, at in moving if m[0]]
        self.clocks = [self._patches(m[1].moved(at.left, at.top)) for m, at in moving if m[1]]

    def draw(self, picture: int) -> None:
        """Bring the target to this picture of the recording."""
        ticked = [layer.drawing.turn_to(picture) for layer in self.live]
        for patches in self.bands:
            for patch in patches:
                patch.apply()
        if any(ticked):
            for patches in self.clocks:
                for patch in patches:
                    patch.apply()

    def _patches(self, rect: Rect) -> list[_Patch]:
        """The steps that compose one rectangle, upwards from the last card that hides all below."""
        hiding = [
            i
            for i, layer in enumerate(self.layers)
            if layer.alpha == OPAQUE and layer.rect & rect == rect
        ]
        if hiding:
            patches, above = [], self.layers[hiding[-1] :]
        else:
            patches = [_Patch(self.target[rect], self.ground[rect], OPAQUE)]
            above = self.layers
        for layer in above:
            common = layer.rect & rect
            if common:
                inside = common.moved(-layer.rect.left, -layer.rect.top)
                source = layer.drawing.picture[inside]
                patches.append(_Patch(self.target[common], source, layer.alpha))
        return patches


def _layer(tile: Tile, fps: int, contents: Contents) -> _Layer:
    rect = Rect(tile.x, tile.y, tile.x + tile.width, tile.y + tile.height)
    drawing = Drawing(tile.card, tile.width, tile.height, fps, contents)
    alpha = (tile.alpha * OPAQUE + UNIT // 2) // UNIT
    return _Layer(drawing, rect, alpha, tile.card.look is Look.LIVE)
