"""The S3 interface, as boto3, the aws command line, browsers and forgers meet it."""

import hashlib
import os
import subprocess
import zlib
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
import requests
import time_machine
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.sandbox import ACCESS_KEY, SECRET_KEY

STRANGE_KEYS = [
    "plain.ts",
    "a/b/c.ts",
    "a",  # beside a/…, which a plain file system could not hold
    "../../etc/passwd",
    "a/../../other/secret",
    "..",
    "/leading",
    "double//slash",
    "space and + and %25 and ?#&=;.m3u8",
    "室温.ts",
    "😀",
    "CASE.ts",
    "case.ts",
    "x" * 1024,
    "<svg onload=alert(1)>&\"'.m3u8",
    "trailing/",
    "~tilde*(star)!",
    ".part",
]


@pytest.fixture
def s3(sandbox):
    return sandbox.s3()


@pytest.fixture
def bucket(request):
    """A bucket of this test's own; nobody has to make it."""
    return f"b-{hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:20]}"


def signed(sandbox, method: str, path: str, body: bytes = b"", *, key=SECRET_KEY, **headers):
    """A request signed by botocore, ready to be tampered with."""
    request = AWSRequest(method, f"{sandbox.url}{path}", data=body, headers=headers)
    S3SigV4Auth(Credentials(ACCESS_KEY, key), "s3", "eu-west-1").add_auth(request)
    return request.prepare()


def send(prepared, **changes) -> requests.Response:
    headers = {**dict(prepared.headers), **changes.pop("headers", {})}
    parts = {"method": prepared.method, "url": prepared.url, "data": prepared.body, **changes}
    return requests.request(headers=headers, timeout=10, **parts)


def code_of(response: requests.Response) -> str:
    return response.text.partition("<Code>")[2].partition("</Code>")[0]


@pytest.mark.parametrize("key", STRANGE_KEYS)
def test_any_key_is_stored_listed_read_and_deleted(sandbox, s3, bucket, key):
    body = key.encode() * 3

    put = s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType="video/mp2t")
    listed = s3.list_objects_v2(Bucket=bucket)["Contents"]
    got = s3.get_object(Bucket=bucket, Key=key)
    head = s3.head_object(Bucket=bucket, Key=key)
    s3.delete_object(Bucket=bucket, Key=key)

    assert put["ETag"] == f'"{hashlib.md5(body).hexdigest()}"'
    assert [entry["Key"] for entry in listed] == [key]
    assert listed[0]["Size"] == head["ContentLength"] == len(body)
    assert got["Body"].read() == body
    assert got["ContentType"] == "video/mp2t"
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_no_key_leaves_its_bucket(sandbox, s3):
    before = set(sandbox.config.data.rglob("*"))

    s3.put_object(Bucket="one", Key="../two/stolen", Body=b"x")
    send(signed(sandbox, "PUT", "/s3/..%2Ftwo/stolen", b"x"))
    send(signed(sandbox, "PUT", "/s3/%2e%2e/stolen", b"x"))
    made = set(sandbox.config.data.rglob("*")) - before

    assert all(path.is_relative_to(sandbox.config.data / "buckets") for path in made)
    assert s3.list_objects_v2(Bucket="two")["KeyCount"] == 0
    with pytest.raises(ClientError, match="NoSuchKey"):
        s3.get_object(Bucket="two", Key="stolen")


def test_an_object_that_is_replaced_while_it_is_read_is_read_to_its_end(sandbox, s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"old" * 500_000)
    stream = s3.get_object(Bucket=bucket, Key="k")["Body"]
    first = stream.read(3)

    s3.put_object(Bucket=bucket, Key="k", Body=b"new")

    assert first + stream.read() == b"old" * 500_000
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"new"


