"""How long the slowest hundredth of callbacks waits for its answer, as bench/callbacks.py sends
them."""

from bench._callbacks import callback_site, delivered, told

BAR = 3.0
prepare = callback_site


def baseline() -> float:
    """The 99th percentile, seconds."""
    _whole, took = delivered("/plain/{project}/")
    return _percentile(took)


def ours() -> float:
    _whole, took = delivered("/callbacks/{project}/")
    told()
    return _percentile(took)


def _percentile(took: list[float]) -> float:
    return sorted(took)[int(len(took) * 0.99) - 1]
