"""Azure's containers behind the same interface as S3 buckets; read over signed addresses."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import requests

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
    from azure.storage.blob import ContainerClient

CHUNK = 65_536  # bytes
TIMEOUT = (3, 10)  # seconds to connect, to read


class AzureBucket:
    """One container behind one account key (see bucket.Bucket)."""

    def __init__(self, name: str, *, endpoint: str, account: str, account_key: str, label: str):
        self.name = name
        self.label = label
        self.account = account
        self.account_key = account_key
        self.endpoint = (endpoint or f"https://{account}.blob.core.windows.net").rstrip("/")
        with self._failures_explained():
            self.client = _client(self.endpoint, name, account, account_key)
        origin = urlsplit(self.endpoint)
        self.read_origin = f"{origin.scheme}://{origin.netloc}"

    def list(self, prefix: str, limit: int = MAX_LISTED) -> Iterator[StoredFile]:
        with self._failures_explained():
            rows = self.client.list_blobs(
                name_starts_with=prefix, results_per_page=min(limit, 1000)
            )
            for _count, row in zip(range(limit), rows, strict=False):
                yield StoredFile(row.name, row.size, row.last_modified)

    def head(self, key: str) -> StoredFile | None:
        try:
            with self._failures_explained():
                row = self.client.get_blob_client(key).get_blob_properties()
        except errors.NoSuchFile:
            return None
        return StoredFile(key, row.size, row.last_modified)

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
        headers = {"Accept-Encoding": "identity"}
        if byte_range:
            headers["Range"] = str(self._without_suffix(key, byte_range))
        with self._failures_explained():
            answer = requests.get(
                self.sign(key),
                headers=headers,
                timeout=TIMEOUT,
                stream=True,
                allow_redirects=False,
            )
        if answer.status_code not in {200, 206}:
            code = answer.headers.get("x-ms-error-code", "")
            answer.close()
            raise errors.refused(self.label, self.name, code, answer.status_code)
        return Stream(
            answer.iter_content(CHUNK),
            length=int(answer.headers.get("Content-Length", 0)),
            content_range=answer.headers.get("Content-Range", ""),
            close=answer.close,
        )

    def _without_suffix(self, key: str, byte_range: ByteRange) -> ByteRange:
        """Azure knows no "the last n bytes": count from the start instead."""
        if byte_range.first >= 0:
            return byte_range
        found = self.head(key)
        return ByteRange(max(0, found.size + byte_range.first)) if found else ByteRange(0)

    def sign(self, key: str, *, expires: int = SIGNED_FOR, download_as: str = "") -> str:
        from azure.storage.blob import BlobSasPermissions, generate_blob_sas

        with self._failures_explained():
            signature = generate_blob_sas(
                self.account,
                self.name,
                key,
                account_key=self.account_key,
                permission=BlobSasPermissions(read=True),
                expiry=datetime.now(UTC) + timedelta(seconds=expires),
                content_type=content_type(key),
                content_disposition=attachment(download_as) if download_as else None,
            )
        return f"{self.endpoint}/{self.name}/{quote(key)}?{signature}"

    def write(self, key: str, content: bytes) -> None:
        with self._failures_explained():
            self.client.upload_blob(key, content, overwrite=True)

    def delete(self, key: str) -> None:
        with self._failures_explained():
            self.client.delete_blob(key)

    @contextmanager
    def _failures_explained(self) -> Iterator[None]:
        """The one point where a failure of the Azure client becomes one of ours."""
        from azure.core import exceptions as azure

        try:
            yield
        except (ElementTree.ParseError, azure.DecodeError) as error:
            raise errors.not_a_store(self.label) from error
        except azure.HttpResponseError as error:
            code = getattr(error, "error_code", None)
            raise errors.refused(
                self.label, self.name, getattr(code, "value", code) or "", error.status_code
            ) from error
        except (azure.AzureError, requests.RequestException) as error:
            raise errors.unreachable(self.label) from error
        except ValueError as error:
            raise errors.bad_settings(self.label, self.name) from error


@lru_cache(maxsize=32)
def _client(endpoint: str, container: str, account: str, account_key: str) -> "ContainerClient":
    from azure.core.credentials import AzureNamedKeyCredential
    from azure.storage.blob import ContainerClient, LinearRetry

    options: dict[str, Any] = {
        "connection_timeout": TIMEOUT[0],
        "read_timeout": TIMEOUT[1],
        "retry_policy": LinearRetry(backoff=1, retry_total=1),  # its own waits 15 s at first
    }
    return ContainerClient(
        endpoint, container, credential=AzureNamedKeyCredential(account, account_key), **options
    )
