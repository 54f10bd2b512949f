"""The editor's door: a layout saved as JSON (POST to the addresses of the form of numbers)."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from dashboard.json_bodies import json_body, refused, told
from dashboard.layout_saving import NAME_LENGTH, Draft, WrongName, clean_tags, free_name, save
from dashboard.layout_saving import settled_name as settled
from dashboard.people import user_of
from recorder.contract.layout_documents import document_of, problems_of, size_of, wire_of
from recorder.contract.layouts import Canvas
from recorder.contract.problems import Problem, errors
from recorder.models import Layout, LayoutChangedMeanwhile
from recorder.models.names import NameTaken

CONFLICT = 409


def save_document(request: HttpRequest, layout: Layout | None) -> HttpResponse:
    """Save what the editor sent. Raises json_bodies.Refusal for what is wrong with it."""
    body = json_body(request)
    if body.get("copy") is True:
        layout = None
    canvas, wire, warnings = read_document(body.get("document"), more=_wrong_words(body))
    name = _name(body, layout)
    draft = Draft(name, _tags(body), canvas, wire, _seen(body))
    try:
        saved, changed = save(layout, draft, by=user_of(request))
    except LayoutChangedMeanwhile as error:
        return JsonResponse({"message": str(error), "conflict": _newest(layout)}, status=CONFLICT)
    except NameTaken as error:
        raise refused([Problem("layout.name", "name", str(error))]) from error
    said = _("“%(name)s” was saved as version %(number)s.")
    return JsonResponse(
        {
            "id": saved.pk,
            "url": reverse("layout_edit", args=[saved.pk]),
            "version": saved.version,
            "name": saved.name,
            "tags": saved.tags,
            "changed": changed,
            "message": said % {"name": saved.name, "number": saved.version}
            if changed
            else _("Nothing was changed, so there is no new version."),
            "problems": told(warnings),
        }
    )


def read_document(
    document: object, *, more: list[Problem] | None = None
) -> tuple[Canvas, dict[str, object], list[Problem]]:
    """Canvas, picture and warnings of a document. Raises Refusal with everything that is wrong."""
    found = list(more or [])
    if not isinstance(document, dict):
        found.append(Problem("json.shape", "document", _("The layout is missing.")))
        raise refused(found)
    canvas, wrong_size = size_of(document)
    wire = wire_of(document)
    found += [*wrong_size, *problems_of(wire, canvas)]
    if canvas is None or errors(found):
        raise refused(found)
    return canvas, wire, found


def _wrong_words(body: dict[str, Any]) -> list[Problem]:
    """What can be said of name and tags without asking for other layouts."""
    found = []
    name = body.get("name")
    if not isinstance(name, str) or not name.strip():
        found.append(Problem("layout.name", "name", _("A layout needs a name.")))
    elif len(name.strip()) > NAME_LENGTH:
        sentence = _("A name has at most %(count)s letters.") % {"count": NAME_LENGTH}
        found.append(Problem("layout.name", "name", sentence))
    try:
        _tags(body)
    except ValueError as error:
        found.append(Problem("layout.tags", "tags", str(error)))
    return found


def _tags(body: dict[str, Any]) -> list[str]:
    """A list of words, or one text with commas."""
    tags = body.get("tags", [])
    listed = tags if isinstance(tags, list) else [tags]
    if not all(isinstance(tag, str) for tag in listed):
        raise ValueError(_("Tags are texts."))
    return clean_tags(",".join(listed))


def _name(body: dict[str, Any], layout: Layout | None) -> str:
    name, began = body["name"].strip(), body.get("named")
    try:
        return settled(layout, name, began if isinstance(began, str) else "")
    except WrongName as error:
        if body.get("copy") is True:
            return free_name(name)
        raise refused([Problem(f"layout.name.{error.code}", "name", str(error))]) from error


def _seen(body: dict[str, Any]) -> int:
    """The version that was seen; 0, which nobody has seen, for anything else."""
    seen = body.get("seen")
    return seen if type(seen) is int and 0 < seen < 2**31 else 0


def _newest(layout: Layout | None) -> dict[str, object]:
    """What somebody else saved first."""
    if layout is None:
        return {}
    layout.refresh_from_db()
    theirs = layout.latest
    return {
        "number": theirs.number,
        "by": str(theirs.created_by or ""),
        "at": theirs.created_at.isoformat(),
        "name": layout.name,
        "document": document_of(theirs.wire, theirs.canvas),
        "wire": theirs.wire,
    }
