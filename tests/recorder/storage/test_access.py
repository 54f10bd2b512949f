import socket

import pytest
import requests

from recorder.models import Secret, StorageConfig
from recorder.storage import errors
from recorder.storage.access import bucket_for, cors_rule, read_origin
from recorder.storage.bucket import ByteRange
from tests.recorder.storage.stores import server_answering
from tests.support.sandbox_rows import storage_for


@pytest.fixture
def config(sandbox):
    return storage_for(sandbox)


@pytest.fixture
def bucket(config):
    return bucket_for(config, writing=True)


def test_what_was_written_is_listed_read_and_deleted(bucket):
    bucket.write("folder/a.ts", b"0123456789")
    bucket.write("folder/b.ts", b"")
    bucket.write("other/c.ts", b"x")

    assert [(file.key, file.size) for file in bucket.list("folder/")] == [
        ("folder/a.ts", 10),
        ("folder/b.ts", 0),
    ]
    assert bucket.read("folder/a.ts", 10) == b"0123456789"
    bucket.delete("folder/a.ts")
    assert bucket.head("folder/a.ts") is None


def test_a_listing_goes_on_over_pages_and_ends_at_the_limit(bucket):
    for number in range(7):
        bucket.write(f"{number}.ts", b"x")

    assert len(list(bucket.list("", limit=5))) == 5
    assert bucket.head("3.ts").size == 1


def test_more_than_the_reader_allows_is_not_read(bucket):
    bucket.write("big.m3u8", b"x" * 100)

    with pytest.raises(errors.TooLarge, match="100 bytes"):
        bucket.read("big.m3u8", 99)


@pytest.mark.parametrize(
    ("header", "content", "content_range"),
    [
        ("bytes=0-3", b"0123", "bytes 0-3/10"),
        ("bytes=8-", b"89", "bytes 8-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
        ("bytes=4-99", b"456789", "bytes 4-9/10"),
        ("bytes=3-1", b"0123456789", ""),
        ("bytes=0-1,4-5", b"0123456789", ""),
        ("bytes=٣-", b"0123456789", ""),
        (None, b"0123456789", ""),
    ],
)
def test_one_range_is_passed_on_and_anything_else_gives_the_whole_file(
    bucket, header, content, content_range
):
    bucket.write("a.ts", b"0123456789")

    stream = bucket.open("a.ts", ByteRange.of(header))

    assert b"".join(stream) == content
    assert (stream.length, stream.content_range) == (len(content), content_range)
    stream.close()


def test_a_range_behind_the_end_is_refused_by_its_own_error(bucket):
    bucket.write("a.ts", b"0123456789")

    with pytest.raises(errors.RangeNotSatisfiable):
        bucket.open("a.ts", ByteRange.of("bytes=10-"))


@pytest.mark.parametrize("name", ["a b+c.ts", "a?b#c%d.ts", "房间_1.ts", "a&b=c;d.ts"])
def test_a_signed_address_reads_one_file_without_keys_whatever_its_name(bucket, name):
    bucket.write(name, b"content")

    answer = requests.get(bucket.sign(name), timeout=30)

    assert (answer.status_code, answer.content) == (200, b"content")
    assert answer.headers["Content-Type"] == "video/mp2t"


def test_a_signed_address_for_downloading_names_the_file(bucket):
    bucket.write("9f_房间.ts", b"content")

    answer = requests.get(bucket.sign("9f_房间.ts", download_as="9f_房间.ts"), timeout=30)

    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=\"9f___.ts\"; filename*=UTF-8''9f_%E6%88%BF%E9%97%B4.ts"
    )


def test_a_signed_address_opens_no_other_file(bucket):
    bucket.write("a.ts", b"a")
    bucket.write("b.ts", b"b")

    forged = bucket.sign("a.ts").replace("/a.ts", "/b.ts")

    assert requests.get(forged, timeout=30).status_code == 403


def test_browsers_read_from_the_origin_that_the_addresses_have(sandbox, config):
    assert read_origin(config) == sandbox.url


def test_a_storage_that_delivers_through_us_opens_no_other_origin(sandbox):
    assert read_origin(storage_for(sandbox, delivery=StorageConfig.Delivery.PROXY)) == ""


def test_the_key_for_reading_reads_and_the_other_one_writes(sandbox):
    config = storage_for(
        sandbox,
        access_key="PROVIDERS",
        secret_key=Secret.of("wrong-for-this-bucket"),
        read_access_key=sandbox.access_key,
        read_secret_key=Secret.of(sandbox.secret_key),
    )

    assert list(bucket_for(config).list("")) == []
    with pytest.raises(errors.WrongKey):
        bucket_for(config, writing=True).write("a.ts", b"")


