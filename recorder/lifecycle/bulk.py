"""Many starts or stops at once: queued, fed at the account's pace, cancelled, resumed.

A bulk start feeds the lifecycle and does nothing by itself: each row becomes a session like any
other, a few at a time, so that a single start of somebody else never waits for a thousand, and a
cancelled rest was never asked for. What a row has come to, its session tells.
"""

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from recorder.contract.problems import errors
from recorder.contract.states import LIVE, Mode, ProviderName, Status
from recorder.errors import RecorderError
from recorder.lifecycle.bulk_list import MOST, BadList, BadRow, Row, refuse_bad
from recorder.lifecycle.bulk_pages import page_of, sealed_pages, with_page
from recorder.lifecycle.requests import InvalidRequest, StartRequest, fingerprint, problems
from recorder.lifecycle.sealed import sealed, unsealed
from recorder.lifecycle.start import request_start
from recorder.lifecycle.stop import request_stop
from recorder.models import (
    Bulk,
    BulkItem,
    InvalidTransition,
    LayoutVersion,
    RecordingSession,
    StorageConfig,
    User,
    audit,
)

log = logging.getLogger(__name__)

# Starts of one bulk that may wait for their sid at once: enough for the usual pace, and few enough
# to leave the board to everybody else.
AT_ONCE = 20
STOPS_AT_ONCE = 100
TURN = timedelta(seconds=0.5)  # between two looks of the feeder
CLAIM = timedelta(seconds=30)  # after which another worker takes a bulk over
_WAITING = [Status.REQUESTED.value, Status.ACQUIRED.value, Status.STARTING.value]


class ListReused(RecorderError):
    """The same key came with another list. Nothing was queued."""

    def __init__(self) -> None:
        super().__init__(_("This key was used for another list. Nothing was queued."))


def request_bulk_start(
    shared: StartRequest, rows: Sequence[Row], *, by: User, form_key: str | None
) -> tuple[Bulk, bool]:
    """Queue one start for each row; `shared` is what they have in common. False: the same key and
    list came before. Raises BadList, InvalidRequest or ListReused; then nothing was queued."""
    mark = _mark(fingerprint(shared), [_named(row) for row in rows])
    if form_key and (first := _keyed(form_key, mark)):
        return first, False
    page = page_of(shared.client_request)
    refuse_bad(rows, shared.mode, ProviderName(shared.project.provider), page)
    _refuse_shared(shared, rows[0])
    public, secrets = sealed(dict(shared.client_request))
    pages, keys = sealed_pages(rows)
    secrets |= keys
    bulk = Bulk(
        kind=Bulk.Kind.START,
        project=shared.project,
        form_key=form_key or None,
        request_hash=mark,
        recipe={
            "storage_config": shared.storage_config.pk if shared.storage_config else None,
            "mode": shared.mode.value,
            "layout_version": shared.layout_version.pk if shared.layout_version else None,
            "client_request": public,
            "max_minutes": shared.max_minutes,
            "pages": pages,
        },
        secrets=json.dumps(secrets) if secrets else "",
    )
    items = [BulkItem(number=row.number, cname=row.cname, uid=row.uid) for row in rows]
    return _queued(bulk, items, by)


def request_bulk_stop(
    sessions: Sequence[RecordingSession], *, by: User, form_key: str | None = None
) -> tuple[Bulk, bool]:
    """Queue the stop of each session. Raises BadList or ListReused."""
    if not 0 < len(sessions) <= MOST:
        raise BadList([BadRow(0, "sessions", _("Name 1 to 1,000 sessions."))])
    mark = _mark("stop", sorted(session.pk for session in sessions))
    if form_key and (first := _keyed(form_key, mark)):
        return first, False
    items = [
        BulkItem(number=number, cname=session.cname, uid=session.uid, session=session)
        for number, session in enumerate(sessions, 1)
    ]
    bulk = Bulk(kind=Bulk.Kind.STOP, form_key=form_key or None, request_hash=mark)
    return _queued(bulk, items, by)


def cancel(bulk: Bulk, *, by: User) -> int:
    """Let nothing more of it begin; how many rows that concerns. What was sent goes on."""
    now = timezone.now()
    with transaction.atomic(durable=True):
        if not Bulk.objects.filter(pk=bulk.pk, cancelled_at=None, finished_at=None).update(
            cancelled_at=now, cancelled_by=by, next_at=now
        ):
            return 0
        left = bulk.items.filter(state=BulkItem.State.QUEUED)
        count = left.update(state=BulkItem.State.CANCELLED)
        audit.record("bulk.cancel", bulk, by=by, left=count)
    bulk.refresh_from_db()
    return count + _withdraw(bulk)


