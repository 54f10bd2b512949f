"""Names that only one row may have, also when two people save at the same moment."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from recorder.errors import RecorderError


class NameTaken(RecorderError):
    """Another row got this name since it was looked for. Nothing was changed."""

    def __init__(self) -> None:
        super().__init__(_("Somebody else has just used this name. Choose another one."))


@contextmanager
def name_once(row: models.Model, name: str) -> Iterator[None]:
    """All or nothing of what is saved inside. Raises NameTaken in place of the database's error."""
    rows = type(row)._default_manager
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if rows.filter(name=name).exclude(pk=row.pk).exists():
            raise NameTaken from error
        raise
