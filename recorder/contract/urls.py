"""Whether a text has the form of an address. Nothing is ever fetched."""

import re
from urllib.parse import urlsplit

_UNFIT = re.compile(r"[\s\ufeff\x00-\x1f\x7f\\<>\"`{}|^]")


def is_url(text: str, schemes: frozenset[str] = frozenset({"http", "https"})) -> bool:
    """An absolute address with a host, in one of the schemes, without blanks."""
    if _UNFIT.search(text):
        return False
    try:
        parts = urlsplit(text)
        port_fits = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return parts.scheme in schemes and bool(parts.hostname) and port_fits