def test_metadata_and_response_overrides_come_back(sandbox, s3, bucket):
    s3.put_object(
        Bucket=bucket, Key="k", Body=b"x", CacheControl="no-cache", Metadata={"colour": "red"}
    )
    url = s3.generate_presigned_url(
        "get_object",
        Params={
            "Bucket": bucket,
            "Key": "k",
            "ResponseContentDisposition": 'attachment; filename="a b.ts"',
            "ResponseContentType": "video/mp2t",
        },
    )

    got = s3.get_object(Bucket=bucket, Key="k")
    download = requests.get(url, timeout=10)

    assert got["CacheControl"] == "no-cache"
    assert got["Metadata"] == {"colour": "red"}
    assert download.headers["Content-Disposition"] == 'attachment; filename="a b.ts"'
    assert download.headers["Content-Type"] == "video/mp2t"


def test_lists_are_cut_at_prefix_and_delimiter_and_given_in_pages(s3, bucket):
    keys = [f"{folder}/{n}.ts" for folder in ("a", "b", "室") for n in range(4)] + ["top", "zed"]
    for key in keys:
        s3.put_object(Bucket=bucket, Key=key, Body=b"")

    pages = list(
        s3.get_paginator("list_objects_v2").paginate(
            Bucket=bucket, Delimiter="/", PaginationConfig={"PageSize": 2}
        )
    )
    old = list(
        s3.get_paginator("list_objects").paginate(Bucket=bucket, PaginationConfig={"PageSize": 3})
    )
    below = s3.list_objects_v2(Bucket=bucket, Prefix="b/", StartAfter="b/1.ts")

    assert [p["Prefix"] for page in pages for p in page.get("CommonPrefixes", [])] == [
        "a/",
        "b/",
        "室/",
    ]
    assert [o["Key"] for page in pages for o in page.get("Contents", [])] == ["top", "zed"]
    assert [o["Key"] for page in old for o in page["Contents"]] == sorted(keys, key=str.encode)
    assert [o["Key"] for o in below["Contents"]] == ["b/2.ts", "b/3.ts"]


@settings(max_examples=30, deadline=None)
@given(
    keys=st.sets(st.text("ab/", min_size=1, max_size=5), min_size=1, max_size=12),
    prefix=st.text("ab/", max_size=2),
    size=st.integers(1, 4),
)
def test_paging_finds_every_key_once_whatever_the_keys(sandbox, keys, prefix, size):
    from recorder.sandbox import listing
    from recorder.sandbox.store import ObjectRow

    index = sandbox.app.store.objects
    bucket = f"paging-{zlib.crc32(repr((sorted(keys), prefix)).encode())}"
    for key in keys:
        index.put(ObjectRow(bucket, key, "file", 0, "0" * 32, "x", {}, 0))

    wanted = {k for k in keys if k.startswith(prefix)}
    folders = {
        prefix + k[len(prefix) :].split("/")[0] + "/" for k in wanted if "/" in k[len(prefix) :]
    }
    plain = {k for k in wanted if "/" not in k[len(prefix) :]}
    found, token = [], ""
    while True:
        query = {"list-type": "2", "prefix": prefix, "delimiter": "/", "max-keys": str(size)}
        page = listing.answer(
            index, bucket, query | ({"continuation-token": token} if token else {})
        )
        text = page.decode()
        found += [part.split("</Key>")[0] for part in text.split("<Key>")[1:]]
        found += [part.split("</Prefix>")[0] for part in text.split("<CommonPrefixes><Prefix>")[1:]]
        if "<IsTruncated>false" in text:
            break
        token = text.split("<NextContinuationToken>")[1].split("<")[0]

    assert sorted(found) == sorted(plain | folders)


def test_buckets_are_listed_made_and_removed_only_when_empty(s3, bucket):
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")

    with pytest.raises(ClientError, match="BucketNotEmpty"):
        s3.delete_bucket(Bucket=bucket)
    deleted = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "k"}, {"Key": "<&>"}]})
    s3.delete_bucket(Bucket=bucket)

    assert [entry["Key"] for entry in deleted["Deleted"]] == ["k", "<&>"]
    assert bucket not in [b["Name"] for b in s3.list_buckets()["Buckets"]]


