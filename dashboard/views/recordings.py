"""Recordings: what has been recorded, its files, and playing it."""

from collections.abc import Iterator
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.db.models import Count, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from dashboard import csp
from dashboard.forms.recordings import RecordingFilters
from dashboard.htmx import render_page, render_partial
from dashboard.lanes import MIXED, Lane, lanes
from dashboard.numbers import id_in
from dashboard.pictures import Slice
from dashboard.strips import STATES
from recorder.errors import RecorderError
from recorder.footage import delivery, health, ledger
from recorder.footage.parts import in_parts
from recorder.models import RecordedFile, RecordingSession
from recorder.models.session import SessionQuerySet
from recorder.storage.access import read_origin
from recorder.storage.bucket import Stream, attachment
from recorder.storage.errors import NoSuchFile, RangeNotSatisfiable

PAGE = 50
SLICES = 200  # shown at once; the rest on demand
PLAYLIST_TYPE = "application/vnd.apple.mpegurl"
Kind = RecordedFile.Kind


@require_safe
def recordings(request: HttpRequest) -> HttpResponse:
    """Newest first, in parts of PAGE; `before` is the id that the part before ended with."""
    form = RecordingFilters(request.GET, user=request.user)
    found = form.filtered(_recorded(request))
    before = request.GET.get("before", "")
    if before:
        last = id_in(before)
        if last is None:
            raise BadRequest("before is not the id of a session")
        found = found.filter(pk__lt=last)
    rows = list(_with_totals(found)[: PAGE + 1])
    context = {
        "form": form,
        "filtered": form.in_use,
        "rows": rows[:PAGE],
        "more": _more(request, rows[PAGE - 1].pk) if len(rows) > PAGE else "",
        "first": not before,
    }
    partial = "recordings/_more.html" if before else "recordings/_list.html"
    return render_page(request, "recordings/list.html", partial, context)


def _with_totals(found: SessionQuerySet) -> SessionQuerySet:
    """Subqueries, so that the files of the rows on the page are counted and no others."""
    files = RecordedFile.objects.filter(session=OuterRef("pk")).order_by().values("session")
    slices = files.filter(kind=Kind.SLICE).annotate(number=Count("pk")).values("number")
    sizes = files.annotate(bytes=Sum("size")).values("bytes")
    return found.select_related("project", "storage_config").annotate(
        slice_count=Coalesce(Subquery(slices), 0), bytes=Subquery(sizes)
    )


@require_safe
def recording(request: HttpRequest, pk: int) -> HttpResponse:
    session = _session(request, pk)
    response = render_page(
        request, "recordings/detail.html", "recordings/_detail.html", _detail(request, session)
    )
    csp.allow_storage(response, [read_origin(session)])
    return response


@require_POST
def recording_refresh(request: HttpRequest, pk: int) -> HttpResponse:
    """Compare the list with the bucket now, and show what is there."""
    session = _session(request, pk)
    problem, findings = "", tuple[health.Finding, ...]()
    try:
        found = ledger.refresh(session)
        findings = health.findings(found, ended=session.is_final)
    except RecorderError as error:
        problem = str(error)
    context = _detail(request, session) | {"problem": problem, "findings": findings}
    return render_partial(request, "recordings/_files.html", context)


@require_safe
def recording_playlist(request: HttpRequest, pk: int, file: int) -> HttpResponse:
    """The playlist for the player: each slice's line replaced by an address that works now."""
    row = _file(request, pk, file)
    try:
        text = delivery.playable_playlist(
            row, proxy_url=lambda key: reverse("recording_bytes", args=[pk, key])
        )
    except RecorderError as error:
        return _unreadable(error)
    response = HttpResponse(text, content_type=PLAYLIST_TYPE)
    response["Cache-Control"] = "no-store"  # the addresses in it expire
    return response


@require_safe
def recording_bytes(request: HttpRequest, pk: int, key: str) -> HttpResponseBase:
    """A file of a recording through this site, for storages with delivery `proxy`."""
    row = get_object_or_404(RecordedFile, session=_session(request, pk), name=key)
    if not delivery.is_proxied(row):
        raise Http404
    return _streamed(row, request.headers.get("Range"))


@require_safe
def recording_download(request: HttpRequest, pk: int, file: int) -> HttpResponseBase:
    row = _file(request, pk, file)
    if delivery.is_proxied(row):
        response = _streamed(row, None)
        response.headers["Content-Disposition"] = attachment(row.name.rpartition("/")[2])
        return response
    try:
        return HttpResponseRedirect(delivery.signed_url(row, download=True))
    except RecorderError as error:
        return _unreadable(error)


@require_POST
def recording_address(request: HttpRequest, pk: int, file: int) -> HttpResponse:
    """A short-lived address of one file, made when somebody asks for it."""
    row = _file(request, pk, file)
    try:
        address, problem = delivery.signed_url(row), ""
    except RecorderError as error:
        address, problem = "", str(error)
    context = {"file": row, "address": address, "problem": problem}
    return render_partial(request, "recordings/_address.html", context)


