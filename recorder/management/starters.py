"""What a new Reelroom begins with: the first admin, some layouts, the sandbox's two rows."""

import secrets
from collections.abc import Mapping
from pathlib import Path

from django.db import transaction

from recorder.contract.layouts import (
    BEST_FIT,
    CUSTOM,
    FLOATING,
    UNIT,
    VERTICAL,
    Canvas,
    Region,
)
from recorder.contract.layouts import Layout as Picture
from recorder.contract.states import ProviderName
from recorder.management.folder import first_password_file, replace
from recorder.models import Layout, Project, Secret, StorageConfig, User

ADMIN = "admin"
SELF_BUILT_S3 = 11
WIDE, TALL = Canvas(1280, 720), Canvas(720, 1280)
QUARTER, HALF = UNIT // 4, UNIT // 2

WHOLE = Region(0, 0, UNIT, UNIT)
LAYOUTS: Mapping[str, tuple[Canvas, Picture]] = {
    "One person": (WIDE, Picture(CUSTOM, (WHOLE,))),
    "Two side by side": (
        WIDE,
        Picture(CUSTOM, (Region(0, 0, HALF, UNIT), Region(HALF, 0, HALF, UNIT))),
    ),
    "Two, one above the other": (
        TALL,
        Picture(CUSTOM, (Region(0, 0, UNIT, HALF), Region(0, HALF, UNIT, HALF))),
    ),
    "Speaker and a corner": (
        WIDE,
        Picture(CUSTOM, (WHOLE, Region(720_000, 711_111, QUARTER, QUARTER))),
    ),
    "Speaker and two beside": (
        WIDE,
        Picture(
            CUSTOM,
            (
                Region(0, 0, 3 * QUARTER, UNIT),
                Region(3 * QUARTER, 0, QUARTER, HALF),
                Region(3 * QUARTER, HALF, QUARTER, HALF),
            ),
        ),
    ),
    "Four in a grid": (
        WIDE,
        Picture(
            CUSTOM,
            tuple(Region(x, y, HALF, HALF) for y in (0, HALF) for x in (0, HALF)),
        ),
    ),
    "Floating": (TALL, Picture(FLOATING)),
    "Best fit": (WIDE, Picture(BEST_FIT)),
    "Vertical": (WIDE, Picture(VERTICAL)),
}


@transaction.atomic
def make_first_rows(folder: Path) -> None:
    """For a new house: the admin, with a password for the Ready line, and some layouts."""
    if User.objects.exists():
        return
    password = secrets.token_urlsafe(12)
    replace(first_password_file(folder), password)
    User.objects.create_superuser(ADMIN, password=password)
    for name, (canvas, picture) in LAYOUTS.items():
        Layout.create(name, canvas, picture, by=None)


@transaction.atomic
def provide_sandbox(values: Mapping[str, str], port: int, delivery: str) -> Project:
    """A project and a storage for the sandbox, at the port it has now.

    `values` are its SANDBOX_* credentials, by which its rows are found again whatever people called
    them. Their other settings stay as people left them. Returns the project, to which the sandbox
    sends its callbacks.
    """
    origin = f"http://127.0.0.1:{port}"
    project = Project.objects.filter(
        provider=ProviderName.SANDBOX, app_id=values["SANDBOX_APP_ID"]
    ).first()
    if project is None:
        project = Project.objects.create(
            name=free_name(Project, "Sandbox"),
            provider=ProviderName.SANDBOX,
            base_url=origin,
            app_id=values["SANDBOX_APP_ID"],
            customer_id=values["SANDBOX_CUSTOMER_ID"],
            customer_secret=values["SANDBOX_CUSTOMER_SECRET"],
            app_certificate=values.get("SANDBOX_APP_CERTIFICATE", ""),
            callback_secret=values["SANDBOX_CALLBACK_SECRET"],
        )
    else:
        bring_up_to_date(project, base_url=origin)
        if not project.callback_secret:  # made before there was one
            bring_up_to_date(project, callback_secret=Secret.of(values["SANDBOX_CALLBACK_SECRET"]))

    storage = StorageConfig.objects.filter(
        vendor=SELF_BUILT_S3, access_key=values["SANDBOX_ACCESS_KEY"]
    ).first()
    if storage is None:
        StorageConfig.objects.create(
            name=free_name(StorageConfig, "Sandbox storage"),
            vendor=SELF_BUILT_S3,
            bucket="recordings",
            access_key=values["SANDBOX_ACCESS_KEY"],
            secret_key=values["SANDBOX_SECRET_KEY"],
            extension_params={"endpoint": "127.0.0.1"},
            endpoint_url=f"{origin}/s3",
            delivery=delivery,
        )
    else:
        bring_up_to_date(storage, endpoint_url=f"{origin}/s3", delivery=delivery)
    return project


def bring_up_to_date(row: Project | StorageConfig, **fields: str | Secret) -> None:
    """Save what differs; a start that changes nothing writes nothing."""
    changed = [name for name, value in fields.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, fields[name])
    if changed:
        row.save(update_fields=[*changed, "changed_at"])


def free_name(model: type[Project] | type[StorageConfig], name: str) -> str:
    """`name`, or `name 2` and so on when somebody has used it."""
    taken = set(model.objects.filter(name__startswith=name).values_list("name", flat=True))
    numbered = (f"{name} {number}" for number in range(2, len(taken) + 3))
    return next(each for each in (name, *numbered) if each not in taken)