def test_multipart_uploads_are_joined_in_order(s3, bucket):
    upload = s3.create_multipart_upload(Bucket=bucket, Key="big")["UploadId"]
    parts = []
    for number in (2, 1):
        body = bytes([number]) * 100_000
        answer = s3.upload_part(
            Bucket=bucket, Key="big", UploadId=upload, PartNumber=number, Body=body
        )
        parts.insert(0, {"PartNumber": number, "ETag": answer["ETag"]})

    done = s3.complete_multipart_upload(
        Bucket=bucket, Key="big", UploadId=upload, MultipartUpload={"Parts": parts}
    )
    abandoned = s3.create_multipart_upload(Bucket=bucket, Key="no")["UploadId"]
    s3.abort_multipart_upload(Bucket=bucket, Key="no", UploadId=abandoned)

    assert done["ETag"].endswith('-2"')
    assert (
        s3.get_object(Bucket=bucket, Key="big")["Body"].read() == b"\1" * 100_000 + b"\2" * 100_000
    )
    with pytest.raises(ClientError, match="NoSuchUpload"):
        s3.upload_part(Bucket=bucket, Key="no", UploadId=abandoned, PartNumber=1, Body=b"x")
    with pytest.raises(ClientError, match="NoSuchUpload"):
        s3.upload_part(Bucket=bucket, Key="other", UploadId=upload, PartNumber=1, Body=b"x")


@pytest.mark.parametrize(
    ("asked", "status", "content"),
    [
        ("bytes=0-3", 206, b"0123"),
        ("bytes=7-", 206, b"789"),
        ("bytes=-2", 206, b"89"),
        ("bytes=5-99", 206, b"56789"),
        ("bytes=10-", 416, None),
        ("bytes=-0", 416, None),
        ("bytes=5-3", 200, b"0123456789"),
        ("bytes=0-1,4-5", 200, b"0123456789"),
        ("lines=1-2", 200, b"0123456789"),
    ],
)
def test_ranges(s3, bucket, asked, status, content):
    s3.put_object(Bucket=bucket, Key="k", Body=b"0123456789")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "k"})

    answer = requests.get(url, headers={"Range": asked}, timeout=10)

    assert answer.status_code == status
    if content is not None:
        assert answer.content == content
    if status == 206:
        assert answer.headers["Content-Range"].endswith("/10")


def test_browsers_of_any_origin_may_read_a_range_of_a_presigned_address(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k.ts", Body=b"0123456789")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "k.ts"})

    asked = {
        "Origin": "http://dashboard.example",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "range",
    }
    allowed = requests.options(url, headers=asked, timeout=10)
    got = requests.get(url, headers={"Origin": asked["Origin"], "Range": "bytes=0-1"}, timeout=10)
    refused = requests.get(url[:-1], headers={"Origin": asked["Origin"]}, timeout=10)

    assert allowed.status_code == 200
    assert "Range" in allowed.headers["Access-Control-Allow-Headers"]
    assert "PUT" not in allowed.headers["Access-Control-Allow-Methods"]
    for answer in (allowed, got, refused):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Content-Range" in got.headers["Access-Control-Expose-Headers"]
    assert refused.status_code == 403


def test_uploaded_pages_cannot_run_beside_the_control_page(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k.html", Body=b"<script>", ContentType="text/html")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "k.html"})

    headers = requests.get(url, timeout=10).headers

    assert headers["Content-Security-Policy"].startswith("sandbox;")
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_unchanged_objects_need_not_be_sent_again(s3, bucket):
    etag = s3.put_object(Bucket=bucket, Key="k", Body=b"x")["ETag"]
    url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "k"})

    assert requests.get(url, headers={"If-None-Match": etag}, timeout=10).status_code == 304
    with pytest.raises(ClientError, match="PreconditionFailed"):
        s3.put_object(Bucket=bucket, Key="k", Body=b"y", IfNoneMatch="*")


