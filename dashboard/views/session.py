"""One session: how it stands, what happened, and what can be done about it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Count, Max, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from dashboard import csp
from dashboard.context import chrome_of
from dashboard.htmx import poll_tag, render_page, unchanged
from dashboard.shown_layouts import pictures_in
from dashboard.strips import moving, strips
from dashboard.views.session_actions import session_of
from dashboard.views.sessions import AWAITED, BUSY, QUIET, STEADY, is_awaited, is_busy
from recorder.contract.layouts import PREDEFINED, Canvas, Layout, layout_from_wire
from recorder.contract.states import RESOURCE_LIFE_S, Operation
from recorder.contract.vendors import VENDORS
from recorder.footage.ledger import folder
from recorder.lifecycle.ahead import ahead
from recorder.lifecycle.given_up import Heard, running_after_all
from recorder.lifecycle.timeline import Entry, timeline
from recorder.lifecycle.words import (
    Explanation,
    explain_attention,
    explain_failure,
    legal_actions,
    upload_word,
)
from recorder.models import RecordedFile, RecordingSession

NEWEST = 40  # entries of the story shown at first

Kind = RecordedFile.Kind


@require_safe
def session(request: HttpRequest, pk: int) -> HttpResponse:
    found = session_of(request, pk)
    unseen = _unseen(request, found)
    tag = poll_tag(
        request.get_full_path(),
        chrome_of(request).figures,
        found.version,
        found.project.paused_until,
        bool(found.lease_until and found.lease_until > timezone.now()),
        found.files.aggregate(Max("checked_at")),
        moving([found], timezone.now()),
        [one.sid for one in unseen],
    )
    if same := unchanged(request, tag):
        return same
    context = _shown(found, whole="all" in request.GET) | {"unseen": unseen}
    response = render_page(
        request, "sessions/detail.html", "sessions/_detail_poll.html", context, tag=tag
    )
    csp.allow_images(response)
    return response


def _unseen(request: HttpRequest, session: RecordingSession) -> list[Heard]:
    """What is heard of it although it was given up."""
    if not (session.failure or {}).get("given_up") or not chrome_of(request).figures.unmatched:
        return []
    heard = running_after_all(request.user, timezone.now())
    return [one for one in heard if one.session == session]


def _shown(session: RecordingSession, *, whole: bool) -> dict[str, object]:
    entries = timeline(session)
    drawn = pictures_in(session, entries)
    story = [{**told, "picture": drawn.get(told["id"])} for told in _story(entries)]
    return {
        "session": session,
        "upload": upload_word(session),
        "trouble": _trouble(session),
        "answer": _answer(session),
        "why_not": legal_actions(session),
        "ahead": ahead(session),
        "pace": _pace(session),
        "expires": _expires(session),
        "strip": strips([session]).get(session.pk),
        "entries": story if whole else story[:NEWEST],
        "earlier": 0 if whole else max(len(story) - NEWEST, 0),
        "unheard": session.notices.missing(),
        "storage": _storage(session),
        **_picture(session),
        **_files(session),
    }


def _trouble(session: RecordingSession) -> Explanation | None:
    """What a person should know, also after it was put aside."""
    return explain_attention(session) or explain_failure(session)


def _answer(session: RecordingSession) -> dict[str, object] | None:
    """What the provider said when it failed, as it came."""
    if not session.failure:
        return None
    calls = session.calls.filter(operation=session.failure.get("operation"))
    last = calls.first()
    return {**session.failure, "response": last.response if last else None}


def _pace(session: RecordingSession) -> int:
    if is_awaited(session):
        return AWAITED
    if is_busy(session):
        return BUSY
    return STEADY if session.is_live else QUIET


def _expires(session: RecordingSession) -> datetime | None:
    """When the resource id is worth nothing any more; None once `start` was sent with it."""
    if session.start_sent_at or session.is_final or not session.acquired_at:
        return None
    return session.acquired_at + timedelta(seconds=RESOURCE_LIFE_S)


def _picture(session: RecordingSession) -> dict[str, object]:
    layout, canvas = picture_of(session)
    predefined = PREDEFINED.get(layout.kind) if layout else None
    return {
        "layout": layout,
        "canvas": canvas,
        "predefined": _(predefined) if predefined else "",
    }


def picture_of(session: RecordingSession) -> tuple[Layout | None, Canvas | None]:
    """The layout in force and its canvas; None for a mode without one."""
    if not session.layout or not session.canvas_width or not session.canvas_height:
        return None, None
    canvas = Canvas(session.canvas_width, session.canvas_height)
    try:
        return layout_from_wire(session.layout), canvas
    except ValueError:  # a client_request may hold what only the service understands
        return None, canvas


def _files(session: RecordingSession) -> dict[str, object]:
    found = session.files.filter(kind=Kind.PLAYLIST)[:100]
    lists = sorted(found, key=RecordedFile.in_story)
    totals = session.files.aggregate(
        slices=Count("pk", filter=Q(kind=Kind.SLICE)),
        missing=Count("pk", filter=Q(kind=Kind.SLICE, present=False)),
        others=Count("pk", filter=~Q(kind__in=[Kind.SLICE, Kind.PLAYLIST])),
        size=Sum("size"),
    )
    return {"lists": lists, "totals": totals}


def _storage(session: RecordingSession) -> list[dict[str, object]]:
    """The storage as it was when the session was started."""
    frozen = session.storage
    vendor = VENDORS.get(frozen.get("vendor", -1))
    region = vendor.region(frozen.get("region")) if vendor else None
    named = vendor and region and not vendor.region_ignored
    facts = [
        (_("Name"), session.storage_config.name, False),
        (_("Vendor"), vendor.name if vendor else frozen.get("vendor"), False),
        (_("Region"), f"{region.label} ({region.code})" if named and region else "", False),
        (_("Bucket"), frozen.get("bucket"), True),
        (_("Folder"), folder(session), True),
    ]
    return [
        {"label": label, "value": value, "mono": mono, "copy": False}
        for label, value, mono in facts
        if value
    ]


def _story(entries: Iterable[Entry]) -> Iterator[dict[str, Any]]:
    """Entries for the timeline component; queries in a row that all went well are told as one."""
    for routine, run in groupby(entries, key=_routine):
        told = list(run)
        if routine and len(told) > 2:
            yield _told_as_one(told)
        else:
            yield from map(_told, told)


def _routine(entry: Entry) -> str:
    """What entries that may be told as one have in common; "" for all others."""
    if entry.detail.get("operation") == Operation.QUERY and entry.tone == "done":
        return "query"
    return entry.title if entry.kind == "notice" and not entry.text else ""


def _told_as_one(run: list[Entry]) -> dict[str, Any]:
    newest, oldest = run[0], run[-1]
    if newest.kind == "notice":
        title = ngettext("%(title)s %(count)s time.", "%(title)s %(count)s times.", len(run))
    else:
        title = ngettext(
            "query answered 200, %(count)s time", "query answered 200, %(count)s times", len(run)
        )
    title %= {"title": newest.title, "count": len(run)}
    # Named by its oldest entry: that stays the same while the run grows at its newer end.
    return _told(replace(newest, key=oldest.key, title=title))


def _told(entry: Entry) -> dict[str, Any]:
    detail = dict(entry.detail)
    took, error = detail.get("duration_ms"), detail.get("error")
    if entry.kind == "call":
        text = str(error or "")
    else:
        text = _("by %(name)s") % {"name": entry.by} if entry.by else entry.text
    return {
        "id": entry.key,
        "at": entry.at,
        "tone": entry.tone,
        "icon": {"action": "user", "notice": "callbacks"}.get(entry.kind, ""),
        "title": entry.title,
        "text": text,
        "facts": _("%(ms)s ms") % {"ms": took} if took is not None else "",
        "details": {
            name: value
            for name, value in detail.items()
            if value not in ("", None) and name != "shown"  # drawn beside it
        },
    }
