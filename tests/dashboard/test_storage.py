"""The storage pages: list, form, path builder, connection test."""

import itertools
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from recorder.models import (
    AuditEntry,
    Project,
    RecordingSession,
    StorageCheck,
    StorageConfig,
)
from tests.support.race import taken_after_the_look

SECRET = "a-secret-key-of-storage-V8mT"
AMAZON, AZURE, SELF_BUILT = 1, 5, 11


@pytest.fixture
def fields():
    return {
        "name": "Archive",
        "vendor": str(AMAZON),
        "region": "0",
        "bucket": "recordings",
        "access_key": "AKIAEXAMPLE",
        "secret_key": SECRET,
        "file_name_prefix": "lessons/{session}",
        "delivery": "signed",
        "endpoint_url": "",
        "read_access_key": "",
        "read_secret_key": "",
        "extension_sse": "",
        "extension_tag": "",
    }


def make_config(**more):
    values = {
        "name": "Archive",
        "vendor": SELF_BUILT,
        "bucket": "recordings",
        "access_key": "AKIAEXAMPLE",
        "secret_key": SECRET,
        "extension_params": {"endpoint": "127.0.0.1"},
        "endpoint_url": "http://127.0.0.1:9/s3",
    }
    return StorageConfig.objects.create(**values | more)


def refused(signed_in, fields):
    answer = signed_in.post(reverse("storage_new"), fields)
    assert answer.status_code == 422
    assert not StorageConfig.objects.exists()
    return answer.content.decode()


def test_an_empty_list_says_what_storage_is_for(signed_in):
    page = signed_in.get(reverse("storage")).content.decode()

    assert "No storage yet" in page
    assert reverse("storage_new") in page


def test_the_list_names_vendor_and_region_and_shows_only_the_ends_of_keys(signed_in, db):
    make_config(vendor=AMAZON, region=0, extension_params={}, file_name_prefix=["a", "b"])

    page = signed_in.get(reverse("storage")).content.decode()

    assert "Amazon S3 · US East (N. Virginia)" in page
    assert f"…{SECRET[-4:]}" in page
    assert SECRET not in page
    assert "/a/b/" in page
    assert "Not tested" in page


def test_a_storage_is_added_and_audited_without_its_secret(signed_in, person, fields):
    answer = signed_in.post(reverse("storage_new"), fields)

    config = StorageConfig.objects.get()
    entry = AuditEntry.objects.get()
    assert answer["Location"] == reverse("storage_edit", args=[config.pk])
    assert config.file_name_prefix == ["lessons", "{session}"]
    assert config.secret_key.reveal() == SECRET
    assert (entry.action, entry.user) == ("storage.create", person)
    assert SECRET not in str(entry.details)


def test_regions_follow_the_vendor(signed_in, asking):
    url = reverse("storage_vendor")

    amazon = signed_in.get(url, {"vendor": AMAZON}, headers=asking).content.decode()
    azure = signed_in.get(url, {"vendor": AZURE}, headers=asking).content.decode()
    own = signed_in.get(url, {"vendor": SELF_BUILT}, headers=asking).content.decode()

    assert "US East (N. Virginia) · 0" in amazon
    assert "Server-side encryption" in amazon
    assert "This vendor needs no region." in azure
    assert "Server-side encryption" not in azure
    assert "Host name of your own S3-compatible storage" in own


@pytest.mark.parametrize("vendor", ["", "99", "٣", "nonsense", "1' OR 1=1"])
def test_a_vendor_nobody_knows_shows_some_fields_all_the_same(signed_in, asking, vendor):
    answer = signed_in.get(reverse("storage_vendor"), {"vendor": vendor}, headers=asking)

    assert answer.status_code == 200


def test_without_scripts_a_button_shows_the_regions_of_another_vendor(signed_in, fields):
    answer = signed_in.post(reverse("storage_new"), fields | {"vendor": "2", "refresh": "1"})

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "China (Hangzhou) · 0" in page
    assert 'value="recordings"' in page
    assert SECRET not in page
    assert "field__error" not in page


def test_a_region_of_another_vendor_is_refused_at_its_field(signed_in, fields):
    page = refused(signed_in, fields | {"vendor": "8", "region": "27"})

    assert "This vendor has no such region. Choose again." in page


def test_a_region_means_nothing_where_the_vendor_has_none(signed_in, fields):
    signed_in.post(reverse("storage_new"), fields | {"vendor": str(AZURE), "region": "27"})

    assert StorageConfig.objects.get().region == 0


def test_self_built_storage_needs_its_host_and_keeps_it(signed_in, fields):
    own = fields | {"vendor": str(SELF_BUILT)}

    page = refused(signed_in, own | {"extension_endpoint": "https://minio.example"})
    assert "Self-built storage needs its host name here, without https://" in page

    signed_in.post(reverse("storage_new"), own | {"extension_endpoint": "minio.example:9000"})
    assert StorageConfig.objects.get().extension_params == {"endpoint": "minio.example:9000"}


