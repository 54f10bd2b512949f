"""Widening the content-security policy of one response by the origins that its page needs."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from django.http import HttpResponse


def allow(response: HttpResponse, directive: str, sources: Iterable[str]) -> None:
    """Add sources to a directive of this response alone."""
    update = getattr(response, "_csp_update", None) or {}
    update[directive] = [*update.get(directive, []), *sources]
    response._csp_update = update  # type: ignore[attr-defined]  # read by csp.middleware


def allow_storage(response: HttpResponse, read_origins: Iterable[str]) -> None:
    """Let the page play and show files of these storage origins ("https://bucket.example")."""
    origins = sorted({origin for origin in read_origins if urlsplit(origin).hostname})
    for directive in ("connect-src", "media-src", "img-src"):
        allow(response, directive, origins)


def allow_images(response: HttpResponse) -> None:
    """Let a page that draws layouts show background images from anywhere, over https."""
    allow(response, "img-src", ["https:"])
