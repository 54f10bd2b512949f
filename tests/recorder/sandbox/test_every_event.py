"""Every type of event of the contract's table is told by some recording at the sandbox."""

import pytest

from recorder.contract.events import EVENTS
from recorder.sandbox.failover import fail_over
from tests.recorder.contract.bodies import VOD_SERVICE
from tests.recorder.sandbox.test_modes_story import web_task
from tests.support.sandbox import running_sandbox, storage_config

# Best practices name it, and no document says what it carries.
UNKNOWN = {13}
PUSHED = "rtmp://live.example.com/app/key"


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> dict[int, list]:
    """type -> the events of it, after a day of recordings of every kind."""
    with running_sandbox(tmp_path_factory.mktemp("day")) as sandbox:
        mixed(sandbox)
        troubled(sandbox)
        individual(sandbox)
        postponed(sandbox)
        pages(sandbox)
        found: dict[int, list] = {}
        for event in sandbox.app.store.tasks.events():
            found.setdefault(event.type, []).append(event)
        return found


def arm(sandbox, fault: str, **wish) -> None:
    sandbox.app.deck.arm({"fault": fault, **wish})


def mixed(sandbox) -> None:
    task = sandbox.started()
    sandbox.advance(3)
    fail_over(sandbox.app.store, task.sid, sandbox.app.clock.now_ms(), 5)
    sandbox.advance(8)
    sandbox.control("uploads", held=True)
    task.stop(async_stop=True)
    task.stop()
    sandbox.control("uploads", held=False)
    sandbox.advance(1)


def troubled(sandbox) -> None:
    sandbox.started(storage={"secretKey": "wrong"})
    task = sandbox.started()
    sandbox.advance(3)
    arm(sandbox, "upload_to_backup", calls=1)
    task.stop()


def individual(sandbox) -> None:
    services = {"extensionServices": [VOD_SERVICE]}
    screenshots = {"captureInterval": 5, "fileType": ["jpg"]}
    task = sandbox.task()
    request = {"extensionServiceConfig": services, "snapshotConfig": screenshots}
    request |= {"recordingFileConfig": {"avFileType": ["hls"]}, "storageConfig": storage_config()}
    assert task.start(mode="individual", client_request=request).status_code == 200
    sandbox.advance(4)
    task.stop("individual")


def postponed(sandbox) -> None:
    """One that works and one whose sources are gone."""
    for _ in range(2):
        task = sandbox.task(scene=2)
        request = {
            "storageConfig": storage_config(),
            "appsCollection": {"combinationPolicy": "postpone_transcoding"},
            "recordingConfig": {
                "streamTypes": 0,
                "streamMode": "original",
                "subscribeUidGroup": 0,
            },
            "transcodeOptions": {"transConfig": {"transMode": "audioMix"}},
        }
        assert task.start(mode="individual", client_request=request).status_code == 200
        sandbox.advance(3)
        task.stop("individual")
        sandbox.advance(90)
        arm(sandbox, "sources_missing", calls=1)


def pages(sandbox) -> None:
    for fault in ("page_silent", "page_WebGL"):
        arm(sandbox, fault, calls=1)
        web_task(sandbox, fault, rtmp=PUSHED)
    sandbox.advance(15)


@pytest.mark.parametrize("type_", sorted(set(EVENTS) - UNKNOWN))
def test_every_type_of_event_is_told_with_its_documented_details(told, type_):
    event = EVENTS[type_]

    assert type_ in told
    for one in told[type_]:
        assert one.details["msgName"] == event.name
        if event.service_type is not None:
            assert one.service_type == event.service_type
        missing = set(event.details) - set(one.details)
        assert missing <= LEFT_OUT.get(type_, set()), one.details


def test_nothing_is_told_that_no_document_knows(told):
    assert set(told) <= set(EVENTS) - UNKNOWN


# Details that the documents do not promise for every recording: a page has no list of files.
LEFT_OUT = {31: {"fileList"}, 32: {"fileList"}}


def test_postponed_work_tells_what_it_could_and_could_not_do(told):
    results = [event.details["result"] for event in told[81]]
    final = [event.details["result"] for event in told[1001]]

    assert results == ["all_success", "fail"]
    assert final == ["total_success", "failed"]
    assert told[90][0].details["bucket"] == "recordings"
