"""Rows that point at a running sandbox. They are not saved: the caller decides."""

import uuid

from recorder.models import Project, Secret, StorageConfig


def storage_for(sandbox, **changes) -> StorageConfig:
    """A storage of its own in the sandbox's buckets: another bucket each time."""
    values = {
        "name": f"Storage {uuid.uuid4().hex[:8]}",
        "vendor": 11,
        "bucket": f"bucket-{uuid.uuid4().hex[:8]}",
        "access_key": sandbox.access_key,
        "secret_key": Secret.of(sandbox.secret_key),
        "extension_params": {"endpoint": "127.0.0.1"},
        "endpoint_url": f"{sandbox.url}/s3",
    }
    return StorageConfig(**values | changes)


def project_for(sandbox, **changes) -> Project:
    values = {
        "name": f"Project {uuid.uuid4().hex[:8]}",
        "provider": "sandbox",
        "base_url": sandbox.url,
        "app_id": sandbox.app_id,
        "customer_id": sandbox.customer_id,
        "customer_secret": Secret.of(sandbox.customer_secret),
        "requests_per_second": 1000,
    }
    return Project(**values | changes)
