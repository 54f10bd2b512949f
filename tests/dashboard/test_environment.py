"""What the environment says, and the sentence for each value that cannot be meant."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from dashboard import environment as env


@pytest.mark.parametrize("empty", ["", "  "])
def test_an_empty_value_is_one_that_is_not_set(monkeypatch, tmp_path, empty):
    for name in ("DATA_DIR", "WEB_THREADS", "TIME_ZONE", "DEBUG", "LOG_FORMAT", "PUBLIC_URL"):
        monkeypatch.setenv(name, empty)

    assert env.folder("DATA_DIR", str(tmp_path)) == tmp_path
    assert env.whole_number("WEB_THREADS", 16, least=1, most=256) == 16
    assert env.time_zone("TIME_ZONE", "UTC") == "UTC"
    assert env.switch("DEBUG") is False
    assert env.choice("LOG_FORMAT", "console", ("console", "json")) == "console"
    assert env.origin("PUBLIC_URL", "http://127.0.0.1:8000") == "http://127.0.0.1:8000"


def test_a_secret_comes_from_the_file_that_is_named(monkeypatch, tmp_path):
    (tmp_path / "key").write_text("from a file\n")
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))

    assert env.text("SECRET_KEY", "from the data folder") == "from a file"


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "cannot be read: No such file"), (b"\n", "is empty"), (b"\x7fELF\xff", "no text")],
)
def test_a_file_that_holds_no_secret_is_named(monkeypatch, tmp_path, content, words):
    if content is not None:
        (tmp_path / "key").write_bytes(content)
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))

    with pytest.raises(ImproperlyConfigured, match=f"SECRET_KEY_FILE names .*key, which .*{words}"):
        env.text("SECRET_KEY", "from the data folder")


def test_a_key_file_that_holds_no_text_is_named(tmp_path):
    (tmp_path / "secret_key").write_bytes(b"\xff")

    assert env.key_file(tmp_path, "another") == ""
    with pytest.raises(ImproperlyConfigured, match=r"The key file .*secret_key holds no text"):
        env.key_file(tmp_path, "secret_key")


def test_the_home_of_nobody_is_no_folder(monkeypatch):
    monkeypatch.setenv("DATA_DIR", "~nobody-of-this-name/data")

    with pytest.raises(ImproperlyConfigured, match="DATA_DIR is '~nobody-of-this-name/data'"):
        env.folder("DATA_DIR", "data")


@pytest.mark.parametrize(
    "value",
    [
        "localhost:8000",
        "ftp://recordings.example",
        "http://a b",
        "http://[::1",
        "http://a:99999",
        "http://a:0",
    ],
)
def test_what_is_no_address_is_refused_by_name(monkeypatch, value):
    monkeypatch.setenv("PUBLIC_URL", value)

    with pytest.raises(ImproperlyConfigured, match="PUBLIC_URL is not an address"):
        env.origin("PUBLIC_URL", "")


@pytest.mark.parametrize("rest", ["/reelroom", "/?a=b", "#top"])
def test_the_address_of_the_site_ends_after_the_port(monkeypatch, rest):
    monkeypatch.setenv("PUBLIC_URL", f"https://recordings.example:8443{rest}")

    with pytest.raises(ImproperlyConfigured, match="must end after the host and the port"):
        env.origin("PUBLIC_URL", "")


@pytest.mark.parametrize(
    "value", ["redis://queue.example:6379/0", "rediss://queue.example", "unix:///run/redis.sock"]
)
def test_a_queue_is_at_a_host_or_at_a_socket(monkeypatch, value):
    monkeypatch.setenv("QUEUE_URL", value)

    assert env.address("QUEUE_URL", "", ("redis", "rediss", "unix")) == value


def test_host_names_are_separated_by_commas_or_blanks(monkeypatch):
    monkeypatch.setenv("ALLOWED_HOSTS", "a.example, .b.example,,[::1] 10.0.0.1 *")

    assert env.hosts("ALLOWED_HOSTS") == ["a.example", ".b.example", "[::1]", "10.0.0.1", "*"]


@pytest.mark.parametrize("value", ["https://a.example/", "a.example:8000", "a;b", "*.a.example"])
def test_what_would_never_match_a_host_is_refused(monkeypatch, value):
    monkeypatch.setenv("ALLOWED_HOSTS", f"good.example,{value}")

    with pytest.raises(ImproperlyConfigured, match="ALLOWED_HOSTS holds '") as refusal:
        env.hosts("ALLOWED_HOSTS")
    assert value in str(refusal.value)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("mysql://db.example/x", "must begin with"),
        ("postgres://", "names no database"),
        ("postgres://user:hunter2@db.example", "names no database"),
        ("postgres://user:hunter2@db.example:port/x", "cannot be read"),
    ],
)
def test_a_database_address_is_refused_without_its_password(monkeypatch, value, words):
    monkeypatch.setenv("DATABASE_URL", value)

    with pytest.raises(ImproperlyConfigured, match=f"DATABASE_URL .*{words}") as refusal:
        env.database("DATABASE_URL", {})
    assert "hunter2" not in str(refusal.value)
