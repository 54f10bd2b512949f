"""Starting anew what a refused token has ended: the same place and settings, a token of now."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from recorder.contract.paths import value_at
from recorder.contract.states import Mode
from recorder.lifecycle.requests import StartRequest, compose
from recorder.lifecycle.sealed import restored
from recorder.lifecycle.start import KeyReused, request_start
from recorder.lifecycle.words import legal_actions
from recorder.models import InvalidTransition, RecordingSession, User, audit

_KEYS = ("accessKey", "secretKey", "stsToken")


def start_again(
    session: RecordingSession, *, by: User, lease: str = ""
) -> tuple[RecordingSession, bool]:
    """Commit the wish to record once more as `session` asked. False: that was done before; the
    session which it made.

    The token is made anew, and the keys of the storage are those of now. Nothing is sent yet.
    Raises InvalidTransition, InvalidRequest, AlreadyRecording or UnreadableSecret.
    """
    if why_not := legal_actions(session)["start_again"]:
        raise InvalidTransition(why_not)
    # A failed session is started again once, however often it is clicked: its successor may be.
    key = f"again:{session.reference}"
    try:
        new, created = request_start(wish_of(session), by=by, form_key=key, lease=lease)
    except KeyReused as error:  # the storage was changed since: still the same wish
        return error.session, False
    if created:
        audit.record("session.start_again", session, by=by, session=session, new=new.reference)
    return new, created


def wish_of(session: RecordingSession) -> StartRequest:
    """What would ask for the same recording again. Raises UnreadableSecret."""
    given = restored(session)
    given.pop("token", None)
    places = _other_places(session, given.pop("storageConfig", None))
    wish = StartRequest(
        project=session.project,
        storage_config=session.storage_config,
        mode=Mode(session.mode),
        cname=session.cname,
        uid=session.uid,
        client_request=given | ({"storageConfig": places} if places else {}),
        max_minutes=session.max_minutes,
    )
    # Named where it is what the request holds: else its picture would be merged under that one.
    named = replace(wish, layout_version=session.layout_version)
    return named if _picture(named) == _picture(wish) else wish


def _other_places(session: RecordingSession, sent: object) -> dict[str, Any]:
    """Where the request itself named another bucket or folder than its storage does."""
    config = session.storage_config
    if config is None or not isinstance(sent, Mapping):
        return {}
    bare = StartRequest(session.project, config, Mode(session.mode), session.cname, session.uid)
    usual = value_at(compose(bare, session.reference), "clientRequest.storageConfig")
    usual = usual if isinstance(usual, Mapping) else {}
    return {
        name: value
        for name, value in sent.items()
        if name not in _KEYS and value != usual.get(name)
    }


def _picture(wish: StartRequest) -> object:
    return value_at(compose(wish), "clientRequest.recordingConfig")
