"""The control API and its page."""

import io
import subprocess

import pytest
import requests
from PIL import Image

from tests.support.sandbox import running_sandbox

HOSTILE = "<svg onload=alert(1)>"


def page(sandbox) -> str:
    return requests.get(f"{sandbox.url}/_sandbox/", timeout=10).text


def control(sandbox, action: str, **values) -> requests.Response:
    return requests.post(f"{sandbox.url}/_sandbox/{action}", json=values, timeout=90)


def picture(sandbox, sid: str) -> Image.Image:
    answer = requests.get(f"{sandbox.url}/_sandbox/sessions/{sid}/picture.jpg", timeout=30)
    assert answer.headers["Content-Type"] == "image/jpeg"
    return Image.open(io.BytesIO(answer.content))


def test_the_page_shows_live_recordings_participants_and_the_clock(sandbox):
    task = sandbox.started("shown")
    sandbox.advance(2)

    text = page(sandbox)

    assert ">shown</h3>" in text
    assert f"/_sandbox/sessions/{task.sid}/picture.jpg" in text
    assert "<b>1001</b> publishes picture and sound" in text
    assert "stands; it is moved by hand" in text
    assert "style=" not in text
    assert "<script>" not in text


def test_hostile_names_are_only_text(sandbox):
    sandbox.started(HOSTILE)
    sandbox.advance(2)

    answer = requests.get(f"{sandbox.url}/_sandbox/", timeout=10)

    assert "<svg" not in answer.text
    assert "&lt;svg onload=alert(1)&gt;" in answer.text
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


def test_no_secret_is_told(sandbox):
    task = sandbox.started(token="TOKEN-SECRET", recording={"secret": "CRYPT-SECRET"})
    sandbox.advance(2)

    told = page(sandbox) + str(sandbox.state()) + str(sandbox.session(task.sid))
    # Read by another process: what closes the file here takes SQLite's locks on it away.
    path = sandbox.config.database
    database = subprocess.check_output(["cat", path, f"{path}-wal"])

    for secret in (sandbox.secret_key, sandbox.customer_secret, "TOKEN-SECRET", "CRYPT-SECRET"):
        assert secret not in told
        assert secret.encode() not in database


def test_the_composed_picture_follows_the_layout(sandbox):
    task = sandbox.started()
    sandbox.advance(2)
    task.update_layout(
        mixedVideoLayout=3,
        backgroundColor="#ff0000",
        layoutConfig=[{"x_axis": 0.5, "y_axis": 0, "width": 0.5, "height": 1}],
    )
    sandbox.advance(1)

    shown = picture(sandbox, task.sid)

    assert shown.size == (160, 90)
    red, green, blue = shown.getpixel((20, 45))
    assert red > 200
    assert max(green, blue) < 60


@pytest.mark.parametrize("width", ["wide", None, [1]])
def test_a_picture_of_no_readable_size_is_listed_all_the_same(sandbox, width):
    picture = {"width": width, "height": 90, "fps": 15, "bitrate": 100}
    task = sandbox.started(recording={"transcodingConfig": picture})

    assert sandbox.session(task.sid)["height"] in {90, 640}
    assert task.sid in {session["sid"] for session in sandbox.state()["sessions"]}


def test_people_join_mute_and_leave(sandbox):
    joined = sandbox.control("participants/join", cname="people", uid="7", source="9:16")
    muted = sandbox.control("participants/mute", cname="people", uid="7", video=True)
    state = next(c for c in sandbox.state()["channels"] if c["cname"] == "people")
    left = sandbox.control("participants/leave", cname="people", uid="7")

    assert joined["participants"] == muted["participants"] == ["7"]
    assert state["prepared"]
    assert (state["participants"][0]["video"], state["participants"][0]["audio"]) == (False, True)
    assert left["participants"] == []


