"""Drawing a card: one participant's (or image's) picture, as large as its box.

A picture has a rim along its own edges, a name, a clock and a mark that moves along a band near the
bottom. Cropping loses the rim on two sides, fitting leaves black bars: the two cannot be mistaken
for each other. Between the rim and a quarter of the height the picture is its flat colour. An image
whose content is kept is shown as it is, without any of this.
"""

from recorder.sandbox.media.glyphs import clock_mask, text_mask
from recorder.sandbox.media.images import NOTHING, Contents, drawn
from recorder.sandbox.media.palette import towards_white, yuv
from recorder.sandbox.media.planes import Planes, Rect, place
from recorder.sandbox.media.scene import Card, Look

BLACK = yuv((0, 0, 0))
WHITE = yuv((255, 255, 255))
INK = yuv((32, 33, 36))
SECONDS_ACROSS = 4  # the moving mark crosses its band in about this time


class Drawing:
    """The pixels of one card, and how they change from picture to picture.

    `picture` holds the card as it is now; `moving` names the rectangles that `turn_to` may change:
    first the band, which changes with every picture, then the clock, which changes once a second.
    """

    def __init__(
        self, card: Card, width: int, height: int, fps: int, contents: Contents = NOTHING
    ) -> None:
        self.fps = fps
        self.paper = yuv(card.colour)
        self.picture = Planes.blank(width, height)
        self.clock, self.band = Rect(0, 0, 0, 0), Rect(0, 0, 0, 0)
        self.second: int | None = None
        image = drawn(contents, card.digest, width, height, card.render_mode)
        if image is not None:
            self.picture.put(image)
            return
        if card.look is Look.ADDRESS:
            self._address(card.label)
            return
        visible = self._frame(card)
        self._name(card.label, _part(visible, 0.26, 0.46))
        if card.look in (Look.LIVE, Look.HELD):
            self.clock = _narrow(_part(visible, 0.50, 0.68))
            self.band = _part(visible, 0.78, 0.86)
            self._film = self._film_of(self.band)
        if card.look is Look.HELD:
            self.turn_to(max(0, -(-card.held_ms * fps // 1000) - 1))  # the last picture before

    @property
    def moving(self) -> tuple[Rect, Rect]:
        return self.band, self.clock

    def turn_to(self, picture: int) -> bool:
        """Show this picture of the recording. Whether the clock changed, too."""
        if self.band:
            width = self.band.width
            step = max(2, width // (SECONDS_ACROSS * self.fps) & ~1)
            left = width - picture * step % width
            band = self._film[Rect(left, 0, left + width, self.band.height)]
            self.picture[self.band].put(band)
        second = picture // self.fps
        if second == self.second or not self.clock:
            return False
        self.second = second
        mask = clock_mask(second, self.clock.width, self.clock.height)
        if mask is not None:
            self.picture[self.clock].write(mask, self.paper, WHITE)
        return True

    def _frame(self, card: Card) -> Rect:
        """Bars, rim and flat colour. Returns what can be seen of the picture inside its rim."""
        box = self.picture.rect
        placed = place(card.width, card.height, box, card.render_mode)
        self.picture.fill(BLACK)
        self.picture[placed & box].fill(yuv(towards_white(card.colour)))
        rim = max(2, min(placed.width, placed.height) // 24 & ~1)
        visible = placed.inset(rim) & box
        if visible:
            self.picture[visible].fill(self.paper)
        return visible

    def _address(self, label: str) -> None:
        """A white field with the address in it."""
        self.picture.fill(self.paper)
        box = self.picture.rect
        field = box.inset(max(2, box.height // 6 & ~1))
        mask = text_mask(label, field.width, field.height) if field else None
        if mask is not None:
            self.picture[field].write(mask, WHITE, INK)

    def _name(self, label: str, where: Rect) -> None:
        mask = text_mask(label, where.width, where.height) if where else None
        if mask is not None:
            self.picture[where].write(mask, self.paper, WHITE)

    def _film_of(self, band: Rect) -> Planes:
        """The band twice over, the mark at both beginnings.

        A window that slides over it moves the mark and erases where it was, in one copy.
        """
        film = Planes.blank(2 * band.width, band.height)
        film.fill(self.paper)
        mark = min(max(4, band.height * 2), band.width)
        for left in (0, band.width):
            film[Rect(left, 0, left + mark, band.height)].fill(WHITE)
        return film


def _narrow(rect: Rect) -> Rect:
    """The middle of a line, as wide as a clock needs: small masks are cheaper to draw and keep."""
    surplus = max(0, rect.width - 5 * rect.height) // 4 * 2
    return Rect(rect.left + surplus, rect.top, rect.right - surplus, rect.bottom)


def _part(visible: Rect, start: float, stop: float) -> Rect:
    """The line from `start` to `stop` of the visible height, with a margin at both sides."""
    margin = visible.width // 20 & ~1
    top, bottom = (visible.top + (int(visible.height * at) & ~1) for at in (start, stop))
    return Rect(visible.left + margin, top, visible.right - margin, bottom)
