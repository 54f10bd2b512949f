"""The projects page: its list, its form, and the check of credentials."""

import itertools
import threading

import pytest
from django.urls import reverse

from recorder.models import AuditEntry, Project, ProviderCall, RecordingSession, StorageConfig
from tests.support.provider import held, scripted_provider
from tests.support.race import taken_after_the_look

SECRET = "a-customer-secret-Q7xZ"


@pytest.fixture
def fields():
    return {
        "name": "Classroom",
        "provider": "agora",
        "area": "eu",
        "base_url": "",
        "app_id": "0123456789abcdef0123456789abcdef",
        "customer_id": "c4f1d2",
        "customer_secret": SECRET,
        "app_certificate": "",
        "callback_secret": "",
        "requests_per_second": "10",
    }


@pytest.fixture
def project(db):
    return make_project()


def make_project(**more):
    values = {
        "name": "Classroom",
        "provider": "sandbox",
        "base_url": "http://127.0.0.1:9",
        "app_id": "0123456789abcdef",
        "customer_id": "c4f1d2",
        "customer_secret": SECRET,
    }
    return Project.objects.create(**values | more)


def test_the_list_needs_a_signed_in_user(client, db):
    answer = client.get(reverse("projects"))

    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_an_empty_list_says_what_a_project_is_and_offers_to_add_one(signed_in):
    page = signed_in.get(reverse("projects")).content.decode()

    assert "No projects yet" in page
    assert reverse("project_new") in page


def test_a_project_is_added_and_the_audit_says_by_whom(signed_in, person, fields):
    answer = signed_in.post(reverse("project_new"), fields)

    project = Project.objects.get()
    entry = AuditEntry.objects.get()
    assert answer["Location"] == reverse("projects")
    assert (project.name, project.area, project.requests_per_second) == ("Classroom", "eu", 10)
    assert project.customer_secret.reveal() == SECRET
    assert (entry.action, entry.user, entry.target) == (
        "project.create",
        person,
        f"project {project.pk}",
    )
    assert SECRET not in str(entry.details)


def test_htmx_is_sent_to_the_list_after_saving(signed_in, fields, asking):
    answer = signed_in.post(reverse("project_new"), fields, headers=asking)

    assert answer["HX-Redirect"] == reverse("projects")


def test_a_refused_form_keeps_what_was_typed_but_not_the_secret(signed_in, fields, asking):
    refused = fields | {"app_id": "with spaces", "customer_id": "a:b"}

    answer = signed_in.post(reverse("project_new"), refused, headers=asking)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "An App ID is made of letters" in page
    assert "A customer ID has no spaces, colons or accented letters." in page
    assert 'value="with spaces"' in page
    assert SECRET not in page
    assert "enter it again" in page
    assert not Project.objects.exists()


def test_an_empty_form_says_one_thing_for_each_field(signed_in):
    page = signed_in.post(reverse("project_new"), {}).content.decode()

    assert page.count('class="field__error"') == 7
    assert "An App ID is made of letters" not in page


def test_a_new_project_needs_its_customer_secret(signed_in, fields):
    answer = signed_in.post(reverse("project_new"), fields | {"customer_secret": ""})

    assert answer.status_code == 422
    assert "This secret is needed." in answer.content.decode()


def test_a_name_belongs_to_one_project(signed_in, fields, project):
    answer = signed_in.post(reverse("project_new"), fields)

    assert answer.status_code == 422
    assert "There is a project of this name." in answer.content.decode()


@pytest.mark.parametrize("pace", ["0", "1001", "٣", "1_0", "+5", "5.0", "", "many"])
def test_a_pace_is_a_plain_number_from_1_to_1000(signed_in, fields, pace):
    answer = signed_in.post(reverse("project_new"), fields | {"requests_per_second": pace})

    assert answer.status_code == 422
    assert "The pace is 1 to 1000 requests per second." in answer.content.decode()


