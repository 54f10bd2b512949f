import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command

from recorder.models import ApiToken, AuditEntry, Project, User
from recorder.models.secrets import fernet

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return User.objects.create_user("ada")


def test_a_token_is_printed_once_and_opens_the_api(ada, capsys):
    from knox.auth import TokenAuthentication

    call_command("token", "ada", "--name", "night shift")

    plain = capsys.readouterr().out.strip()
    user, token = TokenAuthentication().authenticate_credentials(plain.encode())
    assert user == ada
    assert token.name == "night shift"
    assert plain not in str(ApiToken.objects.values())


def test_making_a_token_is_filed_without_the_token(ada, capsys):
    call_command("token", "ada", "--name", "night shift")

    entry = AuditEntry.objects.get()
    assert entry.action == "token.create"
    assert entry.details == {"name": "night shift"}


@pytest.mark.parametrize("user", ["nobody", ""])
def test_a_token_for_an_unknown_user_is_refused(user):
    with pytest.raises(SystemExit, match="no active user"):
        call_command("token", user, "--name", "x")


def test_a_token_needs_a_name_that_says_what_it_is_for(ada):
    with pytest.raises(SystemExit, match="1 to 80 characters"):
        call_command("token", "ada", "--name", "  ")


@pytest.mark.parametrize("command", [("web",), ("worker",), ("token", "ada", "--name", "x")])
def test_commands_that_need_the_keys_say_which_are_missing(settings, command):
    settings.MISSING_KEYS = ["SECRET_KEY"]

    with pytest.raises(SystemExit, match="SECRET_KEY is not set"):
        call_command(*command)


def test_rotation_brings_every_secret_under_the_newest_key(settings, capsys):
    project = Project.objects.create(name="p", provider="agora", customer_secret="the secret")
    old = settings.FIELD_ENCRYPTION_KEYS
    newest = Fernet.generate_key().decode()
    settings.FIELD_ENCRYPTION_KEYS = [newest, *old]
    set_at = Project.objects.get().customer_secret.set_at

    call_command("rotate_secrets")

    settings.FIELD_ENCRYPTION_KEYS = [newest]  # the old keys can go
    secret = Project.objects.get(pk=project.pk).customer_secret
    assert secret.reveal() == "the secret"
    assert secret.set_at == set_at
    assert capsys.readouterr().out == "Secrets now encrypted with the newest key: 1.\n"


def test_a_secret_that_no_key_opens_ends_the_rotation_with_a_sentence(settings):
    Project.objects.create(name="p", provider="agora", customer_secret="the secret")
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    assert fernet()

    with pytest.raises(SystemExit, match=r"project \d+: .* cannot be read"):
        call_command("rotate_secrets")
