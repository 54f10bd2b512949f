import m3u8
import pytest
import requests

from recorder.footage import delivery, ledger
from recorder.models import StorageConfig
from recorder.storage.errors import RangeNotSatisfiable
from tests.recorder.footage.test_ledger import LIST, SLICES, upload


@pytest.fixture
def recording(make_recording, playlist_text):
    session = make_recording()
    upload(session, SLICES, playlist_text())
    ledger.refresh(session)
    return session


def test_every_slice_of_a_playable_list_can_be_read_from_its_address(recording):
    text = delivery.playable_playlist(recording.files.get(name=LIST))

    for segment in m3u8.loads(text).segments:
        answer = requests.get(segment.uri, timeout=30, headers={"Range": "bytes=0-9"})
        assert (answer.status_code, answer.content) == (206, b"x" * 10)
        assert answer.headers["Content-Type"] == "video/mp2t"


def test_a_storage_that_delivers_through_us_gives_our_addresses(recording):
    recording.storage_config.delivery = StorageConfig.Delivery.PROXY
    recording.storage_config.save()

    text = delivery.playable_playlist(
        recording.files.get(name=LIST), proxy_url=lambda key: f"/files/{key}"
    )

    assert [s.uri for s in m3u8.loads(text).segments] == [f"/files/{name}" for name in SLICES]


def test_a_slice_known_to_be_missing_is_a_gap(recording):
    recording.bucket.delete(SLICES[1])
    ledger.refresh(recording)

    text = delivery.playable_playlist(recording.files.get(name=LIST))

    assert [bool(s.gap_tag) for s in m3u8.loads(text).segments] == [False, True, False]


def test_a_file_is_passed_on_whole_or_in_one_range(recording):
    file = recording.files.get(name=SLICES[0])

    whole, headers = delivery.open_file(file)
    part, part_headers = delivery.open_file(file, "bytes=90-")

    assert (b"".join(whole), headers["Content-Length"]) == (b"x" * 100, "100")
    assert "Content-Range" not in headers
    assert (b"".join(part), part_headers["Content-Range"]) == (b"x" * 10, "bytes 90-99/100")
    with pytest.raises(RangeNotSatisfiable):
        delivery.open_file(file, "bytes=100-")


def test_a_download_is_saved_under_the_file_s_own_name(recording):
    url = delivery.signed_url(recording.files.get(name=SLICES[0]), download=True)

    headers = requests.get(url, timeout=30).headers

    assert f'filename="{SLICES[0].partition("/")[2]}"' in headers["Content-Disposition"]


def test_a_bucket_that_moved_to_another_address_is_read_there(recording, free_port):
    """The sandbox on another port, for one: the same bucket of the same storage."""
    recording.storage["endpoint_url"] = f"http://127.0.0.1:{free_port()}/s3"
    recording.save()
    file = recording.files.select_related("session").get(name=SLICES[0])

    stream, _headers = delivery.open_file(file)

    assert b"".join(stream) == b"x" * 100
