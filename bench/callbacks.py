"""Callbacks verified, deduped, folded, committed and answered, against a plain view that verifies,
dedupes and inserts: time per callback with eight senders.

At least 0.8 of its rate is 1.25 of its time; the aim is 1.5 of its rate, which is 0.67.
"""

from bench._callbacks import callback_site, delivered, told

BAR = 1.25
prepare = callback_site


def baseline() -> float:
    """Seconds for each callback."""
    whole, took = delivered("/plain/{project}/")
    return whole / len(took)


def ours() -> float:
    whole, took = delivered("/callbacks/{project}/")
    told()
    return whole / len(took)