def _withdraw(bulk: Bulk) -> int:
    """Stop what a cancelled list of starts has asked for and not sent; how many there were. The
    feeder does so too, should the process that cancelled have died over it."""
    if bulk.kind != Bulk.Kind.START:
        return 0
    _find_asked_for(bulk)
    unsent = RecordingSession.objects.filter(
        bulk_items__bulk=bulk, status__in=_WAITING[:2], stop_requested_at=None
    )
    count = 0
    for session in unsent:
        with suppress(InvalidTransition):  # it has ended by itself meanwhile
            count += request_stop(session, by=bulk.cancelled_by, grace=timedelta(0))
    return count


def _find_asked_for(bulk: Bulk) -> None:
    """Give cancelled rows the session that was asked for by a worker which died over it, before
    the row could say so: it would be started, and nobody would have wanted it."""
    cancelled = bulk.items.filter(state=BulkItem.State.CANCELLED, session=None)
    keys = {number: _row_key(bulk, number) for number in cancelled.values_list("number", flat=True)}
    sessions = RecordingSession.objects.filter(form_key__in=keys.values())
    asked_for = dict(sessions.values_list("form_key", "pk"))
    for number, key in keys.items():
        if pk := asked_for.get(key):
            cancelled.filter(number=number).update(state=BulkItem.State.TAKEN, session=pk)


def feed() -> int:
    """Bring every bulk that is due one turn further; how many there were. Any number of workers may
    do so: each bulk is claimed by one."""
    fed = 0
    for bulk in Bulk.objects.due(timezone.now())[:10]:
        now = timezone.now()
        if not Bulk.objects.filter(pk=bulk.pk, next_at=bulk.next_at).update(next_at=now + CLAIM):
            continue
        fed += 1
        bulk.refresh_from_db()
        try:
            _feed(bulk)
        except (OperationalError, InterfaceError):
            raise  # the database's trouble, not this bulk's
        except Exception:
            log.exception("Bulk %s broke off; it goes on when its claim runs out.", bulk.pk)
    return fed


def _feed(bulk: Bulk) -> None:
    if bulk.kind == Bulk.Kind.START:
        _feed_starts(bulk)
    else:
        _feed_stops(bulk)
    _go_on(bulk)


def _feed_starts(bulk: Bulk) -> None:
    if bulk.cancelled_at:
        _withdraw(bulk)
        return
    under_way = bulk.items.filter(session__status__in=_WAITING, session__sid="").count()
    free = max(AT_ONCE - under_way, 0)
    queued = list(bulk.items.filter(state=BulkItem.State.QUEUED)[:free])
    if not queued:
        return
    try:
        shared, pages = _shared(bulk), _pages(bulk)
    except RecorderError as error:  # a storage or secret that is not to be had any more
        for item in queued:
            _refused(item, "", str(error))
        return
    for item in queued:
        _start(bulk, item, shared, pages.get(item.number, ""))


def _start(bulk: Bulk, item: BulkItem, shared: StartRequest, page: str) -> None:
    """The row's session; the same one again if this process dies before the row knows it."""
    request = _of_row(shared, Row(item.number, item.cname, item.uid, page))
    key = _row_key(bulk, item.number)
    session = None
    with _told(item, "cname"):
        session, _fresh = request_start(
            request, by=bulk.requested_by, form_key=key, grace=timedelta(0)
        )
    if session is None:
        return
    taken = bulk.items.filter(pk=item.pk, state=BulkItem.State.QUEUED)
    if not taken.update(state=BulkItem.State.TAKEN, session=session):
        bulk.refresh_from_db()  # cancelled in this very moment
        with suppress(InvalidTransition):
            request_stop(session, by=bulk.cancelled_by)


def _feed_stops(bulk: Bulk) -> None:
    queued = bulk.items.filter(state=BulkItem.State.QUEUED).select_related("session__project")
    for item in queued[:STOPS_AT_ONCE]:
        now_queued = bulk.items.filter(pk=item.pk, state=BulkItem.State.QUEUED)
        if not now_queued.exists():
            return  # cancelled meanwhile, or another worker is at it: like all after it
        with _told(item, "session"):
            if item.session is not None:
                request_stop(item.session, by=bulk.requested_by, grace=timedelta(0))
            bulk.items.filter(pk=item.pk).update(state=BulkItem.State.TAKEN)


