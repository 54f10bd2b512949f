"""Buckets that speak S3: every vendor but Azure. boto3 costs start time, so it is imported late."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from recorder.storage import errors
from recorder.storage.bucket import (
    MAX_LISTED,
    SIGNED_FOR,
    ByteRange,
    StoredFile,
    Stream,
    attachment,
    content_type,
)

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CHUNK = 65_536  # bytes


class S3Bucket:
    """One bucket behind one key (see bucket.Bucket)."""

    def __init__(
        self,
        name: str,
        *,
        endpoint: str,
        region: str,
        addressing: str,
        access_key: str,
        secret_key: str,
        label: str,
    ):
        self.name = name
        self.label = label  # of the storage, for messages
        with self._failures_explained():
            self.client = _client(endpoint, region, addressing, access_key, secret_key)
            origin = urlsplit(self.sign("-"))
        self.read_origin = f"{origin.scheme}://{origin.netloc}"

    def list(self, prefix: str, limit: int = MAX_LISTED) -> Iterator[StoredFile]:
        with self._failures_explained():
            pages = self.client.get_paginator("list_objects_v2").paginate(
                Bucket=self.name,
                Prefix=prefix,
                PaginationConfig={"MaxItems": limit, "PageSize": min(limit, 1000)},
            )
            for page in pages:
                if "IsTruncated" not in page and "Name" not in page:
                    raise errors.not_a_store(self.label)  # boto3 takes any page for an empty list
                for row in page.get("Contents", ()):
                    yield StoredFile(row["Key"], row["Size"], row.get("LastModified"))

    def head(self, key: str) -> StoredFile | None:
        try:
            with self._failures_explained():
                row = self.client.head_object(Bucket=self.name, Key=key)
        except errors.NoSuchFile:
            return None
        return StoredFile(key, row["ContentLength"], row.get("LastModified"))

    def read(self, key: str, max_bytes: int) -> bytes:
        stream = self.open(key)
        try:
            if stream.length > max_bytes:
                raise errors.too_large(stream.length)
            with self._failures_explained():
                return b"".join(stream)
        finally:
            stream.close()

    def open(self, key: str, byte_range: ByteRange | None = None) -> Stream:
        wanted: Any = {"Range": str(byte_range)} if byte_range else {}
        with self._failures_explained():
            answer = self.client.get_object(Bucket=self.name, Key=key, **wanted)
        body = answer["Body"]
        return Stream(
            body.iter_chunks(CHUNK),
            length=answer["ContentLength"],
            content_range=answer.get("ContentRange", ""),
            close=body.close,
        )

    def sign(self, key: str, *, expires: int = SIGNED_FOR, download_as: str = "") -> str:
        parameters = {
            "Bucket": self.name,
            "Key": key,
            "ResponseContentType": content_type(key),
        }
        if download_as:
            parameters["ResponseContentDisposition"] = attachment(download_as)
        return self.client.generate_presigned_url(
            "get_object", Params=parameters, ExpiresIn=expires
        )

    def write(self, key: str, content: bytes) -> None:
        with self._failures_explained():
            self.client.put_object(Bucket=self.name, Key=key, Body=content)

    def delete(self, key: str) -> None:
        with self._failures_explained():
            self.client.delete_object(Bucket=self.name, Key=key)

    @contextmanager
    def _failures_explained(self) -> Iterator[None]:
        """The one point where a failure of boto3 becomes one of ours."""
        from botocore.exceptions import BotoCoreError, ClientError
        from botocore.parsers import ResponseParserError

        try:
            yield
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
            raise errors.refused(self.label, self.name, code, status) from error
        except ResponseParserError as error:
            raise errors.not_a_store(self.label) from error
        except (BotoCoreError, ValueError) as error:
            raise _not_sent_or_lost(error, self.label, self.name) from error


def _not_sent_or_lost(error: Exception, label: str, bucket: str) -> errors.StorageError:
    from botocore.exceptions import ConnectionError, HTTPClientError, IncompleteReadError

    if isinstance(error, ConnectionError | HTTPClientError | IncompleteReadError):
        return errors.unreachable(label)
    return errors.bad_settings(label, bucket)


@lru_cache(maxsize=32)
def _client(
    endpoint: str, region: str, addressing: str, access_key: str, secret_key: str
) -> "S3Client":
    """Making one takes 50 ms, so a key keeps its client. Clients may be shared by threads."""
    import boto3
    from botocore.config import Config

    config = Config(
        signature_version="s3v4",
        s3={"addressing_style": addressing},  # type: ignore[arg-type]
        connect_timeout=3,
        read_timeout=10,
        retries={"total_max_attempts": 2, "mode": "standard"},
        # Checksums in trailers are Amazon's own; other vendors refuse or store them.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    session = boto3.session.Session(
        aws_access_key_id=access_key, aws_secret_access_key=secret_key, region_name=region
    )
    return session.client("s3", endpoint_url=endpoint, config=config)
