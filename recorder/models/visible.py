"""The door through which pages and API find rows."""

from typing import Self, TypeVar

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models

Row = TypeVar("Row", bound=models.Model, covariant=True)


class VisibleQuerySet(models.QuerySet[Row]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """What this user may see: everything, once signed in. Roles will narrow it here."""
        return self if user.is_authenticated else self.none()
