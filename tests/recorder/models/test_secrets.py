import copy
import pickle

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from recorder.models import Project, Secret, UnreadableSecret
from recorder.models.secrets import fernet

SECRET = "a-secret-of-the-tests"


@pytest.fixture
def keys(settings):
    def use(*names: str) -> None:
        settings.FIELD_ENCRYPTION_KEYS = [KEYS[name] for name in names]

    return use


KEYS = {"old": Fernet.generate_key().decode(), "new": Fernet.generate_key().decode()}


def test_a_secret_can_be_read_back_and_shows_its_end_only():
    secret = Secret.of(SECRET)

    assert secret.reveal() == SECRET
    assert secret.last4 == "ests"
    assert secret.set_at is not None
    for shown in (str(secret), repr(secret), f"{secret}", f"{secret!r}"):
        assert SECRET not in shown


def test_the_end_of_a_short_secret_is_not_shown():
    assert Secret.of("short").last4 == ""


def test_no_secret_is_empty_false_and_has_no_time():
    nothing = Secret.of("")

    assert not nothing
    assert (nothing.reveal(), nothing.last4, nothing.set_at, str(nothing)) == ("", "", None, "")


def test_a_rotated_secret_keeps_its_text_and_its_time(keys):
    keys("old")
    secret = Secret.of(SECRET)
    set_at = secret.set_at

    keys("new", "old")
    rotated = secret.rotated()
    keys("new")

    assert rotated.reveal() == SECRET
    assert rotated.set_at == set_at
    with pytest.raises(UnreadableSecret, match="FIELD_ENCRYPTION_KEYS"):
        secret.reveal()


@pytest.mark.parametrize("read", [Secret.reveal, Secret.rotated, lambda s: s.set_at])
def test_a_secret_under_an_unknown_key_is_said_to_be_unreadable(keys, read):
    keys("old")
    secret = Secret.of(SECRET)
    keys("new")

    with pytest.raises(UnreadableSecret) as raised:
        read(secret)

    assert SECRET not in str(raised.value)


def test_a_secret_says_whether_its_key_is_still_there(keys):
    keys("old")
    secret = Secret.of(SECRET)
    assert secret.is_readable

    keys("new")

    assert not secret.is_readable
    assert Secret().is_readable


def test_without_keys_nothing_is_encrypted_and_a_sentence_says_why(settings):
    settings.FIELD_ENCRYPTION_KEYS = []

    with pytest.raises(ImproperlyConfigured, match="FIELD_ENCRYPTION_KEYS"):
        fernet()


def test_the_database_holds_no_plain_text(project):
    Project.objects.filter(pk=project.pk).update(app_certificate=SECRET)

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM recorder_project")
        raw = str(cursor.fetchall())

    assert SECRET not in raw
    project.refresh_from_db()
    assert project.app_certificate.reveal() == SECRET


def test_a_plain_text_that_is_assigned_is_a_secret_after_saving(project):
    project.app_certificate = SECRET

    project.save()

    assert isinstance(project.app_certificate, Secret)
    assert project.app_certificate.reveal() == SECRET


def test_saving_again_does_not_encrypt_again(project):
    project.app_certificate = SECRET
    project.save()
    token = project.app_certificate.token

    project.refresh_from_db()
    project.save()

    project.refresh_from_db()
    assert project.app_certificate.token == token


def test_secrets_may_be_copied(project):
    secret = Secret.of(SECRET)

    assert copy.deepcopy(secret) == secret
    assert pickle.loads(pickle.dumps(secret)) == secret
