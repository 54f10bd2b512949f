"""What a person does to sessions: stop, look again, give up, put aside; one, or those selected.

Each asks the lifecycle and answers with a toast; what changed is drawn by the polled region, which
the answer tells to look at once. Without scripts the session's page follows.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import trigger_client_event

from dashboard.forms.reason import ReasonForm
from dashboard.htmx import (
    close_dialog,
    go,
    is_htmx,
    render_dialog,
    render_page,
    render_partial,
    render_refused,
)
from dashboard.numbers import id_in
from dashboard.people import user_of
from recorder.api.serializers.sessions import SessionDetailSerializer
from recorder.errors import RecorderError
from recorder.lifecycle.reconcile import check
from recorder.lifecycle.resolve import acknowledge, give_up, send_again, try_again
from recorder.lifecycle.sending import send, stop_session
from recorder.lifecycle.unconfirmed import is_unconfirmed
from recorder.lifecycle.words import explain_attention, legal_actions, standing
from recorder.models import InvalidTransition, RecordingSession
from recorder.models.session import SessionQuerySet
from recorder.tasks import check_session, look_into_bucket

REFUSED = 409
AT_ONCE = 200  # sessions in one bulk action: as many as the board shows


def visible_sessions(request: HttpRequest) -> SessionQuerySet:
    sessions = RecordingSession.objects.visible_to(request.user)
    return sessions.select_related("project", "storage_config", "stop_requested_by")


def session_of(request: HttpRequest, pk: int) -> RecordingSession:
    rows = visible_sessions(request).select_related("layout_version__layout", "requested_by")
    return get_object_or_404(rows, pk=pk)


def answered(
    request: HttpRequest, session: RecordingSession | None = None, *, refused: bool = False
) -> HttpResponse:
    """Close the dialog, let polled regions look now, show the toasts."""
    if not is_htmx(request):
        return go(request, "session", session.pk) if session else go(request, "sessions")
    status = REFUSED if refused else 200
    response = render_partial(request, "sessions/_nothing.html", status=status)
    return trigger_client_event(close_dialog(response), "poll:now")


def _do(
    request: HttpRequest, session: RecordingSession, act: Callable[[RecordingSession], str]
) -> HttpResponse:
    """Run one action; `act` gives the sentence for the toast, or raises the one of a refusal."""
    try:
        messages.success(request, act(session))
    except RecorderError as error:
        messages.error(request, str(error))
        return answered(request, session, refused=True)
    return answered(request, session)


def _ask(request: HttpRequest, session: RecordingSession, question: dict[str, str]) -> HttpResponse:
    """Confirm once: in the page's dialog, or on a page of its own."""
    context = {"session": session, "action": request.path, **question}
    if is_htmx(request):
        return render_dialog(request, "sessions/_confirm.html", context)
    return render_page(request, "sessions/confirm.html", "sessions/_confirm.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def session_stop(request: HttpRequest, pk: int) -> HttpResponse:
    session = session_of(request, pk)
    if request.method != "POST":
        return _ask(request, session, _stop_question(session))

    def act(session: RecordingSession) -> str:
        first = stop_session(session, by=user_of(request))
        if first and is_unconfirmed(session):
            return _("The stop of %(name)s goes out as soon as its sid is known.") % {
                "name": session.cname
            }
        if first:
            return _("Stopping %(name)s.") % {"name": session.cname}
        return legal_actions(session)["stop"] or _("It is being stopped.")

    return _do(request, session, act)


def _stop_question(session: RecordingSession) -> dict[str, str]:
    started = bool(session.start_sent_at)
    return {
        "title": _("Stop recording “%(name)s”?") % {"name": session.cname},
        "text": _(
            "The recorder leaves the channel and uploads what is left. It cannot be resumed:"
            " a new start makes a new recording."
        )
        if started
        else _("The start has not been sent yet. Nothing will be recorded."),
        "meaning": _(
            "Its sid is not known, so the stop can only be sent when it turns up. Until then it"
            " may go on recording."
        )
        if is_unconfirmed(session)
        else "",
        "keep": _("Keep recording") if started else _("Keep it"),
        "label": _("Stop recording"),
        "busy": _("Stopping…"),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def session_give_up(request: HttpRequest, pk: int) -> HttpResponse:
    session = session_of(request, pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():

        def act(session: RecordingSession) -> str:
            give_up(session, by=user_of(request), reason=form.cleaned_data["reason"])
            return _("%(name)s was given up.") % {"name": session.cname}

        return _do(request, session, act)
    context = {"session": session, "form": form, "unknown": not session.sid}
    pages = ("sessions/give_up.html", "sessions/_give_up.html")
    if request.method == "POST":
        return render_refused(request, *pages, context)
    return (
        render_dialog(request, pages[1], context)
        if is_htmx(request)
        else render_page(request, *pages, context)
    )


@require_http_methods(["GET", "HEAD", "POST"])
def session_try_again(request: HttpRequest, pk: int) -> HttpResponse:
    session = session_of(request, pk)
    if request.method != "POST":
        question = {
            "title": _("Try to start “%(name)s” again?") % {"name": session.cname},
            "text": _(
                "The start is sent once more, for the same channel and uid. While the first one"
                " runs the service refuses it, so there is never a second recording; the refusal"
                " proves that it runs."
            ),
            "meaning": _("If the first one does not run, this one begins to record."),
            "keep": _("Not now"),
            "label": _("Try again"),
            "busy": _("Sending…"),
        }
        return _ask(request, session, question)

    def act(session: RecordingSession) -> str:
        try_again(session, by=user_of(request))
        if not send(send_again, session):
            return _("No answer yet. This page shows it when it comes.")
        if is_unconfirmed(session) and (why := explain_attention(session)):
            return why.what
        return _("%(name)s: %(state)s.") % {
            "name": session.cname,
            "state": standing(session).label,
        }

    return _do(request, session, act)


@require_POST
def session_acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    def act(session: RecordingSession) -> str:
        acknowledge(session, by=user_of(request))
        return _("Put aside. %(name)s comes back when it happens anew, or something else does.") % {
            "name": session.cname
        }

    return _do(request, session_of(request, pk), act)


@require_POST
def session_query(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the service while it runs, and look into the bucket, also after its end."""

    def act(session: RecordingSession) -> str:
        refuse_query(session)
        if not send(_look, session, in_row=False):
            return _("No answer yet. This page shows it when it comes.")
        return _("%(name)s: %(state)s.") % {
            "name": session.cname,
            "state": standing(session).label,
        }

    return _do(request, session_of(request, pk), act)


def _look(session: RecordingSession) -> None:
    check(session, look_into_bucket)
    if session.is_live and session.recording_at:
        with suppress(RecorderError):  # a bucket that cannot be read says nothing about the session
            look_into_bucket(session)


def refuse_query(session: RecordingSession) -> None:
    why_not = None if session.is_final and session.sid else legal_actions(session)["query"]
    if why_not:
        raise InvalidTransition(why_not)


@require_http_methods(["GET", "HEAD", "POST"])
def sessions_bulk(request: HttpRequest) -> HttpResponse:
    """The same for every selected row: GET asks, POST does; one toast tells how each ended."""
    asked = request.POST if request.method == "POST" else request.GET
    ids, action = asked.getlist("session"), asked.get("action", "")
    if action not in {"stop", "query"}:
        raise BadRequest("action is stop or query")
    if len(ids) > AT_ONCE:
        return _too_many(request, stop=action == "stop")
    chosen = _chosen(request, ids)
    if request.method != "POST":
        able = [session for session in chosen if not legal_actions(session)["stop"]]
        context = {"chosen": chosen, "able": able}
        if is_htmx(request):
            return render_dialog(request, "sessions/_bulk_stop.html", context)
        return render_page(request, "sessions/bulk_stop.html", "sessions/_bulk_stop.html", context)
    _tell(request, action, _each(_stop_one(request) if action == "stop" else _query_one, chosen))
    return answered(request)


def _too_many(request: HttpRequest, *, stop: bool) -> HttpResponse:
    """More than the board shows; a list of stops takes them."""
    context = {"most": AT_ONCE, "stop": stop}
    if not is_htmx(request):
        return render(request, "sessions/too_many.html", context, status=400)
    messages.warning(request, render_to_string("sessions/_too_many.html", context))
    return answered(request, refused=True)


def _stop_one(request: HttpRequest) -> Callable[[RecordingSession], None]:
    def stop(session: RecordingSession) -> None:
        if why_not := legal_actions(session)["stop"]:
            raise InvalidTransition(why_not)
        stop_session(session, by=user_of(request))

    return stop


def _query_one(session: RecordingSession) -> None:
    refuse_query(session)
    check_session(session.pk)


def _each(
    act: Callable[[RecordingSession], None], chosen: Iterable[RecordingSession]
) -> dict[str, str]:
    """By channel: "" where it was done, else the sentence why not."""
    results = {}
    for session in chosen:
        try:
            act(session)
            results[f"{session.cname} ({session.reference})"] = ""
        except RecorderError as error:
            results[f"{session.cname} ({session.reference})"] = str(error)
    return results


def _tell(request: HttpRequest, action: str, results: dict[str, str]) -> None:
    refused = {name: why for name, why in results.items() if why}
    done = len(results) - len(refused)
    if done and action == "stop":
        text = ngettext("%(count)s is stopping.", "%(count)s are stopping.", done)
        messages.success(request, text % {"count": done})
    elif done:
        text = ngettext("%(count)s is being asked.", "%(count)s are being asked.", done)
        messages.success(request, text % {"count": done})
    if refused:
        text = ngettext("%(count)s refused.", "%(count)s refused.", len(refused))
        reasons = " ".join(f"{name}: {why}" for name, why in refused.items())
        messages.warning(request, f"{text % {'count': len(refused)}} {reasons}")


def _chosen(request: HttpRequest, ids: list[str]) -> list[RecordingSession]:
    chosen = [pk for text in ids if (pk := id_in(text)) is not None]
    if not ids or len(ids) > AT_ONCE or len(chosen) < len(ids):
        raise BadRequest(_("Select 1 to %(most)s sessions") % {"most": AT_ONCE})
    return list(visible_sessions(request).filter(pk__in=chosen))


@require_safe
def sessions_export(request: HttpRequest) -> HttpResponse:
    """The selected sessions as the API gives them, in one file."""
    chosen = _chosen(request, request.GET.getlist("session"))
    prefetch_related_objects(chosen, "layout_version", "requested_by")
    rows = SessionDetailSerializer(chosen, many=True, context={"request": request}).data
    response = JsonResponse({"results": rows}, json_dumps_params={"indent": 2})
    response["Content-Disposition"] = 'attachment; filename="sessions.json"'
    return response
