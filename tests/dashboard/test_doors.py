"""Nothing but the sign-in and what supervisors ask is open to strangers."""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, get_resolver, reverse
from django.urls.resolvers import URLResolver

pytestmark = pytest.mark.django_db

OPEN = {"/healthz", "/readyz"}
SIGN_IN = "/accounts/login/"
VALUES = {"key": "rooms/a.ts"}  # of parameters that are no numbers


def addresses(resolver: URLResolver, names: tuple[str, ...] = ()) -> Iterator[str]:
    """An address for each named route of ours; those of the sign-in are allauth's."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver) and str(pattern.pattern) != "accounts/":
            inside = (*names, pattern.namespace) if pattern.namespace else names
            yield from addresses(pattern, inside)
        elif isinstance(pattern, URLPattern) and pattern.name:
            values = {name: VALUES.get(name, 1) for name in pattern.pattern.converters}
            yield reverse(":".join((*names, pattern.name)), kwargs=values)


OURS = sorted(set(addresses(get_resolver())))


def test_the_walk_finds_pages_and_the_api():
    assert {"/", "/start/", "/recordings/1/", "/api/v1/sessions/1/stop/", "/healthz"} <= set(OURS)


@pytest.mark.parametrize("path", OURS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_is_sent_to_the_sign_in_or_refused(client, path, method):
    answer = getattr(client, method)(path)

    if path in OPEN:
        assert answer.status_code in {200, 405, 503}
    elif path.startswith("/api/") and path != reverse("api:docs"):
        assert answer.status_code == 401
    elif path == reverse("callback", args=[1]):
        assert answer.status_code in {404, 405}  # signed by a project's secret, or refused
    elif path == reverse("theme"):
        assert answer.status_code in {303, 405}  # light or dark, for the sign-in page too
    else:
        assert answer.status_code == 302
        assert answer["Location"].partition("?")[0] == SIGN_IN


@pytest.mark.parametrize(
    "next", ["https://elsewhere.example/", "//elsewhere.example", "javascript:x"]
)
def test_the_theme_leads_nowhere_else(client, next):
    assert client.post(reverse("theme"), {"theme": "dark", "next": next})["Location"] == "/"
