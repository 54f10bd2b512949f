from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import responses

from recorder.models import Secret, StorageConfig
from recorder.storage import errors
from recorder.storage.access import bucket_for, read_origin
from recorder.storage.bucket import ByteRange

ACCOUNT_KEY = "c2VjcmV0IGtleSBvZiB0aGUgdGVzdHM="
CONTAINER = "https://rooms.blob.core.windows.net/recordings"
LISTING = """\
<?xml version="1.0" encoding="utf-8"?>
<EnumerationResults ContainerName="recordings">
<Prefix>a/</Prefix><Blobs><Blob><Name>a/9f_1.ts</Name><Properties>
<Last-Modified>Fri, 20 Nov 2026 10:00:00 GMT</Last-Modified><Content-Length>10</Content-Length>
<BlobType>BlockBlob</BlobType></Properties></Blob></Blobs><NextMarker /></EnumerationResults>"""


@pytest.fixture
def config():
    return StorageConfig(
        name="Azure",
        vendor=5,
        bucket="recordings",
        access_key="rooms",
        secret_key=Secret.of(ACCOUNT_KEY),
    )


@pytest.fixture
def azure():
    with responses.RequestsMock() as mock:
        yield mock


def test_blobs_are_listed_by_prefix(config, azure):
    azure.get(CONTAINER, LISTING, content_type="application/xml")

    (file,) = bucket_for(config).list("a/")

    assert (file.key, file.size) == ("a/9f_1.ts", 10)
    assert parse_qs(urlsplit(azure.calls[0].request.url).query)["prefix"] == ["a/"]


def test_a_signed_address_names_one_blob_its_end_and_its_type(config):
    url = bucket_for(config).sign("a/9f_房 间.ts", expires=60)

    query = parse_qs(urlsplit(url).query)
    assert url.startswith(f"{CONTAINER}/a/9f_%E6%88%BF%20%E9%97%B4.ts?")
    assert (query["sp"], query["sr"], query["rsct"]) == (["r"], ["b"], ["video/mp2t"])
    assert ACCOUNT_KEY not in url


def test_pages_may_read_from_the_account_s_own_host(config):
    assert read_origin(config) == "https://rooms.blob.core.windows.net"


def test_a_range_is_read_over_a_signed_address(config, azure):
    azure.get(
        f"{CONTAINER}/a.ts",
        b"0123",
        status=206,
        auto_calculate_content_length=True,
        headers={"Content-Range": "bytes 0-3/10"},
        match=[responses.matchers.header_matcher({"Range": "bytes=0-3"})],
    )

    stream = bucket_for(config).open("a.ts", ByteRange(0, 3))

    assert b"".join(stream) == b"0123"
    assert (stream.length, stream.content_range) == (4, "bytes 0-3/10")


def test_the_last_bytes_are_asked_for_by_their_place(config, azure):
    azure.head(f"{CONTAINER}/a.ts", headers={"Content-Length": "10", "x-ms-blob-type": "BlockBlob"})
    azure.get(
        f"{CONTAINER}/a.ts",
        b"789",
        status=206,
        match=[responses.matchers.header_matcher({"Range": "bytes=7-"})],
    )

    assert b"".join(bucket_for(config).open("a.ts", ByteRange(-3))) == b"789"


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (403, "AuthenticationFailed", errors.WrongKey),
        (403, "AuthorizationPermissionMismatch", errors.Forbidden),
        (404, "ContainerNotFound", errors.NoSuchBucket),
        (404, "BlobNotFound", errors.NoSuchFile),
        (416, "InvalidRange", errors.RangeNotSatisfiable),
        (409, "AccountBeingCreated", errors.StorageError),
    ],
)
def test_each_refusal_is_an_error_of_its_own(config, azure, status, code, kind):
    azure.get(f"{CONTAINER}/a.ts", status=status, headers={"x-ms-error-code": code})

    with pytest.raises(kind):
        bucket_for(config).open("a.ts")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (requests.ConnectionError("no"), errors.Unreachable),
        (b"<html>", errors.NotAStore),
    ],
    ids=["nobody there", "something else there"],
)
def test_a_listing_that_fails_says_how(config, azure, body, kind):
    azure.get(CONTAINER, body=body, content_type="application/xml")

    with pytest.raises(kind):
        list(bucket_for(config).list(""))


def test_what_is_written_is_sent_to_its_place_and_deleted_from_there(config, azure):
    azure.put(f"{CONTAINER}/a.ts", status=201)
    azure.delete(f"{CONTAINER}/a.ts", status=202)
    bucket = bucket_for(config)

    bucket.write("a.ts", b"0123")
    bucket.delete("a.ts")

    assert [call.request.method for call in azure.calls] == ["PUT", "DELETE"]


def test_a_blob_that_is_not_there_has_no_head(config, azure):
    azure.head(f"{CONTAINER}/a.ts", status=404, headers={"x-ms-error-code": "BlobNotFound"})

    assert bucket_for(config).head("a.ts") is None
