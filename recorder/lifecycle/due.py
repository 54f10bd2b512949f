"""When something must be done about a session again, judged from its row alone."""

import math
import random
from datetime import datetime, timedelta

from recorder.contract.states import FINAL, Status, Upload
from recorder.lifecycle.attention import CONFIRMED_WITHIN
from recorder.lifecycle.observe import Facts
from recorder.lifecycle.unconfirmed import next_try
from recorder.models import RecordingSession
from recorder.models.session import UPLOAD_OPEN

# Seconds. The first queries after a start, and again after a 404: Agora's integration guide.
FIRST_QUERIES = (5, 10, 15)
USUAL_QUERY = 120
# Where callbacks come. A thousand sessions that were asked every ten minutes, and once for each
# callback that was lost, wanted more than the two queries a second there are (bench freshness).
RARE_QUERY = 1200
HEARD_WITHIN = timedelta(seconds=62)  # its upload is told of about once a minute (event 33)
LEAVING_QUERY = 5  # the service said that it is stopping by itself
AFTER_FAILURE = (1, 2, 4, 8, 15, 30)  # of a call that may be sent again
AFTER_SILENCE = (5, 10, 15, 30)  # of a query
BUCKET_LOOKS = (2, 5, 10, 30, 60, 300)  # after the end, while files are on their way
BUCKET_PATIENCE = timedelta(days=1)
GRACE = timedelta(seconds=2)  # for the process that committed a wish to send it itself


def next_check(session: RecordingSession, now: datetime) -> datetime | None:
    """None: nothing is to be done unless something is heard."""
    status = Status(session.status)
    if status in FINAL:
        return _next_look(session, now)
    if status in {Status.REQUESTED, Status.ACQUIRED, Status.STARTING} and not session.sid:
        return now + _back_off(session.tries)
    if not session.sid:
        return next_try(session, now)
    if session.stop_requested_at:
        return now + _back_off(session.tries)
    if session.ask_at and not session.tries:
        return max(session.ask_at, now)  # a notice gave a reason
    return now + timedelta(seconds=_until_query(session, now))


def _until_query(session: RecordingSession, now: datetime) -> int:
    if session.tries:
        return AFTER_SILENCE[min(session.tries, len(AFTER_SILENCE)) - 1]
    if unseen := Facts.of(session).unseen:
        return FIRST_QUERIES[min(len(unseen), len(FIRST_QUERIES)) - 1]
    if session.status == Status.STOPPING:
        return LEAVING_QUERY
    if session.checks < len(FIRST_QUERIES):
        return FIRST_QUERIES[session.checks]
    begun = session.start_sent_at or session.requested_at
    if not session.recording_at and now - begun < CONFIRMED_WITHIN:
        return FIRST_QUERIES[-1]
    return _since_heard(session, now)


def _since_heard(session: RecordingSession, now: datetime) -> int:
    """While its callbacks come, it is seldom asked for; when one stays away, soon, and once."""
    heard, asked = session.heard_at, session.observed_at
    if heard is None or (asked is not None and asked > heard):
        return USUAL_QUERY
    begun = asked or session.start_sent_at or session.requested_at
    rarely = begun + timedelta(seconds=RARE_QUERY)
    return max(1, math.ceil((min(heard + HEARD_WITHIN, rarely) - now).total_seconds()))


def _next_look(session: RecordingSession, now: datetime) -> datetime | None:
    """Into the bucket: until all files are seen there, and once where the service said so; where
    the bucket could not be read, a few times."""
    ended = session.ended_at or now
    # What notices say of an empty recording is looked at once: some of them may have been lost.
    empty = session.upload == Upload.NONE or (
        session.upload == Upload.NO_FILES and not session.recording_at
    )
    may_have_files = session.sid and not empty
    if not may_have_files or now - ended > BUCKET_PATIENCE:
        return None
    seen = session.checks > session.tries or session.checks >= len(BUCKET_LOOKS)
    if session.upload not in UPLOAD_OPEN and seen:
        return None
    return now + timedelta(seconds=BUCKET_LOOKS[min(session.checks, len(BUCKET_LOOKS) - 1)])


def _back_off(tries: int) -> timedelta:
    """Nothing before the first failure; then longer and longer, spread so that many do not meet."""
    if not tries:
        return timedelta(0)
    seconds = AFTER_FAILURE[min(tries, len(AFTER_FAILURE)) - 1]
    return timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311  (no secret)
