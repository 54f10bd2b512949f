"""The pictures a recording may begin with: the service's, the saved ones, an earlier session's."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import F
from django.utils.translation import gettext as _

from recorder.contract.layouts import KINDS, PREDEFINED, Canvas, layout_from_wire
from recorder.contract.layouts import Layout as Picture
from recorder.contract.paths import value_at
from recorder.models import Layout, LayoutVersion, RecordingSession, User

WIDE = Canvas(1280, 720)  # what a predefined layout takes, having no size of its own
_NAMED = re.compile(r"(kind|version|session)-([0-9]{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Choice:
    """One picture. `version` is the saved one; without it the service's, or a session's own."""

    value: str
    label: str
    picture: Picture
    canvas: Canvas
    version: LayoutVersion | None = None

    @property
    def predefined(self) -> bool:
        return self.value.startswith("kind-")

    @property
    def group(self) -> str:
        """The heading that it stands under."""
        if self.predefined:
            return _("Predefined")
        return _("Saved") if self.value.startswith("version-") else _("Shown before")


def value_of(version: LayoutVersion) -> str:
    return f"version-{version.pk}"


def choices(user: User, wanted: Iterable[object] = ()) -> dict[str, Choice]:
    """All that is offered, by value: predefined ones first, then the saved ones by name.

    `wanted` are values that were offered before: an older version or an archived layout stays what
    it was for the form that shows it, and a recording's own picture can be used again.
    """
    offered = [*_predefined(), *_saved(user)]
    known = {choice.value for choice in offered}
    named = dict.fromkeys(str(value) for value in wanted)
    kept = [choice for value in named if value not in known and (choice := _kept(user, value))]
    return {choice.value: choice for choice in (*offered, *kept)}


def newest_of(user: User, layout: int) -> LayoutVersion | None:
    """The newest version of a saved layout."""
    every = LayoutVersion.objects.filter(layout__in=Layout.objects.visible_to(user))
    return every.filter(layout=layout, number=F("layout__version")).first()


def _predefined() -> Iterator[Choice]:
    for kind in PREDEFINED:
        yield Choice(f"kind-{kind}", _(KINDS[kind]), Picture(kind), WIDE)


def _saved(user: User) -> Iterator[Choice]:
    layouts = Layout.objects.visible_to(user).filter(archived_at=None)
    newest = LayoutVersion.objects.filter(layout__in=layouts, number=F("layout__version"))
    for version in newest.select_related("layout").order_by("layout__name"):
        if not _repeats(version):
            yield _of_version(version, version.layout.name)


def _repeats(version: LayoutVersion) -> bool:
    """Whether it is a predefined picture under that one's own name: it is offered already."""
    picture = version.parsed()
    name = KINDS[picture.kind]
    plain = picture.kind in PREDEFINED and picture == Picture(picture.kind)
    return plain and version.layout.name in {name, _(name)}


def _kept(user: User, value: str) -> Choice | None:
    found = _NAMED.fullmatch(value)
    if found and found[1] == "version":
        visible = LayoutVersion.objects.filter(layout__in=Layout.objects.visible_to(user))
        version = visible.filter(pk=int(found[2])).select_related("layout").first()
        return _of_version(version, str(version)) if version else None
    if found and found[1] == "session":
        session = RecordingSession.objects.visible_to(user).filter(pk=int(found[2])).first()
        return _of_session(session) if session else None
    return None


def _of_version(version: LayoutVersion, label: str) -> Choice:
    return Choice(value_of(version), label, version.parsed(), version.canvas, version)


def _of_session(session: RecordingSession) -> Choice | None:
    """The picture that a session was started with, where it was never saved as a layout."""
    asked = asked_of(session)
    if asked is None:
        return None
    label = _("As in session %(reference)s") % {"reference": session.reference}
    return Choice(f"session-{session.pk}", label, *asked)


def asked_of(session: RecordingSession) -> tuple[Picture, Canvas] | None:
    """Picture and canvas of a session's request; it may have been given another layout since."""
    config = value_at(session.request, "recordingConfig.transcodingConfig")
    if not isinstance(config, dict):
        return None
    try:
        return layout_from_wire(config), Canvas(int(config["width"]), int(config["height"]))
    except (ValueError, KeyError, TypeError):  # something only the service understands
        return None
