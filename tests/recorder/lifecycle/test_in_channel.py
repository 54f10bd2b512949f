"""Who is in the channel of a recording, read from its notices."""

import pytest
from django.utils import timezone

from recorder.lifecycle.in_channel import arriving
from recorder.models import Notice

pytestmark = pytest.mark.django_db
SOUND, PICTURE = 43, 44


@pytest.fixture
def hear(make_session):
    """`hear((type, uid, state), …)`: a session to which these notices came, in this order."""

    def hear(*changes):
        session = make_session()
        now = timezone.now()
        for number, (kind, uid, state) in enumerate(changes):
            Notice.objects.create(
                project=session.project,
                session=session,
                notice_id=f"{number}",
                event_type=kind,
                sequence=number,
                at=now,
                received_at=now,
                delivered_at=now,
                body={"payload": {"details": {"streamUid": uid, "state": state}}},
            )
        return session

    return hear


@pytest.mark.parametrize(
    ("changes", "present"),
    [
        ([], []),
        ([(SOUND, "2", 0), (PICTURE, "1", 0), (PICTURE, "2", 0)], ["2", "1"]),
        ([(SOUND, "1", 0), (PICTURE, "1", 0), (PICTURE, "1", 1)], ["1"]),
        ([(SOUND, "1", 0), (SOUND, "2", 0), (SOUND, "1", 1)], ["2"]),
        ([(SOUND, "1", 0), (SOUND, "2", 0), (SOUND, "1", 1), (SOUND, "1", 0)], ["2", "1"]),
        ([(SOUND, "0", 0), (40, "3", 0)], []),
    ],
    ids=["silence", "who came first", "camera off", "left", "came again", "everybody mixed"],
)
def test_whoever_is_heard_or_seen_is_there(hear, changes, present):
    assert arriving(hear(*changes)) == present


@pytest.mark.parametrize("body", [{}, {"payload": 1}, {"payload": {"details": []}}])
def test_a_notice_of_another_shape_names_nobody(hear, body):
    session = hear((SOUND, "1", 0))
    session.notices.update(body=body)

    assert arriving(session) == []
