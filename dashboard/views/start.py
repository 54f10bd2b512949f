"""Start: the form of each mode, what it would do, and doing it once."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dashboard.forms.start import StartForm
from dashboard.forms.start_fields import BITRATE, new_key
from dashboard.forms.start_forms import FORMS, mode_in, posted
from dashboard.forms.start_mix import MixForm
from dashboard.htmx import go, render_page, render_partial, render_refused
from dashboard.people import user_of
from dashboard.start_prefill import Prefill, last_of, prefill, switched
from dashboard.start_summary import summary
from dashboard.views.session_actions import answered, session_of
from recorder.contract.states import Mode
from recorder.errors import RecorderError
from recorder.lifecycle import leases
from recorder.lifecycle.again import start_again
from recorder.lifecycle.requests import InvalidRequest
from recorder.lifecycle.sending import send_new
from recorder.lifecycle.start import AlreadyRecording, KeyReused, request_start
from recorder.models import Project, RecordingSession, StorageConfig, User

# What each mode is for: name, one line, icon.
MODES = (
    (Mode.MIX, gettext_lazy("Mix"), gettext_lazy("Everybody in one picture"), "layouts"),
    (Mode.INDIVIDUAL, gettext_lazy("Individual"), gettext_lazy("Each user apart"), "user"),
    (Mode.WEB, gettext_lazy("Web page"), gettext_lazy("A page as a browser shows it"), "screen"),
)


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    if missing := _missing(user):
        return render(request, "start/empty.html", {"missing": missing})
    begin = prefill(request.GET, user)
    form = FORMS[begin.mode](user=user, initial=begin.values)
    response = _show(request, form, review=_judged(form, user), begin=begin)
    # "Back" has to bring back this very form, with the key that it was sent with: "no-store", which
    # is our habit, would bring a new one, and so would posting to this address. No secret is in it.
    response["Cache-Control"] = "private, max-age=0"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def start_send(request: HttpRequest) -> HttpResponse:
    """Start once for each key, whatever comes back how often; or only check."""
    user = user_of(request)
    if request.method != "POST" or _missing(user):  # a page that was reloaded or is out of date
        return redirect("start")
    if switch := request.POST.get("switch"):
        return _switched(request, mode_in(switch))
    form = posted(request.POST, user)
    if not form.is_valid() or form.request is None:
        return _show(request, form, refused=True)
    if "check" in request.POST:
        return _show(request, form, checked=True)
    try:
        key = form.cleaned_data["key"]
        lease = leases.token()
        session, created = request_start(form.request, by=user, form_key=key, lease=lease)
    except InvalidRequest as error:
        form.refuse(error.problems)
        return _show(request, form, refused=True)
    except KeyReused as error:
        form = _with_new_key(request.POST, user)
        return _show(request, form, refused=True, reused=error.session)
    except AlreadyRecording as error:
        return _show(request, form, refused=True, running=error)
    if created:
        _send(request, session, lease)
    else:
        text = _("This form started %(cname)s before. Nothing was started again.")
        messages.info(request, text % {"cname": session.cname})
    return go(request, "session", session.pk)


@require_POST
def session_start_again(request: HttpRequest, pk: int) -> HttpResponse:
    """A new recording with the settings of one that its token has ended, with one click."""
    old, lease = session_of(request, pk), leases.token()
    try:
        new, created = start_again(old, by=user_of(request), lease=lease)
    except RecorderError as error:
        messages.error(request, str(error))
        return answered(request, old, refused=True)
    if created:
        _send(request, new, lease)
    else:
        text = _("%(cname)s was started again before. Nothing was started now.")
        messages.info(request, text % {"cname": old.cname})
    return go(request, "session", new.pk)


@require_POST
def start_review(request: HttpRequest) -> HttpResponse:
    """What the form as it is now would do, without judging it in its fields."""
    form = posted(request.POST, user_of(request))
    form.is_valid()
    return render_partial(request, "start/_answer.html", _review(form))


def _switched(request: HttpRequest, mode: Mode) -> HttpResponse:
    user = user_of(request)
    begin = switched(request.POST, mode, user)
    form = FORMS[mode](user=user, initial=begin.values)
    return _show(request, form, review=_judged(form, user), begin=begin, switched=True)


def _missing(user: User) -> list[str]:
    """What has to be there first: "projects", "storage", or both."""
    there = {
        "projects": Project.objects.visible_to(user).exists(),
        "storage": StorageConfig.objects.visible_to(user).exists(),
    }
    return [name for name, exists in there.items() if not exists]


def _send(request: HttpRequest, session: RecordingSession, lease: str) -> None:
    """As far as it goes while a person waits; the session's page tells how far that was."""
    try:
        send_new(session, lease)
    except RecorderError as error:
        messages.error(request, str(error))


def _with_new_key(data: QueryDict, user: User) -> StartForm:
    fresh = data.copy()
    fresh["key"] = new_key()
    form = posted(fresh, user)
    form.is_valid()
    return form


def _judged(form: StartForm, user: User) -> StartForm:
    """The same values as if they had been posted: a form that is only shown judges nothing."""
    judged = type(form)(form.as_posted(), user=user)
    judged.is_valid()
    return judged


def _review(form: StartForm) -> dict[str, Any]:
    """For the rail: what would happen, what stands in the way, what would be sent."""
    marked = form.marked()
    return {
        "summary": summary(form),
        "lines": form.listed(),
        "marked": marked,
        "wrong": sum(line["severity"] in {"error", "missing"} for line in marked),
        "wire": form.shown_request,
        "advice": form.advice,
    }


def _show(
    request: HttpRequest,
    form: StartForm,
    *,
    review: StartForm | None = None,
    begin: Prefill | None = None,
    refused: bool = False,
    **more: object,
) -> HttpResponse:
    found = _review(review or form)
    context = {
        "form": form,
        "parts": form.parts(),
        "modes": MODES,
        "layouts": form.layouts.values() if isinstance(form, MixForm) else (),
        "chosen": form["layout"].value() if isinstance(form, MixForm) else "",
        "bitrate": BITRATE,
        "advice_hint": format_html('<span id="start-advice">{}</span>', found["advice"]),
        "begin": begin,
        "last": last_of(user_of(request)),
        "refused": refused,
        **found,
        **more,
    }
    answer = render_refused if refused else render_page
    return answer(request, "start/page.html", "start/_form.html", context)
