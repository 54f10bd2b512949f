"""`python -m bench._live_rows ADDRESS COUNT`: live sessions at a provider, none of them due yet."""

import sys


def main(address: str, count: int) -> None:
    import django

    django.setup()
    from django.utils import timezone

    from recorder.contract.states import Status
    from recorder.models import Project, RecordingSession, StorageConfig

    project = Project.objects.create(
        name="bench",
        provider="sandbox",
        base_url=address,
        app_id="a" * 32,
        customer_id="bench",
        customer_secret="bench secret",  # noqa: S106
        requests_per_second=1000,
    )
    storage = StorageConfig.objects.create(
        name="bench",
        vendor=11,
        bucket="recordings",
        access_key="AK",
        secret_key="bench secret",  # noqa: S106
        endpoint_url="http://127.0.0.1:9",
        extension_params={"endpoint": "127.0.0.1"},
    )
    now = timezone.now()
    RecordingSession.objects.bulk_create(
        RecordingSession(
            reference=f"bench{number:07}",
            project=project,
            storage_config=storage,
            mode="mix",
            cname=f"room {number}",
            uid="527841",
            status=Status.RECORDING,
            resource_id="r" * 250,
            sid=f"{number:032x}",
            requested_at=now,
            acquired_at=now,
            start_sent_at=now,
            recording_at=now,
            request={},
            acquire_request={},
            storage=storage.frozen(),
        )
        for number in range(count)
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
