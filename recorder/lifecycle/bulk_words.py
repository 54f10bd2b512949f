"""What a person reads about many starts or stops: how far they are, and what each row came to."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recorder.contract.states import FINAL, Status
from recorder.lifecycle.rows import CAPACITY
from recorder.lifecycle.words import explain_failure, standing
from recorder.models import Bulk, BulkItem

_TONES = {"queued": "idle", "refused": "failed", "cancelled": "idle"}


@dataclass(frozen=True, slots=True)
class Result:
    """What one row came to. `field` and `text` say why it was refused."""

    key: str  # queued, refused, cancelled; else that of the session's Standing
    label: str
    tone: str
    field: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """Rows by how far they are; together they are all. `full`: those of `waiting` that wait for
    another recording to end."""

    queued: int = 0
    waiting: int = 0
    done: int = 0
    unsure: int = 0  # starts whose answer was lost: a person may have to look
    failed: int = 0
    cancelled: int = 0
    full: int = 0

    @property
    def settled(self) -> int:
        return self.done + self.unsure + self.failed + self.cancelled


def result(item: BulkItem) -> Result:
    """`item.session` and its project should be read with it."""
    if item.session is None or item.state == BulkItem.State.REFUSED:
        label = {
            BulkItem.State.QUEUED: _("Queued"),
            BulkItem.State.REFUSED: _("Refused"),
            BulkItem.State.CANCELLED: _("Cancelled"),
        }.get(BulkItem.State(item.state), _("Queued"))
        return Result(item.state, label, _TONES.get(item.state, "idle"), item.field, item.problem)
    if item.state != BulkItem.State.TAKEN:  # a stop that was not asked for
        label = _("Queued") if item.state == BulkItem.State.QUEUED else _("Cancelled")
        return Result(item.state, label, "idle")
    now = standing(item.session)
    if item.session.held:
        return Result(now.key, now.label, "warn", "", _("The account is full: it waits its turn."))
    why = explain_failure(item.session)
    return Result(now.key, now.label, now.tone, "", " ".join(filter(None, why or ())))


def progress(bulk: Bulk) -> Progress:
    return progress_of([bulk])[bulk.pk]


def progress_of(bulks: Collection[Bulk]) -> dict[int, Progress]:
    """By the list's id, in one query."""
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    kinds = {bulk.pk: bulk.kind for bulk in bulks}
    groups = (
        BulkItem.objects.filter(bulk__in=kinds)
        .order_by()
        .annotate(started=Q(session__sid__gt=""), sent=Q(session__start_sent_at__isnull=False))
        .values_list("bulk", "state", "session__status", "session__held", "started", "sent")
        .annotate(number=Count("pk"))
    )
    for pk, state, status, held, started, sent, number in groups:
        kind = _kind(kinds[pk], state, status, started=bool(started), sent=bool(sent))
        counts[pk][kind] += number
        counts[pk]["full"] += number if held == CAPACITY and state == BulkItem.State.TAKEN else 0
    return {pk: Progress(**counts[pk]) for pk in kinds}


def _kind(kind: str, state: str, status: str | None, *, started: bool, sent: bool) -> str:
    if state == BulkItem.State.REFUSED:
        return "failed"
    if state != BulkItem.State.TAKEN or status is None:
        return "cancelled" if state == BulkItem.State.CANCELLED else "queued"
    if kind == Bulk.Kind.STOP:
        return "done" if status in FINAL else "waiting"
    if started:
        return "done"
    if status == Status.UNCONFIRMED:
        return "unsure"
    if status in FINAL:
        return "failed" if sent or status == Status.FAILED else "cancelled"
    return "waiting"


def headline(bulk: Bulk) -> str:
    if bulk.kind == Bulk.Kind.START:
        words = ngettext("%(count)s start", "%(count)s starts", bulk.total)
    else:
        words = ngettext("%(count)s stop", "%(count)s stops", bulk.total)
    return words % {"count": bulk.total}
