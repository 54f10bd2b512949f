"""What the start form begins with: an earlier session's request, and what the address asks for."""

from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext as _

from dashboard.forms.flat import Body, leaves
from dashboard.forms.start_fields import (
    AS_LAYOUT,
    BITRATE,
    CHANNEL_TYPE,
    CUSTOM_SIZE,
    FILE_TYPES,
    FPS,
    FRAMES,
    HEIGHT,
    ROOT,
    SIZES,
    WIDTH,
    size_value,
)
from dashboard.forms.start_forms import FORMS, mode_in
from dashboard.forms.start_individual import BOTH, RECORDINGS, SCREENSHOTS
from dashboard.forms.start_layouts import asked_of, choices, newest_of, value_of
from dashboard.forms.start_web import EXTENSION, PARAM, SERVICES, WEB_RECORDER
from dashboard.numbers import id_in
from recorder.contract.bitrates import recommended_bitrate
from recorder.contract.layouts import CUSTOM, Canvas
from recorder.contract.parameters import body_model, fields_of
from recorder.contract.paths import pattern_of, value_at
from recorder.contract.states import Mode, Operation
from recorder.lifecycle.requests import propose_uid
from recorder.models import Project, RecordingSession, User

_PLACES = {
    mode: {place.pattern: place for place in fields_of(body_model(Operation.START, mode))}
    for mode in Mode
}
# Typed into this form; what the storage and the project hold stays with them.
_SECRETS = [
    pattern
    for pattern, place in _PLACES[Mode.MIX].items()
    if place.about.secret and pattern.startswith(f"{ROOT}.recordingConfig.")
]
# Asked for by names of our own, or told by the mode alone.
_OURS = (
    *(f"{ROOT}.{name}" for name in ("token", "storageConfig")),
    *(f"{EXTENSION}.{name}" for name in ("errorHandlePolicy", "apiVersion")),
    *(f"{SERVICES}.0.{name}" for name in ("serviceName", "errorHandlePolicy")),
)
_LISTS = (FILE_TYPES,)


@dataclass
class Prefill:
    """`values` by field name, as far as `like`, an earlier session, and the address give some.

    `again`: the names of secrets that have to be typed again. `dropped`: the paths of what that
    session's request held and this form has no place for.
    """

    values: dict[str, object] = field(default_factory=dict)
    mode: Mode = Mode.MIX
    like: RecordingSession | None = None
    again: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)


def last_of(user: User) -> RecordingSession | None:
    """The newest recording that this person started, else anybody's."""
    every = RecordingSession.objects.visible_to(user)
    return every.filter(requested_by=user).first() or every.first()


def prefill(asked: QueryDict, user: User) -> Prefill:
    """`?like=12` takes over a session, `?layout=3` a saved layout; other names are the form's."""
    found = Prefill(mode=mode_in(asked.get("mode")))
    like = id_in(asked.get("like", ""))
    sessions = RecordingSession.objects.visible_to(user)
    if like and (session := sessions.filter(pk=like).first()):
        found = _like(session, user)
    for name in asked:
        if name not in {"like", "key", "mode", *_SECRETS}:
            found.values[name] = asked.getlist(name) if name in _LISTS else asked[name]
    if layout := id_in(asked.get("layout", "")):
        version = newest_of(user, layout)
        found.values["layout"] = value_of(version) if version else ""
    found.values["uid"] = _uid(found, asked, user)
    return found


def switched(data: QueryDict, mode: Mode, user: User) -> Prefill:
    """Another mode in the middle of typing: what both forms ask for is kept, secrets too.

    `dropped`: the labels of what was set and the other mode does not ask for.
    """
    found, before = Prefill(mode=mode), FORMS[mode_in(data.get("mode"))]
    known = set(FORMS[mode].base_fields) | set(_PLACES[mode])
    for name, values in data.lists():
        if pattern_of(name) in known and name not in {"key", "mode"}:
            found.values[name] = values if name in _LISTS else values[-1]
    found.dropped = [
        str(form.label_of(name))
        for form in [before(data, user=user)]
        for name in form.places
        if pattern_of(name) not in known and form.differs(name)
    ]
    return found