def test_what_another_vendor_would_want_is_not_sent_to_this_one(signed_in, fields):
    signed_in.post(
        reverse("storage_new"),
        fields | {"vendor": str(AZURE), "extension_tag": "lesson", "extension_sse": "kms"},
    )

    assert StorageConfig.objects.get().extension_params == {}


def test_extension_parameters_that_the_form_does_not_know_stay(signed_in, fields):
    config = make_config(extension_params={"endpoint": "minio.example", "newer": 1})

    signed_in.post(
        reverse("storage_edit", args=[config.pk]),
        fields | {"vendor": str(SELF_BUILT), "extension_endpoint": "other.example"},
    )

    config.refresh_from_db()
    assert config.extension_params == {"endpoint": "other.example", "newer": 1}


@pytest.mark.parametrize("folder", ["le ssons", "a/b-c", "über", "a/../b", "{room}", "a" * 128])
def test_a_folder_has_letters_digits_and_room_for_128(signed_in, fields, folder):
    page = refused(signed_in, fields | {"file_name_prefix": folder})

    assert "Folders are a list of names made of letters" in page


def test_the_path_is_shown_while_the_folder_is_typed(signed_in, asking):
    answer = signed_in.get(
        reverse("storage_path"), {"file_name_prefix": "/lessons//{session}/"}, headers=asking
    )

    page = answer.content.decode()
    assert "lessons/k3v9x0q2m7ab/" in page
    assert "21 of 128 characters" in page


def test_a_path_that_is_too_long_says_so_while_it_is_typed(signed_in, asking):
    answer = signed_in.get(reverse("storage_path"), {"file_name_prefix": "a" * 128}, headers=asking)

    assert "is-too-long" in answer.content.decode()
    assert "129 of 128 characters" in answer.content.decode()


def test_hostile_folders_stay_text(signed_in, asking):
    answer = signed_in.get(
        reverse("storage_path"), {"file_name_prefix": "<script>alert(1)"}, headers=asking
    )

    assert "<script>" not in answer.content.decode()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("bucket", "a bucket", "A bucket&#x27;s name has no spaces"),
        ("endpoint_url", "javascript:alert(1)", "The endpoint begins with https://"),
        ("endpoint_url", "https://key:secret@host", "The endpoint begins with https://"),
        ("read_access_key", "READER", "A key for reading has two parts: both or neither."),
        ("read_secret_key", "only-the-second-part", "A key for reading has two parts"),
        ("secret_key", "", "This secret is needed."),
        ("delivery", "pigeon", "Select a valid choice"),
    ],
)
def test_each_mistake_is_named_at_its_field(signed_in, fields, field, value, sentence):
    page = refused(signed_in, fields | {field: value})

    assert sentence in page
    assert SECRET not in page


def test_blank_keys_keep_what_is_stored(signed_in, fields):
    config = make_config(read_access_key="READER", read_secret_key="the-key-for-reading")
    changed = fields | {
        "vendor": str(SELF_BUILT),
        "extension_endpoint": "minio.example",
        "secret_key": "",
        "read_access_key": "READER",
    }

    signed_in.post(reverse("storage_edit", args=[config.pk]), changed)

    config.refresh_from_db()
    assert config.secret_key.reveal() == SECRET
    assert config.read_secret_key.reveal() == "the-key-for-reading"


def test_an_untested_storage_offers_the_test(signed_in, db):
    config = make_config()

    page = signed_in.get(reverse("storage_edit", args=[config.pk])).content.decode()

    assert "Six steps" in page
    assert reverse("storage_check", args=[config.pk]) in page


def test_editing_a_storage_in_use_says_what_that_changes(signed_in, db):
    config = recorded_to(make_config())

    page = signed_in.get(reverse("storage_edit", args=[config.pk])).content.decode()

    assert "They keep the bucket they went to" in page


def test_a_storage_in_use_is_not_deleted_and_nothing_is_lost(signed_in, db):
    config = recorded_to(make_config())
    StorageCheck.objects.create(storage_config=config)

    answer = signed_in.post(reverse("storage_delete", args=[config.pk]), follow=True)

    assert "has been recorded with, so it stays" in answer.content.decode()
    assert StorageConfig.objects.get().secret_key.reveal() == SECRET
    assert StorageCheck.objects.exists()
    assert not AuditEntry.objects.exists()


