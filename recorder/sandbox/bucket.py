"""The S3 interface of the buckets, path style: `/s3/{bucket}/{key}`.

One pair of keys opens every bucket, and a bucket comes into being when it is first named with the
right keys. Browsers of any origin may read with a presigned address (CORS, Range), as they would
from the real stores.
"""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from recorder.sandbox import listing, s3xml
from recorder.sandbox.buckets import Buckets
from recorder.sandbox.config import SandboxConfig
from recorder.sandbox.objects import CORS, blocks, kept_headers, object_response, preflight
from recorder.sandbox.sigv4 import S3Error, Signed, verify
from recorder.sandbox.store import Upload
from recorder.sandbox.uploads import checked_body, whole
from recorder.sandbox.wire import BadRequest, Request, Response, decoded

XML = "application/xml"
MOST_XML = 2_000_000
UNSUPPORTED = frozenset(
    [
        "acl",
        "cors",
        "lifecycle",
        "policy",
        "tagging",
        "uploads",
        "versioning",
        "versions",
        "website",
    ]
)
_ILLEGAL_KEY = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # cannot be written in XML


@dataclass(frozen=True, slots=True)
class _Target:
    """What a verified request is about."""

    request: Request
    signed: Signed
    bucket: str
    key: str


class BucketApi:
    def __init__(self, config: SandboxConfig, buckets: Buckets):
        self._config, self._buckets = config, buckets

    def respond(self, request: Request) -> Response:
        try:
            response = self._respond(request)
        except S3Error as error:
            body = s3xml.error_document(error, request.raw_path)
            response = Response(error.status, body, XML)
        except BadRequest as error:
            body = s3xml.error_document(S3Error("InvalidRequest", error.status, str(error)), "")
            response = Response(error.status, body, XML)
        response.headers.update(CORS)
        return response

    def _respond(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return preflight(request)
        signed = verify(
            request, self._config.access_key, self._config.secret_key, datetime.now(UTC)
        )
        bucket, _, key = request.raw_path.removeprefix("/s3").removeprefix("/").partition("/")
        target = _Target(request, signed, decoded(bucket), decoded(key))
        if not bucket:
            return self._list_buckets(target)
        if key and (len(target.key.encode()) > 1024 or _ILLEGAL_KEY.search(target.key)):
            raise S3Error(
                "KeyTooLongError",
                400,
                "The key is longer than 1024 bytes or holds control characters.",
            )
        self._buckets.folder(target.bucket)
        return self._handler(target)(target)

    def _handler(self, target: _Target) -> Callable[[_Target], Response]:
        """One row per call: method, whether it names a key, the parameter that tells it apart."""
        table: tuple[tuple[str, bool, str, Callable[[_Target], Response]], ...] = (
            ("GET", False, "location", self._location),
            ("GET", False, "", self._list),
            ("HEAD", False, "", self._nothing),
            ("PUT", False, "", self._nothing),
            ("DELETE", False, "", self._delete_bucket),
            ("POST", False, "delete", self._delete_many),
            ("GET", True, "", self._get),
            ("HEAD", True, "", self._get),
            ("PUT", True, "partNumber", self._put_part),
            ("PUT", True, "", self._put),
            ("DELETE", True, "uploadId", self._abort),
            ("DELETE", True, "", self._delete),
            ("POST", True, "uploads", self._begin),
            ("POST", True, "uploadId", self._complete),
        )
        asked = UNSUPPORTED & set(target.request.query)
        for method, keyed, parameter, handler in table:
            if (method, keyed) == (target.request.method, bool(target.key)) and (
                parameter in target.request.query if parameter else not asked
            ):
                return handler
        raise S3Error("NotImplemented", 501, "The sandbox's buckets do not have this call.")

    def _list_buckets(self, target: _Target) -> Response:
        if target.request.method != "GET":
            raise S3Error("MethodNotAllowed", 405, "Only GET lists the buckets.")
        rows: list[s3xml.Node] = [
            ("Bucket", [("Name", name), ("CreationDate", s3xml.iso_time(made))])
            for name, _folder, made in self._buckets.index.buckets()
        ]
        owner: s3xml.Node = ("Owner", [("ID", "sandbox"), ("DisplayName", "sandbox")])
        return Response(
            200, s3xml.document("ListAllMyBucketsResult", [owner, ("Buckets", rows)]), XML
        )

    def _location(self, target: _Target) -> Response:
        return Response(200, s3xml.document("LocationConstraint", []), XML)

    def _nothing(self, target: _Target) -> Response:
        """Naming the bucket has made it, which is all that HEAD and PUT of a bucket ask for."""
        return Response(200, b"", "")

    def _list(self, target: _Target) -> Response:
        return Response(
            200, listing.answer(self._buckets.index, target.bucket, target.request.query), XML
        )

    def _delete_bucket(self, target: _Target) -> Response:
        if not self._buckets.drop(target.bucket):
            raise S3Error("BucketNotEmpty", 409, "The bucket you tried to delete is not empty.")
        return Response(204, b"", "")

    def _delete_many(self, target: _Target) -> Response:
        keys, quiet = s3xml.keys_to_delete(whole(target.request, target.signed, MOST_XML))
        for key in keys:
            self._buckets.delete(target.bucket, key)
        done: list[s3xml.Node] = [] if quiet else [("Deleted", [("Key", key)]) for key in keys]
        return Response(200, s3xml.document("DeleteResult", done), XML)

    def _put(self, target: _Target) -> Response:
        request = target.request
        if request.header("x-amz-copy-source"):
            return self._copy(target)
        if request.header("If-None-Match") == "*" and self._buckets.index.get(
            target.bucket, target.key
        ):
            raise S3Error("PreconditionFailed", 412, "The key exists already.")
        content_type, headers = kept_headers(request)
        body = checked_body(request, target.signed)
        row = self._buckets.put(target.bucket, target.key, body, content_type, headers)
        return Response(200, b"", "", headers={"ETag": f'"{row.etag}"'})

    def _copy(self, target: _Target) -> Response:
        source = decoded(target.request.header("x-amz-copy-source")).removeprefix("/")
        bucket, _, key = source.partition("/")
        opened = self._buckets.open(bucket, key) if key else None
        if opened is None:
            raise no_such_key()
        row, file = opened
        kept = row.content_type, row.headers
        if target.request.header("x-amz-metadata-directive").upper() == "REPLACE":
            kept = kept_headers(target.request)
        copy = self._buckets.put(target.bucket, target.key, blocks(file, row.size), *kept)
        children: list[s3xml.Node] = [
            ("LastModified", s3xml.iso_time(copy.modified_wall_ms)), ("ETag", f'"{copy.etag}"')
        ]  # fmt: skip
        return Response(200, s3xml.document("CopyObjectResult", children), XML)

    def _get(self, target: _Target) -> Response:
        opened = self._buckets.open(target.bucket, target.key)
        if opened is None:
            raise no_such_key()
        row, file = opened
        return object_response(row, file, target.request)

    def _delete(self, target: _Target) -> Response:
        self._buckets.delete(target.bucket, target.key)
        return Response(204, b"", "")

    def _begin(self, target: _Target) -> Response:
        content_type, headers = kept_headers(target.request)
        upload = Upload(secrets.token_urlsafe(24), target.bucket, target.key, content_type, headers)
        self._buckets.index.begin_upload(upload)
        children: list[s3xml.Node] = [
            ("Bucket", upload.bucket), ("Key", upload.key), ("UploadId", upload.upload_id)
        ]  # fmt: skip
        return Response(200, s3xml.document("InitiateMultipartUploadResult", children), XML)

    def _put_part(self, target: _Target) -> Response:
        upload = self._upload(target)
        number = target.request.query["partNumber"]
        if not (number.isascii() and number.isdigit() and 1 <= int(number[:6]) <= 10_000):
            raise S3Error("InvalidArgument", 400, "partNumber must be 1 to 10000.")
        part = self._buckets.put_part(
            upload, int(number), checked_body(target.request, target.signed)
        )
        return Response(200, b"", "", headers={"ETag": f'"{part.etag}"'})

    def _complete(self, target: _Target) -> Response:
        upload = self._upload(target)
        have = {
            (part.number, part.etag): part for part in self._buckets.index.parts(upload.upload_id)
        }
        wanted = s3xml.chosen_parts(whole(target.request, target.signed, MOST_XML))
        if [number for number, _etag in wanted] != sorted({number for number, _etag in wanted}):
            raise S3Error("InvalidPartOrder", 400, "The list of parts was not in ascending order.")
        if any(part not in have for part in wanted):
            raise S3Error("InvalidPart", 400, "One of the parts is missing or has another ETag.")
        row = self._buckets.complete(upload, [have[part] for part in wanted])
        children: list[s3xml.Node] = [
            ("Bucket", row.bucket), ("Key", row.key), ("ETag", f'"{row.etag}"')
        ]  # fmt: skip
        return Response(200, s3xml.document("CompleteMultipartUploadResult", children), XML)

    def _abort(self, target: _Target) -> Response:
        self._buckets.abort(self._upload(target))
        return Response(204, b"", "")

    def _upload(self, target: _Target) -> Upload:
        upload = self._buckets.index.upload(target.request.query.get("uploadId", ""))
        if upload is None or (upload.bucket, upload.key) != (target.bucket, target.key):
            raise S3Error("NoSuchUpload", 404, "The specified multipart upload does not exist.")
        return upload


def no_such_key() -> S3Error:
    return S3Error("NoSuchKey", 404, "The specified key does not exist.")
