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
from recorder.models import Heartbeat, RecordingSession
from recorder.models.session import SessionQuerySet


class Chrome:
    """Counts are asked for by what draws them, once per request; each has its own index."""

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
    def live(self) -> int:
        """Sessions that record now or are about to."""
        return self._sessions.live().count() if self.signed_in else 0

    @cached_property
    def attention(self) -> int:
        """Sessions that wait for a person."""
        return self._sessions.needing_attention().count() if self.signed_in else 0

    @cached_property
    def worker_missing(self) -> bool:
        return self.signed_in and not Heartbeat.worker_seen()

    @property
    def favicon(self) -> str:
        if self.attention:
            return "favicon-attention.svg"
        return "favicon-live.svg" if self.live else "favicon.svg"

    @property
    def _sessions(self) -> SessionQuerySet:
        return RecordingSession.objects.visible_to(self.request.user)


def chrome(request: HttpRequest) -> dict[str, Chrome]:
    return {"chrome": Chrome(request)}
