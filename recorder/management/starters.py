"""What a new Reelroom begins with: the first admin, some layouts, the sandbox's two rows."""

import secrets
from collections.abc import Mapping
from pathlib import Path

from django.db import transaction

from recorder.contract.states import ProviderName
from recorder.management.folder import first_password_file, replace
from recorder.models import Project, Secret, StorageConfig, User
from recorder.models.starters import add_starters

ADMIN = "admin"
SELF_BUILT_S3 = 11


@transaction.atomic
def make_first_rows(folder: Path) -> None:
    """For a new house: the admin, with a password for the Ready line, and some layouts."""
    if User.objects.exists():
        return
    password = secrets.token_urlsafe(12)
    replace(first_password_file(folder), password)
    User.objects.create_superuser(ADMIN, password=password)
    add_starters(by=None)


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
