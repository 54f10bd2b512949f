"""`python -m bench._live_rows ADDRESS COUNT`: live sessions at a provider, none of them due yet."""

import sys

from bench._rows import make_project, make_storage


def main(address: str, count: int) -> None:
    import django

    django.setup()
    from django.utils import timezone

    from recorder.contract.states import Status
    from recorder.models import RecordingSession

    project, storage = make_project(address), make_storage()
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
