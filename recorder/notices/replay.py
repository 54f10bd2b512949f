"""Putting a kept notice through the fold again: one that was unmatched, or could not be applied."""

from django.db import transaction
from django.utils import timezone

from recorder.lifecycle.fold import TOLD
from recorder.lifecycle.hear import hear
from recorder.models import Notice, User, audit


def replay(notice: Notice, *, by: User) -> Notice:
    """Fold it once more, as it was kept. It may change nothing: the fold takes repeats."""
    with transaction.atomic(durable=True):
        row = Notice.objects.select_for_update().get(pk=notice.pk)
        row.tries = 0
        hear([row], timezone.now())
        row.save(update_fields=TOLD)
        audit.record("notice.replay", row, by=by, session=row.session, event=row.event_type)
    return row