def test_a_presigned_address_ends_with_its_time(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    with time_machine.travel(datetime.now(UTC) - timedelta(seconds=61)):
        expired = s3.generate_presigned_url(
            "get_object", Params={"Bucket": bucket, "Key": "k"}, ExpiresIn=60
        )
    with time_machine.travel(datetime.now(UTC) - timedelta(seconds=30)):
        valid = s3.generate_presigned_url(
            "get_object", Params={"Bucket": bucket, "Key": "k"}, ExpiresIn=60
        )

    assert requests.get(valid, timeout=10).status_code == 200
    refused = requests.get(expired, timeout=10)
    assert (refused.status_code, code_of(refused)) == (403, "AccessDenied")
    assert "Request has expired" in refused.text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("X-Amz-Date=2", "X-Amz-Date=3"),
        ("X-Amz-Expires=3600", "X-Amz-Expires=36000"),
        ("us-east-1", "us-west-1"),
        ("/k?", "/other?"),
        ("?", "?response-content-type=text/html&"),
        ("X-Amz-SignedHeaders=host", "X-Amz-SignedHeaders="),
        ("X-Amz-Algorithm=AWS4-HMAC-SHA256", "X-Amz-Algorithm=none"),
    ],
)
def test_a_presigned_address_that_was_changed_is_refused(s3, bucket, old, new):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    s3.put_object(Bucket=bucket, Key="other", Body=b"secret")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "k"})

    assert old in url
    assert requests.get(url.replace(old, new), timeout=10).status_code in {400, 403}
    assert requests.put(url, data=b"mine", timeout=10).status_code == 403


def test_the_older_signature_is_refused_with_advice(sandbox, bucket):
    old = sandbox.s3(signature_version="s3")
    url = old.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "k"})

    refused = requests.get(url, timeout=10)

    assert (refused.status_code, code_of(refused)) == (400, "InvalidRequest")
    assert "AWS4-HMAC-SHA256" in refused.text


def test_unsigned_requests_and_wrong_keys_are_refused_and_make_no_bucket(sandbox, s3, bucket):
    path = f"/s3/{bucket}/k"
    good = signed(sandbox, "PUT", path, b"x")

    nobody = requests.put(f"{sandbox.url}{path}", data=b"x", timeout=10)
    wrong = send(signed(sandbox, "PUT", path, b"x", key="wrong"))
    stranger = send(
        good, headers={"Authorization": good.headers["Authorization"].replace(ACCESS_KEY, "X")}
    )
    old = send(good, headers={"Authorization": "AWS abc:def"})

    assert (nobody.status_code, code_of(nobody)) == (403, "AccessDenied")
    assert (wrong.status_code, code_of(wrong)) == (403, "SignatureDoesNotMatch")
    assert (stranger.status_code, code_of(stranger)) == (403, "InvalidAccessKeyId")
    assert (old.status_code, code_of(old)) == (400, "InvalidRequest")
    assert bucket not in [b["Name"] for b in s3.list_buckets()["Buckets"]]


@pytest.mark.parametrize(
    "changes",
    [
        {"data": b"another body"},
        {"headers": {"x-amz-meta-added": "1"}},
        {"method": "DELETE"},
    ],
)
def test_a_signed_request_that_was_changed_is_refused(sandbox, s3, bucket, changes):
    request = signed(sandbox, "PUT", f"/s3/{bucket}/k", b"the body")

    refused = send(request, **changes)

    assert refused.status_code in {400, 403}
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_a_signature_is_good_for_fifteen_minutes(sandbox, bucket):
    with time_machine.travel(datetime.now(UTC) - timedelta(minutes=16)):
        request = signed(sandbox, "GET", f"/s3/{bucket}")

    refused = send(request)

    assert (refused.status_code, code_of(refused)) == (403, "RequestTimeTooSkewed")


