"""From a storage configuration, or what a session froze of one, to a bucket that can be read."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from recorder.contract.vendors import VENDORS, endpoint_for
from recorder.errors import RecorderError
from recorder.models import RecordingSession, StorageConfig
from recorder.storage import errors
from recorder.storage.bucket import Bucket

AZURE = 5
# What S3 signatures name where the vendor has no regions of its own.
ANY_REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class Place:
    """Where files lie: everything of a storage but its keys."""

    vendor: int
    region: int | None
    bucket: str
    endpoint_url: str = ""
    extension_params: Mapping[str, Any] | None = None

    @property
    def endpoint(self) -> str:
        """The store's address: the configuration's own, else from the vendor's table, else ""."""
        if self.endpoint_url:
            return self.endpoint_url.rstrip("/")
        if host := (self.extension_params or {}).get("endpoint"):
            return f"https://{host}"
        return endpoint_for(self.vendor, self.region) or ""

    @property
    def region_id(self) -> str:
        vendor = VENDORS.get(self.vendor)
        region = vendor.region(self.region) if vendor else None
        return (region.vendor_region_id if region else None) or ANY_REGION

    @property
    def addressing(self) -> str:
        """boto3's word for where the bucket's name goes."""
        vendor = VENDORS.get(self.vendor)
        own = bool(self.endpoint_url) or (vendor is not None and vendor.endpoint_required)
        if own and _needs_path(self.endpoint):
            return "path"
        words = {"virtual": "virtual", "path": "path"}
        return words.get((vendor.addressing if vendor else None) or "", "path")


def bucket_for(source: StorageConfig | RecordingSession, *, writing: bool = False) -> Bucket:
    """The bucket of a configuration, or the one a session recorded into (frozen there).

    Reading uses the key for reading where one is set; `writing` the one given to the provider. A
    session's bucket is read with the keys its configuration has now. Raises StorageError when
    the settings make no bucket; nothing is sent yet.
    """
    config = source.storage_config if isinstance(source, RecordingSession) else source
    place = place_of(source)
    access_key, secret = config.access_key, config.secret_key
    if config.read_access_key and not writing:
        access_key, secret = config.read_access_key, config.read_secret_key
    if not (place.bucket and access_key and secret):
        raise errors.bad_settings(config.name, place.bucket)
    if place.vendor == AZURE:
        from recorder.storage.azure import AzureBucket

        return AzureBucket(
            place.bucket,
            endpoint=place.endpoint,
            account=access_key,
            account_key=secret.reveal(),
            label=config.name,
        )
    if not place.endpoint:
        raise errors.bad_settings(config.name, place.bucket)
    from recorder.storage.s3 import S3Bucket

    return S3Bucket(
        place.bucket,
        endpoint=place.endpoint,
        region=place.region_id,
        addressing=place.addressing,
        access_key=access_key,
        secret_key=secret.reveal(),
        label=config.name,
    )


def place_of(source: StorageConfig | RecordingSession) -> Place:
    """Where the files of a session lie, or where those of a new one would."""
    if isinstance(source, RecordingSession):
        frozen, config = source.storage, source.storage_config
        place = _place(frozen)
        here = (config.vendor, config.region, config.bucket)
        if (place.vendor, place.region, place.bucket) == here:
            # The same bucket: how it is reached is read from the present settings, as its keys are.
            return replace(place, endpoint_url=config.endpoint_url)
        return place
    return _place(source.frozen())


def _place(values: Mapping[str, Any]) -> Place:
    return Place(
        vendor=values["vendor"],
        region=values.get("region"),
        bucket=values["bucket"],
        endpoint_url=values.get("endpoint_url", ""),
        extension_params=values.get("extension_params"),
    )


def read_origin(source: StorageConfig | RecordingSession) -> str:
    """Scheme, host and port that browsers read signed addresses from, for the page's CSP.

    Empty where browsers read from us, or where settings or keys make no bucket.
    """
    config = source.storage_config if isinstance(source, RecordingSession) else source
    if config.delivery == StorageConfig.Delivery.PROXY:
        return ""
    try:
        return bucket_for(source).read_origin
    except RecorderError:
        return ""


def cors_rule(origin: str) -> list[dict[str, object]]:
    """The rule a bucket needs so that pages of `origin` may play from it, as S3 writes it."""
    return [
        {
            "AllowedOrigins": [origin],
            "AllowedMethods": ["GET", "HEAD"],
            "AllowedHeaders": ["Range"],
            "ExposeHeaders": ["Content-Length", "Content-Range"],
            "MaxAgeSeconds": 3600,
        }
    ]


def _needs_path(endpoint: str) -> bool:
    """A bucket's name cannot be put before an IP address, a lone host name or a path."""
    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or parts.path not in {"", "/"}
    return True
