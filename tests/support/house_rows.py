"""`python -m tests.support.house_rows SANDBOX_PORT`: what a new house begins with, in a process of
its own: keys, database, admin, the sandbox's project and storage. Prints {"token", "project"}."""

import json
import os
import sys
from pathlib import Path


def make(sandbox_port: int) -> dict[str, object]:
    from django.conf import settings
    from django.core.management import call_command

    from recorder.management import folder, preparation, starters
    from recorder.models import ApiToken, StorageConfig, User

    house = Path(settings.DATA_DIR)
    call_command("migrate", verbosity=0, interactive=False)
    preparation.without_pages(house)
    starters.make_first_rows(house)
    values, delivery = folder.sandbox_values(house), StorageConfig.Delivery.SIGNED
    project = starters.provide_sandbox(values, sandbox_port, delivery)
    _row, plain = ApiToken.objects.create(user=User.objects.get(), name="tests")
    return {"token": plain, "project": project.pk}


if __name__ == "__main__":
    import django

    from recorder.management.folder import make_keys

    make_keys(Path(os.environ["DATA_DIR"]))  # which the settings read
    django.setup()
    sys.stdout.write(json.dumps(make(int(sys.argv[1]))))
