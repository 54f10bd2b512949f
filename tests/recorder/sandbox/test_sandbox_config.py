"""The sandbox's settings."""

import json
import os
import stat

import pytest

from recorder.sandbox.config import SandboxConfig
from recorder.sandbox.errors import ConfigError

GIVEN = {
    "SANDBOX_APP_ID": "0" * 32,
    "SANDBOX_CUSTOMER_ID": "id",
    "SANDBOX_CUSTOMER_SECRET": "secret",
    "SANDBOX_ACCESS_KEY": "access",
    "SANDBOX_SECRET_KEY": "key",
}


def test_the_environment_gives_the_credentials_and_nothing_is_made(tmp_path):
    config = SandboxConfig.from_environment(GIVEN, {"data": tmp_path / "here"})

    assert (config.app_id, config.customer_id, config.access_key) == ("0" * 32, "id", "access")
    assert not config.made_credentials
    assert list((tmp_path / "here").iterdir()) == []


def test_alone_it_makes_its_own_credentials_once_for_its_owner_only(tmp_path):
    first = SandboxConfig.from_environment({}, {"data": tmp_path})
    second = SandboxConfig.from_environment({}, {"data": tmp_path})

    path = tmp_path / "credentials.json"
    assert first == second
    assert first.made_credentials
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert set(json.loads(path.read_text())) == {
        "app_id",
        "customer_id",
        "customer_secret",
        "access_key",
        "secret_key",
    }


def test_options_and_the_data_directory(tmp_path):
    config = SandboxConfig.from_environment(
        {**GIVEN, "DATA_DIR": str(tmp_path)},
        {"slice_seconds": 4, "resource_ttl": 60, "speed": None, "rate_limit": 0},
    )

    assert config.data == tmp_path / "sandbox"
    assert (config.slice_ms, config.resource_ttl_ms, config.rate_limit) == (4000, 60_000, 0)
    assert config.speed is None


def test_a_secret_may_lie_in_a_file(tmp_path):
    (tmp_path / "secret").write_text("from-file\n")
    environ = {**GIVEN, "SANDBOX_SECRET_KEY_FILE": str(tmp_path / "secret")}

    assert SandboxConfig.from_environment(environ, {"data": tmp_path}).secret_key == "from-file"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SANDBOX_APP_ID", "no spaces please"),
        ("SANDBOX_APP_ID", "a,,b"),
        ("SANDBOX_CUSTOMER_ID", "with:colon"),
        ("SANDBOX_CUSTOMER_SECRET", "two words"),
        ("SANDBOX_APP_CERTIFICATE", "short"),
        ("SANDBOX_ACCESS_KEY", "a/b"),
        ("SANDBOX_SECRET_KEY", "ключ"),
        ("SANDBOX_RATE_LIMIT", "-1"),
        ("SANDBOX_RATE_LIMIT", "ten"),
        ("SANDBOX_MAX_TASKS", "1e3"),
        ("SANDBOX_STOP_WAIT", "601"),
        ("SANDBOX_CONTROL", "everybody"),
        ("SANDBOX_SECRET_KEY_FILE", "/no/such/file"),
    ],
)
def test_a_malformed_value_is_named_and_a_secret_one_not_shown(tmp_path, name, value):
    with pytest.raises(ConfigError) as raised:
        SandboxConfig.from_environment({**GIVEN, name: value}, {"data": tmp_path})

    assert name in str(raised.value)
    if "SECRET" in name and not name.endswith("_FILE"):
        assert value not in str(raised.value)


def test_secrets_are_not_in_the_repr(tmp_path):
    config = SandboxConfig.from_environment(
        {**GIVEN, "SANDBOX_CUSTOMER_SECRET": "HIDDEN-1", "SANDBOX_SECRET_KEY": "HIDDEN-2"},
        {"data": tmp_path},
    )

    assert "HIDDEN" not in repr(config)


def test_a_data_directory_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(ConfigError, match="file/below cannot be"):
        SandboxConfig.from_environment(GIVEN, {"data": tmp_path / "file" / "below"})


def test_damaged_credentials_are_named_and_not_overwritten(tmp_path):
    (tmp_path / "credentials.json").write_text("{")

    with pytest.raises(ConfigError, match=r"credentials\.json is damaged"):
        SandboxConfig.from_environment({}, {"data": tmp_path})
    assert os.listdir(tmp_path) == ["credentials.json"]