def test_declared_checksums_are_compared(sandbox, s3, bucket):
    right = b64encode(zlib.crc32(b"body").to_bytes(4, "big")).decode()

    s3.put_object(Bucket=bucket, Key="k", Body=b"body", ChecksumCRC32=right)

    with pytest.raises(ClientError, match="BadDigest"):
        s3.put_object(Bucket=bucket, Key="k", Body=b"other", ChecksumCRC32=right)
    with pytest.raises(ClientError, match="BadDigest"):
        s3.put_object(Bucket=bucket, Key="k", Body=b"x", ContentMD5="AAAAAAAAAAAAAAAAAAAAAA==")
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"body"


def chunked(sandbox, bucket: str, chunks: list[bytes], *, break_chunk: int | None = None):
    """A body in signed chunks, as the SDKs stream them; `break_chunk` is changed after signing."""
    size = str(sum(map(len, chunks)))
    headers = {
        "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
        "x-amz-decoded-content-length": size,
        "Content-Encoding": "aws-chunked",
    }
    request = AWSRequest("PUT", f"{sandbox.url}/s3/{bucket}/k", headers=headers)
    signer = S3SigV4Auth(Credentials(ACCESS_KEY, SECRET_KEY), "s3", "us-east-1")
    signer.payload = lambda _request: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
    signer.add_auth(request)
    previous = request.headers["Authorization"].rpartition("Signature=")[2]
    stamp = request.context["timestamp"]
    scope = f"{stamp[:8]}/us-east-1/s3/aws4_request"
    empty, body = hashlib.sha256(b"").hexdigest(), b""
    for number, chunk in enumerate([*chunks, b""]):
        text = "\n".join(
            [
                "AWS4-HMAC-SHA256-PAYLOAD",
                stamp,
                scope,
                previous,
                empty,
                hashlib.sha256(chunk).hexdigest(),
            ]
        )
        previous = signer.signature(text, request)
        sent = chunk[::-1] if number == break_chunk else chunk
        body += f"{len(chunk):x};chunk-signature={previous}\r\n".encode() + sent + b"\r\n"
    return requests.put(request.url, data=body, headers=dict(request.headers.items()), timeout=10)


def test_streamed_bodies_are_verified_chunk_by_chunk(sandbox, s3, bucket):
    chunks = [b"one" * 3000, b"two" * 3000]

    stored = chunked(sandbox, bucket, chunks)
    content = s3.get_object(Bucket=bucket, Key="k")
    broken = chunked(sandbox, bucket, chunks, break_chunk=1)

    assert stored.status_code == 200
    assert content["Body"].read() == b"".join(chunks)
    assert "ContentEncoding" not in content
    assert (broken.status_code, code_of(broken)) == (403, "SignatureDoesNotMatch")
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"".join(chunks)


def test_streamed_bodies_with_an_unsigned_trailer_have_their_checksum_compared(sandbox, s3, bucket):
    def put(checksum: bytes) -> requests.Response:
        body = b"4\r\nbody\r\n0\r\nx-amz-checksum-crc32:" + b64encode(checksum) + b"\r\n\r\n"
        headers = {
            "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
            "x-amz-decoded-content-length": "4",
            "x-amz-trailer": "x-amz-checksum-crc32",
        }
        request = AWSRequest("PUT", f"{sandbox.url}/s3/{bucket}/k", headers=headers)
        signer = S3SigV4Auth(Credentials(ACCESS_KEY, SECRET_KEY), "s3", "us-east-1")
        signer.payload = lambda _request: "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
        signer.add_auth(request)
        headers = dict(request.headers.items())
        return requests.put(request.url, data=body, headers=headers, timeout=10)

    assert put(zlib.crc32(b"body").to_bytes(4, "big")).status_code == 200
    assert code_of(put(b"\0\0\0\0")) == "BadDigest"
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"body"


