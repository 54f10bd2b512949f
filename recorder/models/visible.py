"""The door through which pages and API find rows."""

from typing import Self, TypeVar

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import F

Row = TypeVar("Row", bound=models.Model, covariant=True)


class VisibleQuerySet(models.QuerySet[Row]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """What this user may see: everything, once signed in. Roles will narrow it here."""
        return self if user.is_authenticated else self.none()

    def of_projects(self, *ids: int) -> Self:
        """Those of these projects, where something else leads to few rows: written so that no index
        is used for it. Without statistics, as SQLite is here, it would rather read all that a
        project has ever recorded or heard."""
        return self.alias(of_project=F("project_id") + 0).filter(of_project__in=ids)
