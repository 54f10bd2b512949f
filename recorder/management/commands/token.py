"""`token USER --name NAME`: a new token for the REST API."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from recorder.management import needs, preparation
from recorder.management.refusal import refuse
from recorder.models import ApiToken, User
from recorder.models.audit import record


class Command(BaseCommand):
    help = "Prints a new API token, once: only its digest is kept."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", help="user name the token acts as")
        parser.add_argument("--name", required=True, help="what the token is for")

    def handle(self, *, user: str, name: str, **_: Any) -> None:
        needs.need_keys()
        needs.need_database()
        name = name.strip()
        most = ApiToken._meta.get_field("name").max_length or 0
        if not 1 <= len(name) <= most:
            refuse(f"--name must be 1 to {most} characters that say what the token is for.")
        with preparation.sentences(), transaction.atomic():
            owner = User.objects.filter(username=user, is_active=True).first()
            if owner is None:
                refuse(f"There is no active user named {user}.")
            _, plain = ApiToken.objects.create(user=owner, name=name)
            record("token.create", owner, by=None, name=name)
        self.stdout.write(plain)
