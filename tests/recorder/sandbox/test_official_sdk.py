"""The official Python SDK runs against the sandbox as it is: only its hosts lead here.

Release 0.1.0 refuses an answer with a top-level key that it does not know.
"""

import json
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests import engines
from tests.support.sandbox import (
    ACCESS_KEY,
    APP_ID,
    CUSTOMER_ID,
    CUSTOMER_SECRET,
    SECRET_KEY,
    running_sandbox,
)

PROGRAM = Path(__file__).parents[2] / "support" / "sdk_program.py"
SPEED = 10  # a page is captured from five seconds after its start
LONGEST_S = 240
CALLS = ["acquire", "start", "first query", "query", "update", "stop"]


@pytest.fixture(scope="session", params=["0.1.0", "0.2.0"])
def sdk(request, tmp_path_factory) -> Path:
    """The interpreter of an environment with one release of the SDK, from the package index."""
    folder = tmp_path_factory.mktemp("sdk")
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    package = f"agora-rest-client=={request.param}"
    options = ["--quiet", "--disable-pip-version-check", "--retries", "2"]
    installed = subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(python), "install", *options, package],
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=False,
    )
    if installed.returncode:
        engines.missing(f"{package} could not be installed from a package index")
    return python


@pytest.fixture
def told(sdk, tmp_path):
    """What the program saw: mode -> call -> answer."""
    given = {
        "app_id": APP_ID,
        "customer_id": CUSTOMER_ID,
        "customer_secret": CUSTOMER_SECRET,
        "access_key": ACCESS_KEY,
        "secret_key": SECRET_KEY,
    }
    with running_sandbox(tmp_path, speed=SPEED) as sandbox:
        ran = subprocess.run(
            [str(sdk), str(PROGRAM), sandbox.url],
            input=json.dumps(given),
            capture_output=True,
            text=True,
            timeout=LONGEST_S,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr[-2000:]
        yield json.loads(ran.stdout)


def test_every_call_of_every_mode_succeeds_and_files_are_named(told):
    individual, mix, web = told["individual"], told["mix"], told["web"]

    assert list(individual) == list(web) == CALLS, (individual, web)
    assert list(mix) == [*CALLS[:-1], "update_layout", "stop"], mix
    for answers in told.values():
        assert answers["acquire"]["resourceId"] == answers["stop"]["resourceId"]
        assert answers["start"]["sid"] == answers["stop"]["sid"]
        assert answers["query"]["serverResponse"]["status"] == 5
    assert mix["stop"]["serverResponse"]["uploadingStatus"] == "uploaded"
    assert [entry["fileName"] for entry in mix["stop"]["serverResponse"]["fileList"]] == [
        f"sdk/{mix['start']['sid']}_sdk mix{ending}" for ending in (".m3u8", "_0.mp4")
    ]
    tracks = {entry["trackType"] for entry in individual["stop"]["serverResponse"]["fileList"]}
    assert {"audio", "video"} <= tracks
    assert individual["stop"]["serverResponse"]["uploadingStatus"] == "uploaded"
    upload, page = web["stop"]["serverResponse"]["extensionServiceState"]
    assert upload["payload"] == {"uploadingStatus": "uploaded"}
    assert (page["payload"]["state"], page["payload"]["onhold"]) == ("exit", True)
    assert page["payload"]["fileList"][0]["filename"] == f"sdk/{web['start']['sid']}_sdk web.m3u8"
