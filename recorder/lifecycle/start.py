"""Starting: the wish is committed with its exact request; what is sent is read from that row."""

import json
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from recorder.contract.layouts import DEFAULT_CANVAS, Canvas, layout_from_wire, layout_to_wire
from recorder.contract.paths import value_at
from recorder.contract.states import Mode
from recorder.errors import RecorderError
from recorder.lifecycle import leases
from recorder.lifecycle.due import GRACE
from recorder.lifecycle.requests import (
    StartRequest,
    compose,
    fingerprint,
    refuse_invalid,
    scene_of,
    with_uid,
)
from recorder.lifecycle.sealed import sealed
from recorder.lifecycle.steps import work
from recorder.models import LayoutVersion, RecordingSession, User, audit
from recorder.models.session import new_reference

_TRANSCODING = "clientRequest.recordingConfig.transcodingConfig"


class KeyReused(RecorderError):
    """The same form key or Idempotency-Key came with another request. Nothing was started.

    `session` is the one that the key belongs to.
    """

    def __init__(self, session: RecordingSession):
        super().__init__(_("This key was used for another request. Nothing was started."))
        self.session = session


class AlreadyRecording(RecorderError):
    """A live session has this channel and uid. Nothing was started; `session` is the live one."""

    def __init__(self, session: RecordingSession):
        super().__init__(
            _(
                "%(cname)s is being recorded by uid %(uid)s already (session %(reference)s)."
                " Stop that one first, or choose another uid."
            )
            % {"cname": session.cname, "uid": session.uid, "reference": session.reference}
        )
        self.session = session


def request_start(
    request: StartRequest,
    *,
    by: User | None,
    form_key: str | None,
    grace: timedelta = GRACE,
    lease: str = "",
) -> tuple[RecordingSession, bool]:
    """Commit the wish to record. False: the same key and request came before; that session.

    Nothing is sent yet: send_start does, here or after `grace` in the worker, which finds the row
    in any case. `lease`: a token under which the caller sends it at once; it is taken in the same
    commit, which spares send_start one of its own.

    Raises InvalidRequest, KeyReused or AlreadyRecording.
    """
    mark = fingerprint(request)
    if form_key and (first := _keyed(form_key, mark)):
        return first, False
    request = with_uid(request)
    refuse_invalid(request)
    session = _session(request, by, form_key, mark)
    session.next_check_at = session.requested_at + grace
    if lease:
        session.lease_token, session.lease_until = lease, session.requested_at + leases.FIRST
    try:
        with transaction.atomic(durable=True):
            session.save(force_insert=True)
            audit.record(
                "session.start",
                session,
                by=by,
                session=session,
                project=request.project.name,
                mode=session.mode,
                cname=session.cname,
                uid=session.uid,
            )
    except IntegrityError:
        if form_key and (first := _keyed(form_key, mark)):
            return first, False
        if running := live_session(session):
            raise AlreadyRecording(running) from None
        raise
    return session, True


def send_start(session: RecordingSession, *, lease: str = "") -> None:
    """Bring the session as far as it goes now. Returns at once when somebody else is at it.

    `lease`: the one it was committed with. Never raises for what the provider answers: the row
    tells.
    """
    if lease := lease or leases.claim(session):
        work(session, lease)


def live_session(session: RecordingSession) -> RecordingSession | None:
    """The live session that has the same place at the provider."""
    return (
        RecordingSession.objects.live()
        .filter(project_id=session.project_id, cname=session.cname, uid=session.uid)
        .first()
    )


def _keyed(form_key: str, mark: str) -> RecordingSession | None:
    session = RecordingSession.objects.filter(form_key=form_key).first()
    if session and session.request_hash != mark:
        raise KeyReused(session)
    return session


def _session(
    request: StartRequest, by: User | None, form_key: str | None, mark: str
) -> RecordingSession:
    """The row, with everything that editing a configuration later must not change."""
    reference = new_reference()
    body = compose(request, reference)
    public, secrets = sealed(body["clientRequest"])
    canvas, layout, version = _picture(request, body)
    now = timezone.now()
    return RecordingSession(
        reference=reference,
        project=request.project,
        storage_config=request.storage_config,
        mode=request.mode.value,
        cname=request.cname,
        uid=request.uid,
        acquire_request={"scene": scene_of(request.mode, body)},
        request=public,
        secrets=json.dumps(secrets) if secrets else "",
        storage=_storage(request, body),
        canvas_width=canvas.width if canvas else None,
        canvas_height=canvas.height if canvas else None,
        layout=layout,
        layout_version=version,
        max_minutes=request.max_minutes or request.project.max_minutes,
        form_key=form_key or None,
        request_hash=mark,
        requested_at=now,
        requested_by=by,
    )


def _picture(
    request: StartRequest, body: dict[str, object]
) -> tuple[Canvas | None, dict[str, object] | None, LayoutVersion | None]:
    """Canvas and layout that the request gives, and the saved version if that is what it shows."""
    if request.mode is not Mode.MIX:
        return None, None, None
    config = value_at(body, _TRANSCODING)
    if not isinstance(config, dict):
        return DEFAULT_CANVAS, layout_to_wire(layout_from_wire({})), None
    canvas, layout = Canvas(config["width"], config["height"]), layout_from_wire(config)
    version = request.layout_version
    same = version is not None and version.parsed() == layout and version.canvas == canvas
    return canvas, layout_to_wire(layout), version if same else None


def _storage(request: StartRequest, body: dict[str, object]) -> dict[str, object]:
    """The storage as the request names it: a `client_request` may have changed folder or bucket."""
    sent = value_at(body, "clientRequest.storageConfig")
    names = {
        "vendor": "vendor",
        "region": "region",
        "bucket": "bucket",
        "fileNamePrefix": "file_name_prefix",
        "extensionParams": "extension_params",
    }
    frozen = request.storage_config.frozen() if request.storage_config else {}
    if isinstance(sent, dict):
        frozen |= {own: sent[wire] for wire, own in names.items() if wire in sent}
    return frozen
