"""What the fault deck makes of a callback."""

from recorder.sandbox.callbacks import Mishap
from recorder.sandbox.deck import Deck
from recorder.sandbox.store import EventRow

OVERTAKEN_MS = 3000  # by which one comes later than those after it


class Mishaps:
    def __init__(self, deck: Deck):
        self._deck = deck

    def of(self, event: EventRow) -> Mishap | None:
        """What befalls this event on its way to every receiver; None: nothing."""
        armed = {
            one.fault.removeprefix("callback_"): one for one in self._deck.on_callback(event.type)
        }
        if not armed:
            return None
        late = round(armed["late"].settings["seconds"] * 1000) if "late" in armed else 0
        return Mishap(
            name=", ".join(armed),
            delay_ms=late + (OVERTAKEN_MS if "out_of_order" in armed else 0),
            lost="lost" in armed,
            twice="twice" in armed,
            forged="wrongly_signed" in armed,
        )