@contextmanager
def _told(item: BulkItem, field: str) -> Iterator[None]:
    """What keeps a row from being asked for is told in it, and holds up no other."""
    try:
        yield
    except InvalidRequest as error:
        _refused(item, error.problems[0].path, str(error))
    except RecorderError as error:
        _refused(item, field, str(error))
    except (OperationalError, InterfaceError):
        raise  # the database's trouble, not this row's
    except Exception:
        log.exception("Row %s of bulk %s could not be asked for.", item.number, item.bulk_id)
        _refused(item, field, _("A mistake of ours; the log says why. Nothing was sent."))


def _refused(item: BulkItem, field: str, problem: str) -> None:
    BulkItem.objects.filter(pk=item.pk, state=BulkItem.State.QUEUED).update(
        state=BulkItem.State.REFUSED, field=field[:200], problem=problem
    )


def _go_on(bulk: Bulk) -> None:
    now = timezone.now()
    if not unsettled(bulk).exists():
        Bulk.objects.filter(pk=bulk.pk).update(finished_at=now, next_at=None, secrets="")
        return
    Bulk.objects.filter(pk=bulk.pk).update(next_at=now + TURN)


def unsettled(bulk: Bulk) -> QuerySet[BulkItem]:
    """The rows of which something is still to be learned."""
    queued = bulk.items.filter(state=BulkItem.State.QUEUED)
    if bulk.kind == Bulk.Kind.START:
        return queued | bulk.items.filter(
            state=BulkItem.State.TAKEN, session__status__in=_WAITING, session__sid=""
        )
    return queued | bulk.items.filter(
        state=BulkItem.State.TAKEN, session__status__in=[status.value for status in LIVE]
    )


def _shared(bulk: Bulk) -> StartRequest:
    recipe = bulk.recipe
    version, storage = recipe["layout_version"], recipe["storage_config"]
    assert bulk.project is not None  # noqa: S101  (every start has one)
    return StartRequest(
        project=bulk.project,
        storage_config=_storage(storage) if storage else None,
        mode=Mode(recipe["mode"]),
        cname="",
        layout_version=LayoutVersion.objects.get(pk=version) if version else None,
        client_request=unsealed(recipe["client_request"], bulk.secrets.reveal()),
        max_minutes=recipe["max_minutes"],
    )


def _storage(pk: int) -> StorageConfig:
    """Until a recording points at it, it may be deleted."""
    if found := StorageConfig.objects.filter(pk=pk).first():
        return found
    raise RecorderError(_("The storage of this list was deleted. Nothing was started."))


def _pages(bulk: Bulk) -> dict[int, str]:
    """The pages of the rows that have one of their own, by number. Raises UnreadableSecret."""
    pages: dict[str, Any] = unsealed(bulk.recipe.get("pages", {}), bulk.secrets.reveal())
    return {int(number): page["url"] for number, page in pages.items()}


def _of_row(shared: StartRequest, row: Row) -> StartRequest:
    own = with_page(shared.client_request, row.url)
    return replace(shared, cname=row.cname, uid=row.uid, client_request=own)


def _named(row: Row) -> tuple[str, ...]:
    """For the mark, which is that of earlier releases where no page is named."""
    return (row.cname, row.uid, row.url) if row.url else (row.cname, row.uid)


def _refuse_shared(shared: StartRequest, row: Row) -> None:
    """What is wrong with every row alike, found on the first. Raises InvalidRequest."""
    if found := errors(problems(_of_row(shared, row))):
        raise InvalidRequest(found)


def _queued(bulk: Bulk, items: list[BulkItem], by: User) -> tuple[Bulk, bool]:
    bulk.total, bulk.requested_by, bulk.next_at = len(items), by, timezone.now()
    try:
        with transaction.atomic(durable=True):
            bulk.save(force_insert=True)
            for item in items:
                item.bulk = bulk
            BulkItem.objects.bulk_create(items)
            audit.record(f"bulk.{bulk.kind}", bulk, by=by, rows=len(items))
    except IntegrityError:
        if bulk.form_key and (first := _keyed(bulk.form_key, bulk.request_hash)):
            return first, False
        raise
    return bulk, True


def _row_key(bulk: Bulk, number: int) -> str:
    """Of the session of one row."""
    return _mark("bulk", [bulk.pk, number])


def _keyed(form_key: str, mark: str) -> Bulk | None:
    bulk = Bulk.objects.filter(form_key=form_key).first()
    if bulk and bulk.request_hash != mark:
        raise ListReused
    return bulk


def _mark(*parts: object) -> str:
    """Equal for equal parts; keyed, since the first of them may come of secrets."""
    text = json.dumps(parts, default=str)
    return salted_hmac("recorder.lifecycle.bulk", text, algorithm="sha256").hexdigest()
