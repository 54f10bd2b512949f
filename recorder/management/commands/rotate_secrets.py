"""`rotate_secrets`: re-encrypts every secret with the newest key."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import models

from recorder.management import needs, preparation
from recorder.management.refusal import refuse
from recorder.models import SecretField, UnreadableSecret

BATCH = 200


class Command(BaseCommand):
    help = (
        "Re-encrypts every secret with the first of FIELD_ENCRYPTION_KEYS."
        " Put a new key in front, restart, run this, then the old keys can go."
    )
    requires_system_checks = ()

    def handle(self, **_: Any) -> None:
        needs.need_keys()
        needs.need_database()
        with preparation.sentences():
            done = sum(rotate(model, field) for model, field in secret_fields())
        self.stdout.write(f"Secrets now encrypted with the newest key: {done}.")


def secret_fields() -> Iterator[tuple[type[models.Model], str]]:
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, SecretField):
                yield model, field.attname


def rotate(model: type[models.Model], name: str) -> int:
    """Re-encrypt one column; returns how many rows had a secret in it.

    Each row is written only if it still holds what was read: a secret that a person changes
    meanwhile is newer, and encrypted with the newest key already.
    """
    rows = model._default_manager.exclude(**{name: ""}).values_list("pk", name)
    done = 0
    for pk, secret in rows.iterator(chunk_size=BATCH):
        try:
            rotated = secret.rotated()
        except UnreadableSecret as error:
            refuse(f"{model._meta.verbose_name} {pk}: {error} {done} others were rotated.")
        model._default_manager.filter(pk=pk, **{name: secret}).update(**{name: rotated})
        done += 1
    return done
