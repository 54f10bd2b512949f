"""Projects: the App IDs that are recorded with, and whether their credentials work."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dashboard.forms.projects import ProjectForm
from dashboard.htmx import go, is_htmx, render_page, render_partial, render_refused
from dashboard.people import user_of
from dashboard.views.removal import remove
from recorder.contract.states import Operation
from recorder.lifecycle.credentials import ProjectCheck, check_within
from recorder.models import Project, ProviderCall
from recorder.models.audit import record
from recorder.models.names import NameTaken, name_once
from recorder.providers.client import Outcome

PATIENCE = 6.0  # seconds; htmx gives a request up after 8

COLUMNS = [
    {"label": gettext_lazy("Project")},
    {"label": gettext_lazy("App ID")},
    {"label": gettext_lazy("Credentials")},
    {"label": "", "css": "is-actions"},
]


@dataclass(frozen=True, slots=True)
class Credentials:
    """What is known of a project's credentials. `newest`: the id of the call that told."""

    tone: str
    label: Promise | str
    newest: int = 0
    at: datetime | None = None
    sentence: str = ""
    answer: object = None
    asking: bool = False


@require_safe
def projects(request: HttpRequest) -> HttpResponse:
    found = list(Project.objects.visible_to(request.user))
    known = credentials_of(found)
    rows = [{"project": project, "known": known[project.pk]} for project in found]
    context = {"rows": rows, "columns": COLUMNS}
    return render_page(request, "projects/page.html", "projects/_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def project_new(request: HttpRequest) -> HttpResponse:
    return _form(request, Project())


@require_http_methods(["GET", "HEAD", "POST"])
def project_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _form(request, _found(request, pk))


def _form(request: HttpRequest, project: Project) -> HttpResponse:
    is_new, name = project.pk is None, project.name
    posted = request.method == "POST"
    form = ProjectForm(request.POST if posted else None, instance=project)
    context = {"form": form, "project": project, "name": name, "is_new": is_new}
    if not posted:
        return render_page(request, "projects/form.html", "projects/_form.html", context)
    if not form.is_valid():
        return render_refused(request, "projects/form.html", "projects/_form.html", context)
    try:
        with name_once(project, project.name):
            form.save()
            verb = "project.create" if is_new else "project.update"
            record(verb, project, by=user_of(request), name=project.name, fields=form.changes())
    except NameTaken as error:
        form.refuse_name(str(error))
        return render_refused(request, "projects/form.html", "projects/_form.html", context)
    messages.success(request, _("“%(name)s” was saved.") % {"name": project.name})
    return go(request, "projects")


@require_POST
def project_check(request: HttpRequest, pk: int) -> HttpResponse:
    project = _found(request, pk)
    before = credentials_of([project])[pk]
    result = check_within(project, PATIENCE)
    if not is_htmx(request):
        _say(request, result)
        return go(request, "projects")
    if result is None:
        return _partial(request, project, _asking(before.newest), status=202)
    known = credentials_of([project])[pk]
    if not result.passed and known.newest == before.newest:
        # Refused before anything was sent, so no call tells of it.
        unsent = pgettext_lazy("credentials", "Not sent")
        known = Credentials("failed", unsent, sentence=result.sentence)
    return _partial(request, project, known)


def _say(request: HttpRequest, result: ProjectCheck | None) -> None:
    if result is None:
        messages.info(request, _("The provider takes its time. Look again in a minute."))
    elif result.passed:
        messages.success(request, result.sentence)
    else:
        messages.error(request, result.sentence)


@require_safe
def project_credentials(request: HttpRequest, pk: int, newest: int) -> HttpResponse:
    """Asked by a page that waits for a call newer than the one it knows."""
    project = _found(request, pk)
    known = credentials_of([project])[pk]
    return _partial(request, project, known if known.newest > newest else _asking(newest))


@require_http_methods(["GET", "HEAD", "POST"])
def project_delete(request: HttpRequest, pk: int) -> HttpResponse:
    project = _found(request, pk)
    return remove(
        request,
        project,
        noun="project",
        title=_("Delete the project “%(name)s”?") % {"name": project},
        text=_(
            "Its credentials are deleted with it and cannot be brought back. A project that has"
            " been recorded with stays."
        ),
        then="projects",
    )


def credentials_of(projects: Iterable[Project]) -> dict[int, Credentials]:
    """By the newest check of each project, under its id."""
    rows = {project.pk: project for project in projects}
    checks = ProviderCall.objects.filter(session=None, operation=Operation.ACQUIRE.value)
    newest = checks.filter(project__in=rows).values("project").annotate(newest=Max("id"))
    calls = ProviderCall.objects.filter(pk__in=newest.values("newest"))
    by_project = {call.project_id: call for call in calls}
    return {pk: _credentials(project, by_project.get(pk)) for pk, project in rows.items()}


_OUTCOMES = {
    Outcome.DONE: ("done", pgettext_lazy("credentials", "Accepted")),
    Outcome.REFUSED: ("failed", pgettext_lazy("credentials", "Refused")),
    Outcome.UNREACHABLE: ("warn", pgettext_lazy("credentials", "Not reached")),
    Outcome.UNKNOWN: ("warn", pgettext_lazy("credentials", "No answer")),
    Outcome.ALREADY: ("warn", pgettext_lazy("credentials", "No answer")),
}


def _credentials(project: Project, call: ProviderCall | None) -> Credentials:
    if call is None:
        return Credentials("idle", _("Not checked"))
    if call.started_at < project.changed_at:
        return Credentials("idle", _("Not checked since the last change"), call.pk)
    tone, label = _OUTCOMES[Outcome(call.outcome)]
    answer = call.response if call.error else None
    return Credentials(tone, label, call.pk, call.started_at, call.error, answer)


def _asking(newest: int) -> Credentials:
    return Credentials("busy", pgettext_lazy("credentials", "Asking"), newest, asking=True)


def _partial(
    request: HttpRequest, project: Project, known: Credentials, *, status: int = 200
) -> HttpResponse:
    context = {"project": project, "known": known}
    return render_partial(request, "projects/_credentials.html", context, status=status)


def _found(request: HttpRequest, pk: int) -> Project:
    found: Project = get_object_or_404(Project.objects.visible_to(request.user), pk=pk)
    return found
