"""Events that a call brings about, as opposed to the life of the recording."""

from recorder.contract.states import Mode
from recorder.sandbox.store import Session, Store

SERVICE = 0  # serviceType
SERVICE_MODULE, UPLOAD_TIMEOUT, MAJOR = 2, 50, 4  # of event 1
STOPPING = 6  # status, as a query tells it


def call_did_not_fit(store: Store, session: Session, now: int) -> None:
    """Event 3: a call came while the task was leaving."""
    lists = [row for row in store.files.uploaded(session.sid) if row.kind == "playlist"]
    store.tasks.emit(
        session.sid, 3, SERVICE, now, msgName="cloud_recording_status_update", status=STOPPING,
        recordingMode=int(session.mode == Mode.MIX),
        fileList=session.prefix + lists[0].name if lists else "",
    )  # fmt: skip


def upload_is_late(store: Store, session: Session, now: int) -> None:
    """Event 1 of the service: a stop has waited for the upload as long as it waits."""
    store.tasks.emit(
        session.sid, 1, SERVICE, now, msgName="cloud_recording_error", module=SERVICE_MODULE,
        errorLevel=MAJOR, errorCode=UPLOAD_TIMEOUT, stat=1,
        errorMsg="The upload takes longer than a stop waits for it.",
    )  # fmt: skip
