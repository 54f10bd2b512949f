"""The sid of a recording whose start was never answered, from the names of its files."""

from datetime import UTC, datetime

from recorder.contract.files import parse_name
from recorder.footage.ledger import folder
from recorder.models import RecordingSession
from recorder.storage.access import bucket_for

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def find_sid(session: RecordingSession) -> str:
    """That of the newest recording in the session's folder; "" where there is none.

    True only for a folder that no other session records into. Raises StorageError.
    """
    found = [
        (file.modified_at or _LONG_AGO, name.sid)
        for file in bucket_for(session).list(folder(session))
        if (name := parse_name(file.key, session.cname)) and name.prefix == folder(session)
    ]
    return max(found, default=(_LONG_AGO, ""))[1]
