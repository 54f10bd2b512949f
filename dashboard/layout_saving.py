"""Saving a layout, for the form of numbers and for the editor: one way, two doors."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recorder.contract.layout_documents import whole_wire
from recorder.contract.layouts import Canvas
from recorder.errors import RecorderError
from recorder.models import Layout, User
from recorder.models.audit import record
from recorder.models.layout import MAX_TAGS, TAG_LENGTH, tags_in
from recorder.models.names import name_once

NAME_LENGTH = 80
RENAMED = gettext_lazy(
    "Somebody else named this layout “%(name)s” while you were editing. Save again to name it so."
)
NAME_TAKEN = gettext_lazy("There is a layout of this name, perhaps an archived one.")


class WrongName(RecorderError):
    """This name cannot be given. `code`: renamed (by somebody else, meanwhile) or unique."""

    def __init__(self, sentence: str, code: str):
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be saved. `seen`: the version the editor started from, 0 for a new layout."""

    name: str
    tags: list[str]
    canvas: Canvas
    wire: Mapping[str, object]
    seen: int


def settled_name(layout: Layout | None, name: str, began: str) -> str:
    """The name to save under. `began` is the one the editor found; raises WrongName.

    Somebody else's new name stays, unless this editor renames the layout too.
    """
    if layout and began and layout.name not in (began, name):
        if name == began:
            return layout.name
        raise WrongName(RENAMED % {"name": layout.name}, "renamed")
    others = Layout.objects.filter(name=name)
    if (others.exclude(pk=layout.pk) if layout else others).exists():
        raise WrongName(str(NAME_TAKEN), "unique")
    return name


def save(layout: Layout | None, draft: Draft, *, by: User) -> tuple[Layout, bool]:
    """The layout with its newest version, and whether anything was new.

    Raises LayoutChangedMeanwhile and NameTaken; nothing is changed then.
    """
    if layout is None:
        with name_once(Layout(), draft.name):
            made = Layout.create(draft.name, draft.canvas, draft.wire, by=by, tags=draft.tags)
            record("layout.create", made, by=by, name=made.name, version=made.version)
        return made, True
    newest = layout.latest
    new_picture = (newest.canvas, newest.wire) != (draft.canvas, whole_wire(draft.wire))
    if not new_picture and (layout.name, layout.tags) == (draft.name, draft.tags):
        return layout, False
    with name_once(layout, draft.name), transaction.atomic():
        if new_picture:
            layout.add_version(draft.canvas, draft.wire, by=by, seen=draft.seen)
        layout.name, layout.tags = draft.name, draft.tags
        layout.save(update_fields=["name", "tags", "changed_at"])
        record("layout.update", layout, by=by, name=layout.name, version=layout.version)
    return layout, True


def free_name(name: str) -> str:
    """A name for a copy that no layout has."""
    taken = set(Layout.objects.values_list("name", flat=True))
    stem = name[:60]
    first = _("%(name)s (copy)") % {"name": stem}
    numbered = (
        _("%(name)s (copy %(number)s)") % {"name": stem, "number": number}
        for number in range(2, len(taken) + 3)
    )
    return next(each for each in (first, *numbered) if each not in taken)


def clean_tags(text: str) -> list[str]:
    """The tags in a text, with commas between; ValueError with a sentence."""
    try:
        return tags_in(text)
    except ValueError as error:
        sentence = _("At most %(count)s tags of %(length)s letters each, with commas between.")
        raise ValueError(sentence % {"count": MAX_TAGS, "length": TAG_LENGTH}) from error
