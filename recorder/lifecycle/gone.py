"""When 404s mean the end: after the 90 seconds that a fail-over may take."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from recorder.contract.states import FINAL, Operation, Status, Upload
from recorder.lifecycle.observe import Facts, failure_of
from recorder.models import RecordingSession

FAIL_OVER = timedelta(seconds=90)  # Agora FAQ, high availability
# Between two 404s that belong together. In a longer time nobody asked, or the service gave no
# answers and may have begun to move the recording only after it; or the clock was put forward.
LONGEST_GAP = FAIL_OVER / 2


def end_if_gone(row: RecordingSession, now: datetime) -> None:
    """End a locked row that the service has not known for longer than a fail-over lasts.

    Stopped where a stop was sent or a file was uploaded: it ended by itself, as an empty channel
    makes it. Otherwise failed: it never recorded anything that reached the storage.
    """
    unseen = Facts.of(row).unseen
    if row.status in FINAL or not unseen or _absent(unseen, now) < FAIL_OVER:
        return
    row.ended_at = unseen[0]
    if row.status == Status.STOPPING or row.playlist:
        row.status = Status.STOPPED.value
    else:
        row.status = Status.FAILED.value
        row.failure = failure_of(unseen[0], Operation.QUERY, http_status=404, code=404)
    if row.recording_at and row.upload in {Upload.NONE, Upload.UPLOADING}:
        row.upload = Upload.UNKNOWN.value


def _absent(unseen: Sequence[datetime], now: datetime) -> timedelta:
    """For how long it was looked for in vain."""
    gaps = (min(later - earlier, LONGEST_GAP) for earlier, later in pairwise([*unseen, now]))
    return sum(gaps, timedelta(0))
