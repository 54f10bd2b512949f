"""The starter set of layouts as rows."""

from typing import TYPE_CHECKING

from django.db import transaction

from recorder.contract.starter_layouts import STARTERS
from recorder.models.audit import record
from recorder.models.layout import Layout
from recorder.models.names import NameTaken, name_once

if TYPE_CHECKING:
    from recorder.models.user import User


@transaction.atomic
def add_starters(*, by: "User | None") -> list[Layout]:
    """Add those of the set whose name no layout has, archived ones counted; gives what was added.

    Asking again adds nothing twice, and leaves alone what people made of them.
    """
    taken = set(Layout.objects.values_list("name", flat=True))
    added = []
    for starter in STARTERS:
        if starter.name in taken:
            continue
        try:
            with name_once(Layout(), starter.name):
                layout = Layout.create(
                    starter.name, starter.canvas, starter.layout, by=by, tags=starter.tags
                )
        except NameTaken:
            continue  # somebody else adds the set at this moment
        if by:
            record("layout.create", layout, by=by, name=layout.name, version=layout.version)
        added.append(layout)
    return added


def missing_starters() -> int:
    """How many of the set are not there under their name."""
    names = [starter.name for starter in STARTERS]
    return len(names) - Layout.objects.filter(name__in=names).count()
