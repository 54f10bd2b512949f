"""What the commands other than `up` need and never make: each that is missing is one sentence."""

from django.conf import settings
from django.db import connection
from huey.contrib.djhuey import HUEY
from redis import RedisError

from recorder import tasks
from recorder.management.preparation import migrations_missing, sentences, static_collected
from recorder.management.refusal import refuse


def need_keys() -> None:
    missing: list[str] = settings.MISSING_KEYS
    if missing:
        names = " and ".join(missing)
        are = "are" if len(missing) > 1 else "is"
        refuse(
            f"{names} {are} not set, and {settings.KEYS_DIR} has no such file."
            f" Set {'them' if len(missing) > 1 else 'it'} in the environment"
            f" (also as NAME_FILE), or point DATA_DIR to a folder that `python3 manage.py up` made."
        )


def need_database() -> None:
    with sentences():
        if connection.vendor == "sqlite" and not settings.DATA_DIR.exists():
            refuse(
                f"The data folder {settings.DATA_DIR} does not exist: set DATA_DIR, or let"
                " `python3 manage.py up` make it."
            )
        if migrations_missing():
            refuse(
                "The database is not prepared for this version:"
                " run `python3 manage.py migrate` (or `up`, which does it by itself)."
            )


def need_static() -> None:
    if not static_collected():
        refuse(
            f"The static files are not in {settings.STATIC_ROOT}:"
            " run `python3 manage.py collectstatic` (or `up`, which does it by itself)."
        )


def need_queue() -> None:
    """Prepare the queue, and ask it something: a Redis is only met when it is asked."""
    with sentences():
        tasks.prepare_queue()
    try:
        HUEY.storage.queue_size()
    except RedisError as error:
        first_line = str(error).strip().partition("\n")[0].rstrip(".")
        refuse(f"The queue that QUEUE_URL names does not answer: {first_line}.")