def _recorded(request: HttpRequest) -> SessionQuerySet:
    return RecordingSession.objects.visible_to(request.user).exclude(recording_at=None)


def _session(request: HttpRequest, pk: int) -> RecordingSession:
    sessions = RecordingSession.objects.visible_to(request.user)
    return get_object_or_404(sessions.select_related("project", "storage_config"), pk=pk)


def _file(request: HttpRequest, pk: int, file: int) -> RecordedFile:
    return get_object_or_404(RecordedFile, session=_session(request, pk), pk=file)


def _more(request: HttpRequest, last: int) -> str:
    query = {key: value for key, value in request.GET.items() if key != "before" and value}
    return f"{request.path}?{urlencode(query | {'before': last})}"


def _detail(request: HttpRequest, session: RecordingSession) -> dict[str, object]:
    files = list(session.files.order_by("slice_start_ms", "name"))
    lists = sorted((f for f in files if f.kind == Kind.PLAYLIST), key=RecordedFile.in_story)
    parts = in_parts(lists)
    heads = [each[0] for each in parts]
    wanted = request.GET.get("list", "")
    side_by_side, axis = lanes(session.mode, heads, (f for f in files if f.kind == Kind.SLICE))
    usual = side_by_side[0].first if side_by_side else heads[0] if heads else None
    shown = next((file for file in lists if str(file.pk) == wanted), usual)
    slices = [file for file in files if file.kind == Kind.SLICE and _belongs(file, shown)]
    others = [file for file in files if file.kind not in {Kind.PLAYLIST, Kind.SLICE}]
    everything = "all" in request.GET
    _offset(slices)
    checked = max((file.checked_at for file in files if file.checked_at), default=None)
    return {
        "session": session,
        "lists": lists,
        "heads": heads,
        "parts": next((each for each in parts if shown and shown in each), []),
        "lanes": side_by_side,
        "axis": axis,
        "shown": shown,
        "sound": _sound(side_by_side, shown),
        "slices": slices if everything else slices[:SLICES],
        "slice_count": len(slices),
        "missing_count": sum(file.present is False for file in slices),
        "others": others if everything else others[:SLICES],
        "other_count": len(others),
        "strip": _strip(slices),
        "span": sum(file.duration_ms or 0 for file in slices) / 1000 or 1,
        "size": sum(file.size or 0 for file in files),
        "length_ms": sum(file.duration_ms or 0 for file in slices),
        "checked_at": checked,
        "ended": session.is_final,
    }


def _sound(found: list[Lane], shown: RecordedFile | None) -> dict[str, object] | None:
    """The list to play beside a picture that has none, and how much later it begins, seconds."""
    lane = next((lane for lane in found if shown and lane.uid == shown.uid), None)
    if lane is None or shown is None:
        return None
    sound, picture = lane.goes_with(shown), lane.track_of(shown)
    if sound is None or picture is None or sound.playlist.present is False:
        return None
    return {"file": sound.playlist, "later": f"{sound.begins - picture.begins:.3f}"}


def _offset(slices: list[RecordedFile]) -> None:
    """Give each slice `offset_ms`, its begin in the recording: ms after the first one's."""
    first = next((file.slice_start_ms for file in slices if file.slice_start_ms is not None), None)
    for file in slices:
        start = file.slice_start_ms
        file.offset_ms = None if start is None or first is None else start - first  # type: ignore[attr-defined]


def _belongs(file: RecordedFile, playlist: RecordedFile | None) -> bool:
    """Slices of the same user and track as the list that is shown; all, where it has everybody."""
    if playlist is None or playlist.uid in MIXED:
        return True
    return (file.uid, file.track_type) == (playlist.uid, playlist.track_type)


def _strip(slices: list[RecordedFile]) -> list[Slice]:
    bars, at = [], 0.0
    for file in slices:
        length = (file.duration_ms or 0) / 1000
        bars.append(Slice(start=at, length=length, state=STATES[file.present]))
        at += length
    return bars


def _streamed(row: RecordedFile, range_header: str | None) -> HttpResponseBase:
    try:
        stream, headers = delivery.open_file(row, range_header)
    except RangeNotSatisfiable:
        return HttpResponse(status=416)
    except RecorderError as error:
        return _unreadable(error)
    return StreamingHttpResponse(
        _chunks(stream), status=206 if "Content-Range" in headers else 200, headers=headers
    )


def _unreadable(error: RecorderError) -> HttpResponse:
    """For a player or a download, which show a page of ours to nobody."""
    status = 404 if isinstance(error, NoSuchFile) else 502
    return HttpResponse(str(error), status=status, content_type="text/plain; charset=utf-8")


def _chunks(stream: Stream) -> Iterator[bytes]:
    try:
        yield from stream.chunks
    finally:
        stream.close()
