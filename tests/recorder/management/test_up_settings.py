"""What `up` decides for the address it is given."""

import os

import pytest

from recorder.management.commands.up import Command, let_in, need_consistent, public_url
from recorder.management.folder import make_keys
from recorder.models import Project, StorageConfig


@pytest.mark.parametrize(
    ("host", "allowed", "expected"),
    [
        ("127.0.0.1", [], "http://127.0.0.1:8001"),
        ("::1", [], "http://[::1]:8001"),
        ("0.0.0.0", ["reel.example", "127.0.0.1"], "http://reel.example:8001"),
        ("0.0.0.0", ["*", ".example", "reel.example"], "http://reel.example:8001"),
        ("0.0.0.0", ["*"], "http://127.0.0.1:8001"),
    ],
)
def test_the_public_address_follows_host_and_port_unless_somebody_names_it(
    settings, host, allowed, expected
):
    settings.ALLOWED_HOSTS = allowed

    assert public_url(host, 8001) == expected


@pytest.mark.parametrize("name", ["PUBLIC_URL", "ALLOWED_HOSTS"])
def test_a_host_that_others_can_reach_needs_a_name(monkeypatch, name):
    monkeypatch.delenv("PUBLIC_URL", raising=False)
    monkeypatch.delenv("ALLOWED_HOSTS", raising=False)

    with pytest.raises(SystemExit, match="ALLOWED_HOSTS"):
        need_consistent("0.0.0.0", 8000, 9000)

    monkeypatch.setenv(name, "https://reel.example")
    need_consistent("0.0.0.0", 8000, 9000)


def test_one_port_cannot_serve_both():
    with pytest.raises(SystemExit, match="both 8000"):
        need_consistent("127.0.0.1", 8000, 8000)


@pytest.mark.parametrize(
    ("host", "allowed", "answered"),
    [
        ("127.0.0.1", ["reel.example"], "reel.example,127.0.0.1"),
        ("::1", ["reel.example"], "reel.example,[::1]"),
        ("127.0.0.1", ["127.0.0.1", "localhost"], None),
        ("127.0.0.1", ["*"], None),
    ],
)
def test_the_sandbox_is_answered_whatever_names_people_use(
    settings, monkeypatch, host, allowed, answered
):
    settings.ALLOWED_HOSTS = allowed
    monkeypatch.setenv("ALLOWED_HOSTS_FILE", "/read/before")
    monkeypatch.setenv("ALLOWED_HOSTS", "")

    let_in(host)

    assert os.environ["ALLOWED_HOSTS"] == (answered or "")
    assert ("ALLOWED_HOSTS_FILE" in os.environ) is (answered is None)


@pytest.mark.django_db
@pytest.mark.parametrize(("host", "delivery"), [("127.0.0.1", "signed"), ("0.0.0.0", "proxy")])
def test_browsers_elsewhere_get_the_sandbox_recordings_through_the_site(
    settings, tmp_path, monkeypatch, host, delivery
):
    settings.ALLOWED_HOSTS = ["reel.example"]
    monkeypatch.setenv("ALLOWED_HOSTS", "reel.example")
    settings.DATA_DIR, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    for name in ("SANDBOX_APP_ID", "SANDBOX_CUSTOMER_ID", "SANDBOX_CUSTOMER_SECRET"):
        monkeypatch.setenv(name, "given")
    for name in ("SANDBOX_ACCESS_KEY", "SANDBOX_SECRET_KEY", "SANDBOX_CALLBACK_SECRET"):
        monkeypatch.setenv(name, "given")
    monkeypatch.setenv("SANDBOX_CALLBACK_URL", "")
    make_keys(tmp_path)

    assert Command().prepare(tmp_path, host, 8000, 9000)

    assert StorageConfig.objects.get().delivery == delivery
    project = Project.objects.get()
    assert os.environ["SANDBOX_CALLBACK_URL"] == f"http://127.0.0.1:8000/callbacks/{project.pk}/"
    assert project.callback_secret.reveal() == "given"
    assert os.environ["ALLOWED_HOSTS"] == "reel.example,127.0.0.1"