@pytest.mark.parametrize(
    "address", ["http://example.org", "ftp://127.0.0.1", "https://u:p@example.org", "nonsense"]
)
def test_an_address_must_be_safe_to_send_credentials_to(signed_in, fields, address):
    answer = signed_in.post(reverse("project_new"), fields | {"base_url": address})

    assert answer.status_code == 422
    assert "The provider&#x27;s address must" in answer.content.decode()


def test_blank_secrets_keep_what_is_stored(signed_in, fields, project):
    changed = fields | {"name": "Lectures", "customer_secret": ""}

    signed_in.post(reverse("project_edit", args=[project.pk]), changed)

    project.refresh_from_db()
    assert project.name == "Lectures"
    assert project.customer_secret.reveal() == SECRET
    assert AuditEntry.objects.get().details["fields"] == [
        "app_id",
        "area",
        "base_url",
        "name",
        "provider",
    ]


def test_a_stored_secret_shows_its_end_and_never_itself(signed_in, project):
    page = signed_in.get(reverse("project_edit", args=[project.pk])).content.decode()

    assert f"ends in <code>{SECRET[-4:]}</code>" in page
    assert SECRET not in page


def test_after_an_error_the_page_still_shows_the_stored_secret_not_the_typed_one(
    signed_in, fields, project
):
    typed = "another-secret-typed-W2kP"
    refused = fields | {"app_id": "", "customer_secret": typed}

    answer = signed_in.post(reverse("project_edit", args=[project.pk]), refused)

    page = answer.content.decode()
    assert f"ends in <code>{SECRET[-4:]}</code>" in page
    assert typed[-4:] not in page
    assert "enter it again" in page


def test_an_optional_secret_can_be_taken_away(signed_in, fields, project):
    project.app_certificate = "b" * 32
    project.save()

    signed_in.post(
        reverse("project_edit", args=[project.pk]), fields | {"remove_app_certificate": "on"}
    )

    project.refresh_from_db()
    assert not project.app_certificate
    assert project.customer_secret


def test_a_project_of_nobody_is_not_found(signed_in):
    assert signed_in.get(reverse("project_edit", args=[404])).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_accepted_credentials_are_shown_and_remembered(signed_in, sandbox, asking):
    project = make_project(
        base_url=sandbox.url,
        app_id=sandbox.app_id,
        customer_id=sandbox.customer_id,
        customer_secret=sandbox.customer_secret,
    )

    answer = signed_in.post(reverse("project_check", args=[project.pk]), headers=asking)

    assert answer.status_code == 200
    assert "Accepted" in answer.content.decode()
    assert "hx-trigger" not in answer.content.decode()
    assert "Accepted" in signed_in.get(reverse("projects")).content.decode()


@pytest.mark.django_db(transaction=True)
def test_refused_credentials_say_what_that_means(signed_in, sandbox, asking):
    project = make_project(
        base_url=sandbox.url, app_id=sandbox.app_id, customer_id=sandbox.customer_id
    )

    answer = signed_in.post(reverse("project_check", args=[project.pk]), headers=asking)

    page = answer.content.decode()
    assert "Refused" in page
    assert "No recording was started" in page
    assert SECRET not in page


@pytest.mark.django_db(transaction=True)
def test_without_scripts_a_check_comes_back_to_the_list_with_a_message(signed_in, sandbox):
    project = make_project(base_url=sandbox.url)

    answer = signed_in.post(reverse("project_check", args=[project.pk]), follow=True)

    assert answer.redirect_chain == [(reverse("projects"), 303)]
    assert "Refused" in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_change_makes_an_earlier_check_worthless(signed_in, fields):
    with scripted_provider() as provider:
        project = make_project(base_url=provider.url)
        signed_in.post(reverse("project_check", args=[project.pk]))
        project.save()

    assert (
        "Not checked since the last change" in signed_in.get(reverse("projects")).content.decode()
    )


