import pytest

from recorder.contract.starter_layouts import STARTERS
from recorder.models import AuditEntry, Layout, User
from recorder.models.starters import add_starters, missing_starters

pytestmark = pytest.mark.django_db


def test_the_set_is_added_once_with_tags_and_filed():
    person = User.objects.create_user("maria")

    added = add_starters(by=person)

    assert [layout.name for layout in added] == [starter.name for starter in STARTERS]
    assert Layout.objects.get(name="Interview").tags == ["2 people", "talk"]
    assert Layout.objects.get(name="Interview").latest.created_by == person
    assert AuditEntry.objects.filter(action="layout.create").count() == len(STARTERS)
    assert add_starters(by=person) == []
    assert missing_starters() == 0


def test_what_people_made_of_one_stays_and_the_others_come():
    first = STARTERS[0]
    mine = Layout.create(first.name, first.canvas, STARTERS[1].layout, by=None)

    added = add_starters(by=None)

    mine.refresh_from_db()
    assert len(added) == len(STARTERS) - 1
    assert mine.version == 1
    assert mine.latest.parsed() == STARTERS[1].layout
