"""Callbacks: where the provider delivers them, what came, and what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from dashboard.arrivals import arrivals
from dashboard.context import chrome_of
from dashboard.forms.callbacks import NoticeFilters
from dashboard.htmx import go, is_htmx, poll_tag, render_page, render_partial, unchanged
from dashboard.numbers import id_in
from dashboard.people import user_of
from recorder.contract.states import ProviderName
from recorder.errors import RecorderError
from recorder.lifecycle.notice_words import Telling, marks, telling
from recorder.models import Notice, Project, RefusedNotices
from recorder.notices.pulse import per_minute
from recorder.notices.replay import replay

PAGE = 50
PACE = 5  # seconds between two polls
COLUMNS = [
    {"label": gettext_lazy("Came")},
    {"label": gettext_lazy("Event")},
    {"label": gettext_lazy("Channel")},
    {"label": gettext_lazy("Session")},
    {"label": "", "css": "is-actions"},
]


@dataclass(frozen=True, slots=True)
class Row:
    notice: Notice
    told: Telling
    marks: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One project's address, and what is known of its signatures."""

    project: Project
    url: str
    tone: str
    label: str
    notes: tuple[str, ...]
    last_at: datetime | None
    refused: tuple[RefusedNotices, ...]


@require_safe
def callbacks(request: HttpRequest) -> HttpResponse:
    form = NoticeFilters(request.GET, user=request.user)
    before = request.GET.get("before", "")
    rows = _page(form, request, before)
    shown = [Row(notice, telling(notice), marks(notice)) for notice in rows[:PAGE]]
    context = {
        "form": form,
        "rows": shown,
        "columns": COLUMNS,
        "filtered": form.in_use,
        "older": _older(request, rows[PAGE - 1]) if len(rows) > PAGE else "",
        "pace": 0 if before else PACE,  # an older page stands still
    }
    now = timezone.now()
    endpoints = _endpoints(request)
    tag = poll_tag(
        request.get_full_path(),
        chrome_of(request).figures,
        chrome_of(request).pulse.coarse,
        [(row.pk, row.deliveries, row.session_id, row.error) for row in rows],
        [(one.label, [refused.count for refused in one.refused]) for one in endpoints],
        now.replace(second=0, microsecond=0),
    )
    if same := unchanged(request, tag):
        return same
    context |= {
        "endpoints": endpoints,
        "arrivals": arrivals(per_minute(request.user, now)),
        "pulse": chrome_of(request).pulse,
        "nothing_ever": chrome_of(request).pulse.last_at is None,
    }
    return render_page(request, "callbacks/page.html", "callbacks/_poll.html", context, tag=tag)


@require_POST
def callback_replay(request: HttpRequest, pk: int) -> HttpResponse:
    """Fold a kept notice once more."""
    notice: Notice = get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)
    try:
        row = replay(notice, by=user_of(request))
    except RecorderError as error:
        messages.error(request, str(error))
    else:
        _say(request, row)
    if not is_htmx(request):
        return go(request, "callbacks")
    response = render_partial(request, "sessions/_nothing.html")
    return trigger_client_event(response, "poll:now")


def _say(request: HttpRequest, notice: Notice) -> None:
    if notice.session_id and not notice.error:
        messages.success(
            request, _("Applied to the session of “%(name)s”.") % {"name": notice.cname}
        )
    elif notice.error:
        messages.error(request, _("It could not be applied: %(why)s.") % {"why": notice.error})
    else:
        messages.info(request, _("It matches no session that is known here."))


def _page(form: NoticeFilters, request: HttpRequest, before: str) -> list[Notice]:
    """The notices of this part and one more, if there is one."""
    rows = form.filtered(Notice.objects.visible_to(request.user)).select_related(
        "session__project", "project"
    )
    if before:
        last = id_in(before)
        if last is None:
            raise BadRequest("before is not the id of a callback")
        rows = rows.filter(pk__lt=last)
    return list(rows.order_by("-id")[: PAGE + 1])


def _older(request: HttpRequest, last: Notice) -> str:
    query = request.GET.copy()
    query["before"] = str(last.pk)
    return f"{request.path}?{query.urlencode()}"


def _endpoints(request: HttpRequest) -> list[Endpoint]:
    projects = list(Project.objects.visible_to(request.user))
    refused = RefusedNotices.objects.filter(project__in=projects).order_by("-last_at")
    newest = dict(
        Notice.objects.filter(project__in=projects)
        .order_by()
        .values_list("project")
        .annotate(last=Max("id"))
        .values_list("project", "last")
    )
    times = Notice.objects.in_bulk(newest.values())
    return [
        _endpoint(
            project,
            times[newest[project.pk]].received_at if project.pk in newest else None,
            [row for row in refused if row.project_id == project.pk],
        )
        for project in projects
    ]


def _endpoint(
    project: Project, last_at: datetime | None, refused: Iterable[RefusedNotices]
) -> Endpoint:
    notes = []
    if not project.callback_secret:
        tone, label = "warn", _("No secret: all are refused")
    elif last_at:
        tone, label = "done", _("Signed and checked")
    else:
        tone, label = "idle", _("Nothing has come yet")
    if project.callback_secret_old:
        notes.append(_("The previous secret is accepted too."))
    if project.callback_sha1 and project.provider == ProviderName.AGORA:
        notes.append(_("SHA-1 signatures are accepted."))
    url = f"{settings.PUBLIC_URL}{reverse('callback', args=[project.pk])}"
    return Endpoint(project, url, tone, label, tuple(notes), last_at, tuple(refused))