@pytest.mark.django_db(transaction=True)
def test_a_slow_answer_is_waited_for_by_the_page(signed_in, asking, monkeypatch):
    monkeypatch.setattr("dashboard.views.projects.PATIENCE", 0.05)
    answering = threading.Event()
    with scripted_provider() as provider:
        provider.will("acquire", held(answering))
        project = make_project(base_url=provider.url)
        waiting = reverse("project_credentials", args=[project.pk, 0])

        first = signed_in.post(reverse("project_check", args=[project.pk]), headers=asking)
        meanwhile = signed_in.get(waiting, headers=asking)
        answering.set()
        pages = (signed_in.get(waiting, headers=asking).content.decode() for _ in itertools.count())
        settled = next(page for page in pages if "hx-trigger" not in page)

    assert first.status_code == 202
    assert waiting in first.content.decode()
    assert "Asking" in meanwhile.content.decode()
    assert "Accepted" in settled


def test_a_project_that_was_never_recorded_with_is_deleted_with_its_checks(signed_in, project):
    ProviderCall.objects.create(
        project=project,
        operation="acquire",
        method="POST",
        path="acquire",
        outcome="done",
        started_at=project.created_at,
        duration_ms=3,
    )

    asked = signed_in.get(reverse("project_delete", args=[project.pk]))
    signed_in.post(reverse("project_delete", args=[project.pk]))

    assert "Delete the project “Classroom”?" in asked.content.decode()
    assert not Project.objects.exists()
    assert AuditEntry.objects.get().details == {"name": "Classroom"}


def test_a_project_with_recordings_stays_and_says_why(signed_in, project):
    storage = StorageConfig.objects.create(
        name="S", vendor=6, bucket="b", access_key="a", secret_key="s"
    )
    RecordingSession.objects.create(
        project=project,
        storage_config=storage,
        mode="mix",
        cname="room",
        uid="1",
        request={},
        storage=storage.frozen(),
    )

    answer = signed_in.post(reverse("project_delete", args=[project.pk]), follow=True)

    assert "has been recorded with, so it stays" in answer.content.decode()
    assert Project.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_name_that_somebody_else_takes_meanwhile_is_the_fields_error(signed_in, fields):
    with taken_after_the_look(Project(name="Classroom", provider="agora")):
        answer = signed_in.post(reverse("project_new"), fields)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Somebody else has just used this name" in page
    assert "What you typed is not shown again" in page
    assert Project.objects.count() == 1
    assert not AuditEntry.objects.exists()


def test_a_replaced_callback_secret_is_accepted_until_it_is_removed(signed_in, fields):
    project = make_project(callback_secret="the-first-secret")
    address = reverse("project_edit", args=[project.pk])
    assert "callback_secret_old" not in signed_in.get(address).content.decode()

    signed_in.post(address, fields | {"callback_secret": "the-second-secret"})
    project.refresh_from_db()
    both = project.callback_secrets
    shown = signed_in.get(address).content.decode()
    signed_in.post(address, fields | {"remove_callback_secret_old": "on"})
    project.refresh_from_db()

    assert both == ["the-second-secret", "the-first-secret"]
    assert "revious callback secret" in shown
    assert project.callback_secrets == ["the-second-secret"]


def test_a_previous_secret_that_nobody_could_type_breaks_nothing(signed_in, fields, db):
    answer = signed_in.post(
        reverse("project_new"), fields | {"callback_secret_old": "x", "app_id": "not one!"}
    )

    assert answer.status_code == 422


def test_sha_1_is_accepted_only_where_a_person_says_so(signed_in, fields, db):
    signed_in.post(reverse("project_new"), fields)
    assert not Project.objects.get().callback_sha1

    address = reverse("project_edit", args=[Project.objects.get().pk])
    signed_in.post(address, fields | {"callback_sha1": "on"})
    assert Project.objects.get().callback_sha1
