import pytest

from recorder.contract.states import Status, Upload
from recorder.storage.access import bucket_for
from tests.support.rows import session_row
from tests.support.sandbox_rows import project_for, storage_for

STARTS = ("20240102030405006", "20240102030420025", "20240102030435006")


@pytest.fixture
def make_recording(db, sandbox):
    """A stopped session whose bucket is empty yet: `.bucket` writes into it."""

    def make(**fields):
        project, config = project_for(sandbox), storage_for(sandbox, file_name_prefix=["rooms"])
        project.save()
        config.save()
        values = {"sid": "9f", "cname": "room1", "upload": Upload.UPLOADING.value}
        session = session_row(project, config, Status.STOPPED, **values | fields)
        session.bucket = bucket_for(config, writing=True)
        return session

    return make


@pytest.fixture
def playlist_text():
    def make(starts=STARTS, *, ended=True, stem="9f_room1", seconds=15):
        lines = ["#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-TARGETDURATION:16"]
        for start in starts:
            lines += [f"#EXTINF:{seconds}.000000", f"{stem}_{start}.ts"]
        return "\n".join([*lines, *(["#EXT-X-ENDLIST"] if ended else []), ""]).encode()

    return make