def test_an_unused_storage_is_deleted_after_a_question(signed_in, db, asking):
    config = make_config()

    asked = signed_in.get(reverse("storage_delete", args=[config.pk]), headers=asking)
    signed_in.post(reverse("storage_delete", args=[config.pk]))

    assert "dialog:open" in asked["HX-Trigger"]
    assert "Delete the storage “Archive”?" in asked.content.decode()
    assert not StorageConfig.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_test_goes_through_all_steps_and_is_remembered(signed_in, sandbox, asking):
    config = sandbox_storage(sandbox)

    begun = signed_in.post(reverse("storage_check", args=[config.pk]), headers=asking)
    ended = until_settled(signed_in, config, asking)

    assert begun.status_code == 202
    assert "data-poll" in begun.content.decode()
    assert "Passed" in ended
    assert "The test left nothing behind." in ended
    assert StorageCheck.objects.get().outcome == "passed"
    assert "Passed" in signed_in.get(reverse("storage")).content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_wrong_key_fails_its_step_and_skips_the_rest(signed_in, sandbox, asking):
    config = sandbox_storage(sandbox, secret_key="not-the-key-of-this-bucket")

    signed_in.post(reverse("storage_check", args=[config.pk]), headers=asking)
    ended = until_settled(signed_in, config, asking)

    assert "does not accept the access key" in ended
    assert "Not tried, because a step before it failed." in ended
    assert "not-the-key-of-this-bucket" not in ended


@pytest.mark.django_db(transaction=True)
def test_a_store_that_is_not_there_fails_at_once(signed_in, asking, free_port):
    config = make_config(endpoint_url=f"http://127.0.0.1:{free_port()}/s3")

    signed_in.post(reverse("storage_check", args=[config.pk]), headers=asking)
    ended = until_settled(signed_in, config, asking)

    assert "cannot be reached" in ended


def test_a_second_click_watches_the_test_that_runs(signed_in, db, asking):
    config = make_config()
    running = StorageCheck.objects.create(storage_config=config)

    answer = signed_in.post(reverse("storage_check", args=[config.pk]), headers=asking)

    assert StorageCheck.objects.get() == running
    assert "step 1 of 6" in answer.content.decode()


def test_a_running_test_can_be_cancelled(signed_in, db, asking):
    config = make_config()
    running = StorageCheck.objects.create(storage_config=config)

    answer = signed_in.post(reverse("storage_check_cancel", args=[config.pk]), headers=asking)

    running.refresh_from_db()
    assert running.cancel_asked
    assert "Cancelling…" in answer.content.decode()


def test_a_test_whose_process_ended_is_not_waited_for(signed_in, db, asking, time_machine):
    config = make_config()
    StorageCheck.objects.create(storage_config=config)
    time_machine.move_to(timezone.now() + timedelta(minutes=10))

    answer = signed_in.get(reverse("storage_check", args=[config.pk]), headers=asking)

    assert "Broke off" in answer.content.decode()
    assert "data-poll" not in answer.content.decode()


def test_a_change_makes_an_earlier_test_worthless(signed_in, db):
    config = make_config()
    StorageCheck.objects.create(storage_config=config, outcome="passed")
    config.save()

    assert "Not tested since the last change" in signed_in.get(reverse("storage")).content.decode()


def test_a_missing_cors_rule_is_shown_with_the_rule_to_add(signed_in, db):
    config = make_config()
    step = {"key": "read", "outcome": "done", "sentence": "…", "duration_ms": 3, "cors": True}
    StorageCheck.objects.create(storage_config=config, outcome="passed", steps=[step])

    page = signed_in.get(reverse("storage_edit", args=[config.pk])).content.decode()

    assert "AllowedOrigins" in page


def sandbox_storage(sandbox, **more):
    values = {
        "vendor": SELF_BUILT,
        "endpoint_url": f"{sandbox.url}/s3",
        "access_key": sandbox.access_key,
        "secret_key": sandbox.secret_key,
        "extension_params": {"endpoint": "127.0.0.1"},
    }
    return make_config(**values | more)


def until_settled(signed_in, config, asking):
    """The fragment once it no longer asks for itself."""
    url = reverse("storage_check", args=[config.pk])
    pages = (signed_in.get(url, headers=asking).content.decode() for _ in itertools.count())
    return next(page for page in pages if "data-poll" not in page)


def recorded_to(config):
    project = Project.objects.create(
        name="P", provider="sandbox", app_id="a", customer_id="c", customer_secret="s"
    )
    RecordingSession.objects.create(
        project=project,
        storage_config=config,
        mode="mix",
        cname="room",
        uid="1",
        request={},
        storage=config.frozen(),
    )
    return config


def test_a_name_that_somebody_else_takes_meanwhile_is_the_fields_error(signed_in, fields):
    with taken_after_the_look(StorageConfig(name="Archive", vendor=AMAZON)):
        answer = signed_in.post(reverse("storage_new"), fields)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Somebody else has just used this name" in page
    assert "What you typed is not shown again" in page
    assert StorageConfig.objects.count() == 1
