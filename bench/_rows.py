"""A project and a storage for benchmarks. Django must have been set up."""

from typing import Any

NOWHERE = "http://127.0.0.1:9"


def make_project(address: str = NOWHERE, **fields: Any) -> Any:
    """Saved. Its pace is high: at ten calls a second the pace alone would be measured."""
    from recorder.models import Project

    return Project.objects.create(
        name="bench",
        provider="sandbox",
        base_url=address,
        app_id="a" * 32,
        customer_id="bench",
        customer_secret="bench secret",  # noqa: S106
        requests_per_second=1000,
        **fields,
    )


def make_storage() -> Any:
    """Saved. Its bucket answers nobody."""
    from recorder.models import StorageConfig

    return StorageConfig.objects.create(
        name="bench",
        vendor=11,
        bucket="recordings",
        access_key="AK",
        secret_key="bench secret",  # noqa: S106
        endpoint_url=NOWHERE,
        extension_params={"endpoint": "127.0.0.1"},
    )