@pytest.mark.parametrize(
    "changes",
    [
        {"access_key": "NOBODY"},
        {"secret_key": Secret.of("not-the-secret-of-this-key")},
    ],
    ids=["unknown key", "wrong secret"],
)
def test_a_wrong_key_is_named_without_being_shown(sandbox, changes):
    with pytest.raises(errors.WrongKey) as caught:
        list(bucket_for(storage_for(sandbox, **changes)).list(""))

    assert "does not accept the access key" in str(caught.value)
    assert "not-the-secret" not in repr(caught.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"bucket": ""},
        {"bucket": "no spaces"},
        {"endpoint_url": "http://"},
        {"endpoint_url": "http://127.0.0.1:notaport/s3"},
        {"endpoint_url": "", "extension_params": {}},
        {"access_key": ""},
        {"secret_key": Secret()},
        {"vendor": 5, "secret_key": Secret.of("not base64")},
    ],
    ids=str,
)
def test_settings_that_make_no_bucket_send_nothing(sandbox, changes):
    with pytest.raises(errors.BadSettings, match="nothing was sent"):
        bucket_for(storage_for(sandbox, **changes)).sign("a")


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, b"<html>Welcome</html>", errors.NotAStore),
        (200, b"", errors.NotAStore),
        (200, b"<html>Welcome", errors.StorageError),
        (404, b"<Error><Code>NoSuchBucket</Code></Error>", errors.NoSuchBucket),
        (403, b"<Error><Code>AccessDenied</Code></Error>", errors.Forbidden),
        (403, b"<Error><Code>InvalidAccessKeyId</Code></Error>", errors.WrongKey),
        (400, b"<html>no", errors.StorageError),
        (301, b"", errors.StorageError),
    ],
    ids=[
        "html",
        "nothing",
        "broken html",
        "no bucket",
        "forbidden",
        "wrong key",
        "other",
        "redirect",
    ],
)
def test_each_refusal_of_a_store_is_an_error_of_its_own(sandbox, status, body, kind):
    with server_answering(status=status, listing=body) as store:
        config = storage_for(sandbox, endpoint_url=store.url)

        with pytest.raises(kind) as caught:
            list(bucket_for(config).list(""))

    assert type(caught.value) is kind
    assert config.name in str(caught.value)


def test_a_store_that_nobody_runs_is_unreachable(sandbox):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: connections are refused
        config = storage_for(sandbox, endpoint_url=f"http://127.0.0.1:{taken.getsockname()[1]}")

        with pytest.raises(errors.Unreachable, match="Recordings go on"):
            list(bucket_for(config).list(""))


@pytest.mark.parametrize(
    ("vendor", "region", "bucket", "endpoint", "address"),
    [
        (0, 0, "b1", "", "https://s3-cn-east-1.qiniucs.com/b1/k"),
        (1, 0, "my-bucket", "", "https://my-bucket.s3.us-east-1.amazonaws.com/k"),
        (1, 0, "my.bucket", "", "https://s3.us-east-1.amazonaws.com/my.bucket/k"),
        (2, 0, "bb1", "", "https://bb1.s3.oss-cn-hangzhou.aliyuncs.com/k"),
        (3, 1, "bb1-125", "", "https://bb1-125.cos.ap-beijing.myqcloud.com/k"),
        (6, 0, "bb1", "", "https://storage.googleapis.com/bb1/k"),
        (11, 0, "bb1", "http://127.0.0.1:9000/s3", "http://127.0.0.1:9000/s3/bb1/k"),
        (1, 0, "bb1", "http://localhost:9000/s3", "http://localhost:9000/s3/bb1/k"),
        (11, 0, "bb1", "", "https://minio.example/bb1/k"),
    ],
)
def test_each_vendor_is_addressed_as_its_row_says(
    sandbox, vendor, region, bucket, endpoint, address
):
    config = storage_for(
        sandbox,
        vendor=vendor,
        region=region,
        bucket=bucket,
        endpoint_url=endpoint,
        extension_params={"endpoint": "minio.example"} if vendor == 11 else {},
    )

    assert bucket_for(config).sign("k").partition("?")[0] == address


def test_the_cors_rule_names_our_origin_and_what_players_need():
    (rule,) = cors_rule("https://rooms.example")

    assert rule["AllowedOrigins"] == ["https://rooms.example"]
    assert "Range" in rule["AllowedHeaders"]
