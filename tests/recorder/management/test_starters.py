import pytest
from django.conf import settings

from recorder.management import folder, starters
from recorder.models import Layout, Project, StorageConfig, User

VALUES = {
    "SANDBOX_APP_ID": "a" * 32,
    "SANDBOX_CUSTOMER_ID": "c" * 32,
    "SANDBOX_CUSTOMER_SECRET": "the customer secret",
    "SANDBOX_ACCESS_KEY": "KEY",
    "SANDBOX_SECRET_KEY": "the secret key",
    "SANDBOX_CALLBACK_SECRET": "the callback secret",
}

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(tmp_path):
    (tmp_path / "keys").mkdir()
    return tmp_path


def test_the_first_start_makes_an_admin_whose_password_waits_for_the_ready_line(house):
    starters.make_first_rows(house)

    admin = User.objects.get()
    password = folder.first_password_file(house)
    assert admin.username == "admin"
    assert admin.check_password(password.read_text())
    assert password.stat().st_mode & 0o777 == 0o600


def test_a_later_start_leaves_users_and_layouts_as_people_left_them(house):
    starters.make_first_rows(house)
    Layout.objects.filter(name="One person").delete()
    password = User.objects.get().password

    starters.make_first_rows(house)

    assert User.objects.get().password == password
    assert not Layout.objects.filter(name="One person").exists()


def test_the_sandbox_gets_a_project_and_a_storage_with_its_credentials():
    starters.provide_sandbox(VALUES, 9000, "signed")

    project, storage = Project.objects.get(), StorageConfig.objects.get()
    assert (project.provider, project.base_url) == ("sandbox", "http://127.0.0.1:9000")
    assert project.customer_secret.reveal() == "the customer secret"
    assert (storage.vendor, storage.endpoint_url) == (11, "http://127.0.0.1:9000/s3")
    assert storage.secret_key.reveal() == "the secret key"
    assert storage.delivery == "signed"


def test_the_sandboxes_project_knows_the_secret_of_its_callbacks_also_when_it_is_older():
    project = starters.provide_sandbox(VALUES, 9000, "signed")
    Project.objects.update(callback_secret="")

    starters.provide_sandbox(VALUES, 9000, "signed")

    assert project.callback_secret.reveal() == "the callback secret"
    assert Project.objects.get().callback_secret.reveal() == "the callback secret"


def test_a_callback_secret_that_somebody_changed_stays():
    starters.provide_sandbox(VALUES, 9000, "signed")
    Project.objects.update(callback_secret="another one")

    starters.provide_sandbox(VALUES, 9000, "signed")

    assert Project.objects.get().callback_secret.reveal() == "another one"


def test_another_sandbox_port_moves_the_rows_and_keeps_their_names():
    starters.provide_sandbox(VALUES, 9000, "signed")
    Project.objects.update(name="Training")

    starters.provide_sandbox(VALUES, 9100, "proxy")

    project, storage = Project.objects.get(), StorageConfig.objects.get()
    assert (project.name, project.base_url) == ("Training", "http://127.0.0.1:9100")
    assert (storage.endpoint_url, storage.delivery) == ("http://127.0.0.1:9100/s3", "proxy")


def test_a_start_with_the_same_port_writes_nothing(django_assert_num_queries):
    starters.provide_sandbox(VALUES, 9000, "signed")
    changed = Project.objects.get().changed_at

    starters.provide_sandbox(VALUES, 9000, "signed")

    assert Project.objects.get().changed_at == changed


def test_a_name_that_people_use_already_is_left_to_them():
    Project.objects.create(name="Sandbox", provider="agora", app_id="x", customer_id="y")

    starters.provide_sandbox(VALUES, 9000, "signed")

    assert Project.objects.get(provider="sandbox").name == "Sandbox 2"


def test_tests_run_on_an_sqlite_file_with_the_pragmas_of_the_product(django_db_blocker):
    from django.db import connection

    if connection.vendor != "sqlite":
        pytest.skip("the suite runs on another database")

    with connection.cursor() as cursor:
        answers = {
            name: cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "busy_timeout")
        }

    assert answers == {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 20000}
    assert str(settings.DATA_DIR) in str(connection.settings_dict["NAME"])
