"""What the frame of every page needs (templates/base.html): one lazy object, `chrome`."""

from datetime import datetime
from functools import cached_property
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from dashboard import nav
from dashboard.times import zone_label
from dashboard.views.preferences import chosen_theme
from recorder.lifecycle.figures import Figures, figures
from recorder.notices.pulse import Pulse, State, pulse


class Chrome:
    """What a page does not draw is not asked for; all counts come from one query."""

    def __init__(self, request: HttpRequest):
        self.request = request
        self.theme = chosen_theme(request)  # "light", "dark", or "" to follow the system
        self.environment = urlsplit(settings.PUBLIC_URL).netloc

    @property
    def zone(self) -> str:
        return zone_label(timezone.localtime())

    @property
    def now(self) -> datetime:
        return timezone.now()

    @cached_property
    def signed_in(self) -> bool:
        user = getattr(self.request, "user", None)
        return bool(user and user.is_authenticated)

    @cached_property
    def entries(self) -> list[nav.Entry]:
        return nav.entries(self.request.path) if self.signed_in else []

    @cached_property
    def figures(self) -> Figures:
        return figures(self.request.user) if self.signed_in else Figures()

    @cached_property
    def live(self) -> int:
        """Sessions that record now or are about to."""
        return self.figures.live

    @cached_property
    def attention(self) -> int:
        """Sessions that wait for a person."""
        return self.figures.needs_attention

    @cached_property
    def worker_missing(self) -> bool:
        return self.signed_in and not self.figures.workers

    @cached_property
    def pulse(self) -> Pulse:
        """Whether callbacks arrive."""
        if not self.signed_in:
            return Pulse(State.OFF)
        return pulse(self.request.user, live=bool(self.live))

    @property
    def favicon(self) -> str:
        if self.attention:
            return "favicon-attention.svg"
        return "favicon-live.svg" if self.live else "favicon.svg"


def chrome_of(request: HttpRequest) -> Chrome:
    """One for each request, so that view and templates ask for the counts once."""
    known: Chrome | None = getattr(request, "chrome", None)
    if known is None:
        known = request.chrome = Chrome(request)  # type: ignore[attr-defined]
    return known


def chrome(request: HttpRequest) -> dict[str, Chrome]:
    return {"chrome": chrome_of(request)}
