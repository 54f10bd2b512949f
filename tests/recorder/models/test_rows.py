from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from recorder.contract.layouts import Canvas, Region
from recorder.contract.layouts import Layout as Picture
from recorder.contract.vendors import VENDORS
from recorder.models import (
    Account,
    AccountSlots,
    AuditEntry,
    Heartbeat,
    Layout,
    LayoutChangedMeanwhile,
    RecordedFile,
    StorageConfig,
    audit,
)

pytestmark = pytest.mark.django_db

PICTURE = Picture(3, (Region(0, 0, 333_333, 1_000_000, uid="7"),))
CANVAS = Canvas(640, 360)


def test_the_migration_is_up_to_date():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_a_new_layout_has_its_first_version(user):
    layout = Layout.create("Halves", CANVAS, PICTURE, by=user)

    assert layout.latest.number == 1
    assert layout.latest.parsed() == PICTURE
    assert layout.latest.canvas == CANVAS
    assert str(layout.latest) == "Halves, version 1"


def test_a_changed_layout_is_a_new_version_and_the_old_one_stays(user):
    layout = Layout.create("Halves", CANVAS, PICTURE, by=user)

    layout.add_version(CANVAS, Picture(1), by=user, seen=1)

    assert [version.number for version in layout.versions.all()] == [2, 1]
    assert layout.latest.parsed() == Picture(1)
    assert layout.versions.get(number=1).parsed() == PICTURE


def test_of_two_editors_of_one_version_the_second_is_told(user):
    layout = Layout.create("Halves", CANVAS, PICTURE, by=user)
    Layout.objects.get(pk=layout.pk).add_version(CANVAS, Picture(1), by=user, seen=1)

    with pytest.raises(LayoutChangedMeanwhile):
        layout.add_version(CANVAS, Picture(2), by=user, seen=1)

    layout.refresh_from_db()
    assert layout.latest.parsed() == Picture(1)


def test_a_layout_whose_name_is_taken_leaves_nothing_behind(user):
    Layout.create("Halves", CANVAS, PICTURE, by=user)

    with pytest.raises(IntegrityError), transaction.atomic():
        Layout.create("Halves", CANVAS, PICTURE, by=user)

    assert Layout.objects.count() == 1


def test_every_vendor_of_the_contract_can_be_chosen_without_a_migration():
    choices = StorageConfig._meta.get_field("vendor").choices

    assert {code for code, _ in choices} == set(VENDORS)


def test_a_frozen_storage_holds_everything_but_the_secret_keys(storage_config):
    frozen = storage_config.frozen()

    assert frozen["bucket"] == "recordings"
    assert not {"secret_key", "read_secret_key"} & frozen.keys()


def test_an_account_s_slot_is_taken_by_one_of_two():
    slots, others = AccountSlots("agora", "c"), AccountSlots("agora", "c")
    slot = slots.read()

    assert slots.swap(slot, 100)
    assert not others.swap(slot, 200)
    assert others.read() == 100
    assert Account.objects.count() == 1


def test_accounts_of_other_customers_have_their_own_slots():
    AccountSlots("agora", "a").swap(0, 100)

    assert AccountSlots("agora", "b").read() == 0
    assert AccountSlots("anyrtc", "a").read() == 0


def test_a_file_is_known_once_per_session(make_session):
    session = make_session()
    RecordedFile.objects.create(session=session, name="a.ts", kind="slice")

    with pytest.raises(IntegrityError), transaction.atomic():
        RecordedFile.objects.create(session=session, name="a.ts", kind="slice")

    RecordedFile.objects.create(session=make_session(), name="a.ts", kind="slice")


def test_a_worker_is_there_for_thirty_seconds_after_its_beat():
    Heartbeat.beat("worker")

    assert Heartbeat.seen().exists()
    with time_machine.travel(timezone.now() + timedelta(seconds=31)):
        assert not Heartbeat.seen().exists()


def test_workers_of_the_day_before_are_forgotten():
    with time_machine.travel(timezone.now() - timedelta(days=2)):
        Heartbeat.beat("old")

    Heartbeat.beat("new")

    assert [beat.name for beat in Heartbeat.objects.all()] == ["new"]


def test_an_audit_entry_says_who_did_what_to_what(make_session, user):
    session = make_session()

    audit.record("session.stop", session, by=user, session=session, reason="done")

    entry = AuditEntry.objects.get()
    assert (entry.user, entry.action, entry.target) == (
        user,
        "session.stop",
        f"recordingsession {session.pk}",
    )
    assert entry.details == {"reason": "done"}


def test_the_audit_outlives_the_person(make_session, user):
    audit.record("session.stop", make_session(), by=user)

    user.delete()

    assert AuditEntry.objects.get().user is None