@pytest.mark.parametrize(
    ("action", "values", "status"),
    [
        ("participants/join", {"cname": "room"}, 422),
        ("participants/join", {"cname": "a/b", "uid": "1"}, 422),
        ("participants/join", {"cname": "room", "uid": 1}, 422),
        ("participants/join", {"cname": "room", "uid": "1", "source": "2:1"}, 422),
        ("participants/join", {"cname": "room", "uid": "1", "role": "owner"}, 422),
        ("participants/join", {"cname": "room", "uid": "1", "audio": "yes"}, 422),
        ("participants/leave", {"cname": "room", "uid": "1"}, 404),
        ("participants/dance", {}, 404),
        ("channels", {"cname": "room", "participants": ["1"]}, 422),
        ("clock", {"speed": 601}, 422),
        ("clock", {"speed": True}, 422),
        ("clock", {"advance": -1}, 422),
        ("clock", {"advance": "1"}, 422),
        ("uploads", {"held": 1}, 422),
        ("nothing", {}, 404),
    ],
)
def test_wrong_values_are_named(sandbox, action, values, status):
    answer = control(sandbox, action, **values)

    assert answer.status_code == status
    assert answer.json()["message"]


def test_a_uid_joins_once(sandbox):
    sandbox.control("participants/join", cname="twice", uid="7")

    assert control(sandbox, "participants/join", cname="twice", uid="7").status_code == 409


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused(sandbox, method):
    answer = requests.request(method, f"{sandbox.url}/_sandbox/state", timeout=10)

    assert answer.status_code == 405


def test_pages_of_other_sites_can_neither_send_nor_read(sandbox):
    form = requests.post(f"{sandbox.url}/_sandbox/reset", data={"a": "b"}, timeout=10)
    plain = requests.post(
        f"{sandbox.url}/_sandbox/reset",
        data="{}",
        headers={"Content-Type": "text/plain"},
        timeout=10,
    )
    rebound = requests.get(
        f"{sandbox.url}/_sandbox/state", headers={"Host": "evil.example:9000"}, timeout=10
    )

    assert (form.status_code, plain.status_code, rebound.status_code) == (415, 415, 403)
    assert "Access-Control-Allow-Origin" not in form.headers


def test_the_control_api_can_be_opened_to_other_machines(tmp_path):
    with running_sandbox(tmp_path, control_open=True, media="none") as sandbox:
        answer = requests.get(
            f"{sandbox.url}/_sandbox/state", headers={"Host": "sandbox.example"}, timeout=10
        )

    assert answer.status_code == 200


def test_images_are_kept_by_name(sandbox):
    image = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(image, "JPEG")
    address = f"{sandbox.url}/_sandbox/images/logo.jpg"

    put = requests.put(address, data=image.getvalue(), timeout=10)
    got = requests.get(address, timeout=10)
    html = requests.put(f"{sandbox.url}/_sandbox/images/x.jpg", data=b"<html>", timeout=10)
    outside = requests.put(
        f"{sandbox.url}/_sandbox/images/..%2Fx", data=image.getvalue(), timeout=10
    )

    assert put.json()["path"] == "/_sandbox/images/logo.jpg"
    assert (got.content, got.headers["Content-Type"]) == (image.getvalue(), "image/jpeg")
    assert html.status_code == outside.status_code == 422


def test_a_reset_forgets_recordings_and_leaves_the_buckets_unless_asked(tmp_path):
    with running_sandbox(tmp_path) as sandbox:
        task = sandbox.started()
        sandbox.advance(2.1)
        sandbox.control("reset")
        after, kept = sandbox.state(), sandbox.s3().list_objects_v2(Bucket="recordings")
        sandbox.control("reset", buckets=True)
        emptied = sandbox.s3().list_buckets()["Buckets"]
        again = sandbox.started()
        sandbox.advance(2.1)

        assert after["sessions"] == after["channels"] == []
        assert kept["KeyCount"] == 2
        assert emptied == []
        assert task.query().json()["code"] == 1001
        assert again.stop().status_code == 200


def test_a_fast_clock_waits_for_the_renderer(tmp_path):
    with running_sandbox(tmp_path) as sandbox:
        task = sandbox.started()
        sandbox.control("clock", speed=600)
        while sandbox.session(task.sid)["slices"] < 5:
            session, now = sandbox.session(task.sid), sandbox.state()["clock"]["now_ms"]
            made = session["slices"]
            later = sandbox.session(task.sid)["slices"]
            assert now <= session["started_ms"] + (max(made, later) + 2) * 2000
        stopped = task.stop()

    assert stopped.status_code == 200


def test_unknown_addresses_are_404(sandbox):
    for path in ("nothing", "sessions/" + "0" * 32, "sessions/x/picture.jpg", "static/x.css"):
        assert requests.get(f"{sandbox.url}/_sandbox/{path}", timeout=10).status_code == 404