def _like(session: RecordingSession, user: User) -> Prefill:
    mode = Mode(session.mode)
    body: Body = {ROOT: session.request}
    found = Prefill(like=session, mode=mode)
    web_recorder = value_at(body, f"{SERVICES}.0.serviceName") == WEB_RECORDER
    for path, value in leaves(body):
        place = _PLACES[mode].get(pattern_of(path))
        if path.startswith((*_SECRETS, *_OURS)):
            continue
        elsewhere = path.startswith(EXTENSION) and not (web_recorder and path.startswith(PARAM))
        if place is None or elsewhere:
            found.dropped.append(path)
            continue
        first_name = f"{path.rpartition('.')[0]}.{place.about.name}"
        found.values[first_name] = value
    if mode is Mode.INDIVIDUAL:
        found.values["makes"] = _makes(body)
    found.again = [
        _(_PLACES[Mode.MIX][path].about.label)
        for path in _SECRETS
        if value_at(body, path) is not None
    ]
    found.values |= {
        "project": session.project_id,
        "storage": session.storage_config_id,
        "cname": session.cname,
        "max_minutes": session.max_minutes,
        **_picture(session, user),
    }
    return found


def _makes(body: Body) -> str:
    if value_at(body, f"{ROOT}.snapshotConfig") is None:
        return RECORDINGS
    return BOTH if value_at(body, FILE_TYPES) else SCREENSHOTS


def _picture(session: RecordingSession, user: User) -> dict[str, object]:
    """Layout, size and bitrate, in the words of the form."""
    asked = asked_of(session)
    if asked is None:
        return {}
    picture, canvas = asked
    own = f"session-{session.pk}"
    used = [value_of(session.layout_version)] if session.layout_version else []
    offered = choices(user, [*used, own])
    if picture.kind != CUSTOM:
        chosen = f"kind-{picture.kind}"  # colour and images are fields of their own
    else:
        same = [choice for choice in offered.values() if choice.picture == picture]
        same.sort(key=lambda choice: choice.canvas != canvas)
        chosen = same[0].value if same else own
    return {
        "layout": chosen,
        **_size(canvas, as_layout=chosen in offered and offered[chosen].canvas == canvas),
        **_rates(session, canvas),
    }


def _size(canvas: Canvas, *, as_layout: bool) -> dict[str, object]:
    if as_layout:
        return {"size": AS_LAYOUT, WIDTH: canvas.width, HEIGHT: canvas.height}
    size = size_value(canvas) if canvas in SIZES else CUSTOM_SIZE
    return {"size": size, WIDTH: canvas.width, HEIGHT: canvas.height}


def _rates(session: RecordingSession, canvas: Canvas) -> dict[str, object]:
    """The frame rate, and the bitrate where it is not the advised one."""
    body = {ROOT: session.request}
    fps, bitrate = value_at(body, FPS), value_at(body, BITRATE)
    if not isinstance(fps, int):
        fps = FRAMES
    live = 1 if value_at(body, CHANNEL_TYPE) == 1 else 0
    advised = recommended_bitrate(canvas.width, canvas.height, fps, live)
    return {FPS: fps, BITRATE: None if bitrate == advised else bitrate}


def _uid(found: Prefill, asked: QueryDict, user: User) -> object:
    """The one that was asked for, the one from last time if it is free, or a new one."""
    if asked.get("uid"):
        return asked["uid"]
    cname = str(found.values.get("cname", ""))
    if found.like and not _is_taken(found.like, cname):
        return found.like.uid
    project = Project.objects.visible_to(user).filter(
        pk=id_in(str(found.values.get("project", ""))) or 0
    )
    chosen = project.first() or Project.objects.visible_to(user).first()
    return propose_uid(chosen, cname) if chosen else ""


def _is_taken(session: RecordingSession, cname: str) -> bool:
    live = RecordingSession.objects.live().filter(project=session.project_id, uid=session.uid)
    return live.filter(cname=cname).exists()
