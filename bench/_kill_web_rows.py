"""`python -m bench._kill_web_rows make|read`: the rows of a campaign, and what became of them."""

import json
import sys


def make() -> None:
    from django.core.management import call_command

    from bench._callbacks import SECRET, session_rows
    from bench._rows import make_project, make_storage
    from recorder.models import RecordingSession

    call_command("migrate", verbosity=0)
    project, storage = make_project(callback_secret=SECRET), make_storage()
    sids = [f"{number:032x}" for number in range(1000)]
    RecordingSession.objects.bulk_create(session_rows(project, storage, sids))
    print(project.pk)


def read() -> None:
    from recorder.lifecycle.hear import hear_due
    from recorder.models import Notice, RecordingSession

    while hear_due():
        pass
    told = RecordingSession.objects.filter(notices__isnull=False)
    print(
        json.dumps(
            {
                "ids": list(Notice.objects.values_list("notice_id", flat=True)),
                "late": Notice.objects.filter(folded_at=None).count(),
                "states": sorted(set(told.values_list("status", "upload"))),
            }
        )
    )


if __name__ == "__main__":
    import django

    django.setup()
    {"make": make, "read": read}[sys.argv[1]]()
