"""The board: all sessions, those that need a person first, then the newest."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dashboard.checklist import first_steps
from dashboard.context import chrome_of
from dashboard.forms.sessions import SessionFilters
from dashboard.htmx import is_htmx, poll_tag, render_page, unchanged
from dashboard.numbers import id_in
from dashboard.strips import Strip, moving, strips
from recorder.contract.states import Status
from recorder.lifecycle.attention import Attention
from recorder.lifecycle.figures import Figures
from recorder.lifecycle.given_up import running_after_all
from recorder.lifecycle.words import (
    Explanation,
    explain_attention,
    legal_actions,
    standing,
    upload_word,
)
from recorder.models import Project, RecordingSession
from recorder.models.session import SessionQuerySet

PAGE, MOST = 50, 200  # rows at first, and where "Load more" becomes a page of older ones
BUSY, STEADY, QUIET = 3, 10, 30  # seconds between two polls
# While a start is on its way: should its answer be lost, that shows within a second.
AWAITED = 1
SOON = timedelta(seconds=15)  # in which a start is confirmed, or asked about again
# What a row does not show; some of it is long.
UNSEEN = ("acquire_request", "request", "secrets", "storage", "layout", "resource_id")


@dataclass(frozen=True)
class Row:
    """One session on the board."""

    session: RecordingSession
    strip: Strip | None

    @property
    def upload(self) -> str:
        return upload_word(self.session)

    @cached_property
    def explanation(self) -> Explanation | None:
        return explain_attention(self.session)

    @cached_property
    def why_not(self) -> dict[str, str | None]:
        """By action: the sentence why it is not possible now."""
        return legal_actions(self.session)


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of the list: `rows` of it after the row that `after` names ("" for the top).

    On a page the list grows downwards, so that one poll keeps all of it true; `after` leads to
    another page.
    """

    rows: int
    after: str

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> "Window":
        rows, after = asked.get("rows", str(PAGE)), asked.get("after", "")
        if not (rows.isascii() and rows.isdigit() and len(rows) < 6):
            raise BadRequest("rows is not a number")
        return cls(rows=min(max(int(rows), PAGE), MOST), after=after)

    def place(self) -> dict[str, object]:
        """As the address gives it; the usual place is not named."""
        rows = {"rows": self.rows} if self.rows != PAGE else {}
        return rows | ({"after": self.after} if self.after else {})

    def cut(self, found: SessionQuerySet) -> list[RecordingSession]:
        """The rows of this part and one more, if there is one."""
        if self.after:
            attention, _dot, number = self.after.rpartition(".")
            pk = id_in(number)
            if pk is None or not (attention == "" or attention in set(Attention)):
                raise BadRequest("after does not name a row")
            found = found.below(attention, pk)
        return list(found.for_board()[: self.rows + 1])


def name_of(session: RecordingSession) -> str:
    """Its place on the board, as `after` names it."""
    return f"{session.attention}.{session.pk}" if session.attention else str(session.pk)


@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    form = SessionFilters(request.GET, user=request.user)
    window = Window.of(request.GET)
    visible = RecordingSession.objects.visible_to(request.user)
    wanted = visible.select_related("project", "storage_config", "stop_requested_by")
    found = window.cut(form.filtered(wanted).defer(*UNSEEN))
    shown, figures = found[: window.rows], chrome_of(request).figures
    here = _address(request, window.place())
    projects = Project.objects.visible_to(request.user)
    silent = list(projects.in_trouble()) if figures.troubled else []
    unseen = running_after_all(request.user, timezone.now()) if figures.unmatched else []
    tag = poll_tag(
        here,
        figures,
        [(project.pk, project.failing_since) for project in silent],
        [(one.session.pk, one.sid) for one in unseen],
        [(session.pk, session.version) for session in found],
        moving(shown, timezone.now()),
    )
    if same := unchanged(request, tag):
        return same
    drawn = strips(shown)
    context = {
        "form": form,
        "here": here,
        "figures": _figures(figures),
        "silent": silent,
        "unseen": unseen,
        "rows": [Row(session, drawn.get(session.pk)) for session in shown],
        "pace": _pace(shown, figures, window),
        "later": bool(window.after),
        "checklist": None if shown or form.in_use or window.after else first_steps(request),
        **_more(request, found, window),
    }
    response = render_page(request, "sessions/page.html", "sessions/_poll.html", context, tag=tag)
    if is_htmx(request) and request.get_full_path() != here:
        response["HX-Push-Url"] = here  # the filter form sends its empty fields too
    return response


def _more(request: HttpRequest, found: list[RecordingSession], window: Window) -> dict[str, object]:
    """Two ways on: the same page with more rows (`grown`), and the page that follows (`older`)."""
    if len(found) <= window.rows:
        return {}
    last = found[window.rows - 1]
    grown = replace(window, rows=window.rows + PAGE)
    return {
        "grown": _address(request, grown.place()) if window.rows < MOST else "",
        "older": _address(request, {"after": name_of(last)}),
    }


def _address(request: HttpRequest, place: Mapping[str, object]) -> str:
    filters = {
        name: value
        for name, value in request.GET.items()
        if value and name not in {"rows", "after"}
    }
    query = urlencode({**filters, **place})
    return f"{request.path}?{query}" if query else request.path


def _pace(shown: list[RecordingSession], figures: Figures, window: Window) -> int:
    """Seconds until the board asks again."""
    if any(is_awaited(session) for session in shown):
        return AWAITED
    if any(is_busy(session) for session in shown):
        return BUSY
    return STEADY if figures.live and not window.after else QUIET


def is_awaited(session: RecordingSession) -> bool:
    """Whether a start was sent whose answer is not known yet, or the word that it records: with
    callbacks that comes within a second or two."""
    if session.status != Status.STARTING:
        return False
    sent = session.start_sent_at
    return not session.sid or bool(sent and timezone.now() - sent < SOON)


def is_busy(session: RecordingSession) -> bool:
    """Whether it starts or stops, or something is about to be learned of it."""
    soon = timezone.now() + timedelta(seconds=STEADY)
    due = session.next_check_at
    return standing(session).tone == "busy" or bool(due and due < soon)


def _figures(counts: Figures) -> list[dict[str, object]]:
    def figure(label: str, value: int, status: str, tone: str) -> dict[str, object]:
        tone = tone if value else ""
        return {"label": label, "value": value, "href": f"?status={status}", "tone": tone}

    return [
        figure(_("Recording now"), counts.recording_now, "recording", "live"),
        figure(_("Needs attention"), counts.needs_attention, "attention", "warn"),
        figure(_("Waiting for upload"), counts.waiting_for_upload, "waiting", "moving"),
        figure(_("Recorded today"), counts.recorded_today, "today", ""),
    ]