def test_unsigned_payloads_are_taken_with_signed_headers(sandbox, s3, bucket):
    s3 = sandbox.s3(s3={"addressing_style": "path", "payload_signing_enabled": False})

    s3.put_object(Bucket=bucket, Key="k", Body=b"x" * 100_000)

    assert s3.head_object(Bucket=bucket, Key="k")["ContentLength"] == 100_000


def test_a_presigned_address_for_an_upload_takes_one(sandbox, s3, bucket):
    url = s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "k"})

    assert requests.put(url, data=b"content", timeout=10).status_code == 200
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"content"


def test_calls_the_buckets_do_not_have_say_so(sandbox, s3, bucket):
    with pytest.raises(ClientError, match="NotImplemented"):
        s3.get_bucket_policy(Bucket=bucket)
    with pytest.raises(ClientError, match="NotImplemented"):
        s3.put_object_tagging(
            Bucket=bucket, Key="k", Tagging={"TagSet": [{"Key": "a", "Value": "b"}]}
        )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<Delete></Delete>",
        b"<!DOCTYPE x [<!ENTITY e 'x'>]><Delete><Object><Key>&e;</Key></Object></Delete>",
    ],
)
def test_malformed_xml_is_refused(sandbox, bucket, body):
    refused = send(signed(sandbox, "POST", f"/s3/{bucket}?delete=", body))

    assert (refused.status_code, code_of(refused)) == (400, "MalformedXML")


@pytest.mark.parametrize(
    "query", ["max-keys=many", "max-keys=-1", "list-type=2&continuation-token=%00"]
)
def test_malformed_parameters_are_refused(sandbox, bucket, query):
    refused = send(signed(sandbox, "GET", f"/s3/{bucket}?{query}"))

    assert (refused.status_code, code_of(refused)) == (400, "InvalidArgument")


def test_a_key_with_control_characters_is_refused(sandbox, bucket):
    refused = send(signed(sandbox, "PUT", f"/s3/{bucket}/{quote(chr(1))}", b"x"))

    assert refused.status_code == 400


def test_the_aws_command_line_copies_lists_and_removes(sandbox, tmp_path, require, bucket):
    aws = require("aws")
    large = tmp_path / "large.bin"
    large.write_bytes(os.urandom(9_000_000))  # past the size from which it uploads in parts
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a b.txt").write_text("hello")

    settings_file = tmp_path / "config"
    settings_file.write_text("[default]\ns3 =\n  signature_version = s3v4\n")

    def run(*arguments: object) -> str:
        return subprocess.run(
            [aws, "--endpoint-url", f"{sandbox.url}/s3", *map(str, arguments)],
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(tmp_path),
                "AWS_CONFIG_FILE": str(settings_file),
                "AWS_ACCESS_KEY_ID": ACCESS_KEY,
                "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
                "AWS_DEFAULT_REGION": "us-east-1",
                "AWS_EC2_METADATA_DISABLED": "true",
            },
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        ).stdout

    run("s3", "mb", f"s3://{bucket}")
    run("s3", "cp", large, f"s3://{bucket}/large.bin")
    run("s3", "sync", tmp_path / "folder", f"s3://{bucket}/deep/er/")
    listed = run("s3", "ls", f"s3://{bucket}/")
    run("s3", "cp", f"s3://{bucket}/large.bin", tmp_path / "back.bin")
    run("s3", "mv", f"s3://{bucket}/deep/er/a b.txt", f"s3://{bucket}/moved.txt")
    presigned = run("s3", "presign", f"s3://{bucket}/moved.txt").strip()
    text = requests.get(presigned, timeout=10).text
    run("s3", "rb", f"s3://{bucket}", "--force")

    assert "PRE deep/" in listed
    assert "9000000 large.bin" in listed
    assert (tmp_path / "back.bin").read_bytes() == large.read_bytes()
    assert text == "hello"
    assert bucket not in run("s3", "ls")
