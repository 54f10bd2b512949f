"""What is asked for, and the exact request it becomes.

The parts, later ones over earlier: the defaults of the mode, the storage, the layout, the token
made from the project's App Certificate, and the caller's own `client_request`.
"""

import json
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from recorder.contract.bitrates import BITRATE_LIMIT, recommended_bitrate
from recorder.contract.paths import join, value_at
from recorder.contract.problems import Problem, errors
from recorder.contract.rules import check, cname_problem, uid_problem
from recorder.contract.states import Mode, Operation, ProviderName
from recorder.contract.words import _ as marked
from recorder.errors import RecorderError
from recorder.models import LayoutVersion, Project, RecordingSession, StorageConfig
from recorder.models.project import MOST_MINUTES
from recorder.providers.errors import MalformedCredential
from recorder.providers.redact import redact
from recorder.providers.tokens import rtc_token

# A token cannot be renewed and must outlive the recording. 30 days is the longest idle time the
# service takes; the token opens one channel to one uid only.
TOKEN_LIFE = 30 * 24 * 3600
SESSION_PART = "{session}"  # in a prefix: the session's reference
_UNKNOWN_REFERENCE = "x" * 12  # what a preview shows for it
_FRAMES_PER_SECOND = 15  # the service's own default; a layout with a size has to name one
_BELONG_ELSEWHERE = {
    "token": marked("Leave the token out: it is made from the project's App Certificate."),
    "storageConfig.accessKey": marked("Leave the access key out: it belongs to the storage."),
    "storageConfig.secretKey": marked("Leave the secret key out: it belongs to the storage."),
    "storageConfig.stsToken": marked("Leave the STS token out: keys belong to the storage."),
}


@dataclass(frozen=True)
class StartRequest:
    """What a person or program wants recorded.

    `client_request` is the service's own object, merged over what the rest gives. An empty `uid`
    means one of ours.
    """

    project: Project
    storage_config: StorageConfig | None
    mode: Mode
    cname: str
    uid: str = ""
    layout_version: LayoutVersion | None = None
    client_request: Mapping[str, Any] = field(default_factory=dict)
    max_minutes: int | None = None  # of recording; None: the project's


class InvalidRequest(RecorderError):
    """The service would refuse this. Nothing was sent. `fields`: sentences by wire path."""

    def __init__(self, problems: Iterable[Problem]):
        self.problems = tuple(problems)
        self.fields: dict[str, list[str]] = {}
        for problem in self.problems:
            self.fields.setdefault(problem.path, []).append(problem.text(_))
        sentences = [f"{path}: {text}" for path, texts in self.fields.items() for text in texts]
        super().__init__(" ".join(sentences))


def compose(request: StartRequest, reference: str = _UNKNOWN_REFERENCE) -> dict[str, object]:
    """The body of `start`, secrets included: {cname, uid, clientRequest}."""
    parts: list[Mapping[str, Any]] = [
        _defaults(request.mode),
        _storage_part(request.storage_config, reference),
    ]
    if request.layout_version and request.mode is Mode.MIX:
        parts.append(_picture_part(request.layout_version, request.client_request))
    token, _problem = _token(request)
    parts += [{"token": token} if token else {}, request.client_request]
    merged: Mapping[str, Any] = {}
    for part in parts:
        merged = deep_merge(merged, part)
    return {"cname": request.cname, "uid": request.uid, "clientRequest": merged}


def preview(request: StartRequest) -> dict[str, object]:
    """The same for a screen: secrets masked."""
    masked: dict[str, object] = redact(compose(request))
    return masked


def problems(request: StartRequest) -> tuple[Problem, ...]:
    """All that is wrong or doubtful, errors and warnings, each on its wire path."""
    request = with_uid(request)
    body = compose(request)
    return (
        *_misplaced(request.client_request),
        *_without_place(request),
        *check(
            Operation.START,
            request.mode,
            body,
            provider=ProviderName(request.project.provider),
            acquired={"scene": scene_of(request.mode, body)},
            now=int(time.time()),
        ),
    )


def refuse_invalid(request: StartRequest) -> None:
    """Raises InvalidRequest, naming each field, also for what the service finds only later."""
    if found := errors(problems(request)):
        raise InvalidRequest(found)


def propose_uid(project: Project, cname: str) -> str:
    """A recorder uid of nine digits that no live session of this channel has."""
    live = RecordingSession.objects.live().filter(project=project, cname=cname)
    taken = set(live.values_list("uid", flat=True))
    while (uid := str(100_000_000 + secrets.randbelow(900_000_000))) in taken:
        pass
    return uid


def with_uid(request: StartRequest) -> StartRequest:
    if request.uid:
        return request
    return replace(request, uid=propose_uid(request.project, request.cname))


def fingerprint(request: StartRequest) -> str:
    """Equal for equal requests; keyed, since a request may hold secrets."""
    parts = (
        request.project.pk,
        request.storage_config and request.storage_config.pk,
        request.mode,
        request.cname,
        request.uid,
        request.layout_version and request.layout_version.pk,
        request.client_request,
        *([request.max_minutes] if request.max_minutes else []),
    )
    text = json.dumps(parts, sort_keys=True, default=str)
    return salted_hmac("recorder.lifecycle.requests", text, algorithm="sha256").hexdigest()


def scene_of(mode: Mode, body: Mapping[str, object]) -> int:
    """`scene` of the acquire that belongs to this start."""
    if mode is Mode.WEB:
        return 1
    policy = value_at(body, "clientRequest.appsCollection.combinationPolicy")
    return 2 if policy == "postpone_transcoding" else 0


def deep_merge(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Objects are merged key by key; anything else in `over` replaces what is under it."""
    merged = dict(under)
    for key, value in over.items():
        below = merged.get(key)
        if isinstance(below, Mapping) and isinstance(value, Mapping):
            value = deep_merge(below, value)
        merged[key] = value
    return merged


def _defaults(mode: Mode) -> dict[str, object]:
    if mode is Mode.INDIVIDUAL:
        return {}  # with screenshots, naming file types would also record
    return {"recordingFileConfig": {"avFileType": ["hls"]}}


def _storage_part(config: StorageConfig | None, reference: str) -> dict[str, object]:
    if config is None:
        return {}
    part: dict[str, object] = {
        "vendor": config.vendor,
        "region": config.region,
        "bucket": config.bucket,
        "accessKey": config.access_key,
        "secretKey": config.secret_key.reveal(),
    }
    if config.file_name_prefix:
        part["fileNamePrefix"] = [
            str(name).replace(SESSION_PART, reference) for name in config.file_name_prefix
        ]
    if config.extension_params:
        part["extensionParams"] = config.extension_params
    return {"storageConfig": part}


def _picture_part(version: LayoutVersion, over: Mapping[str, Any]) -> dict[str, object]:
    """The layout with its canvas. A transcodingConfig has to name four numbers: size, fps, rate."""
    channel_type = 1 if value_at(over, "recordingConfig.channelType") == 1 else 0
    advised = recommended_bitrate(version.width, version.height, _FRAMES_PER_SECOND, channel_type)
    config = {
        "width": version.width,
        "height": version.height,
        "fps": _FRAMES_PER_SECOND,
        "bitrate": advised or BITRATE_LIMIT,
        **version.picture,
    }
    return {"recordingConfig": {"transcodingConfig": config}}


def _token(request: StartRequest) -> tuple[str, Problem | None]:
    """The recorder's key to the channel, where the project has a certificate to make one with."""
    certificate = request.project.app_certificate
    if not certificate or request.mode is Mode.WEB:
        return "", None
    provider = ProviderName(request.project.provider)
    if cname_problem(request.cname, request.mode) or uid_problem(request.uid, provider):
        return "", None  # there is no token for such a name; the rules say what is wrong with it
    project, uid = request.project, request.uid
    try:
        token = rtc_token(
            project.app_id, certificate.reveal(), request.cname, uid, expires_in=TOKEN_LIFE
        )
    except MalformedCredential as error:
        return "", Problem("project.token", "clientRequest.token", str(error))
    return token, None


def _misplaced(client_request: Mapping[str, Any]) -> Iterable[Problem]:
    """Secrets that have a place of their own are not taken here."""
    for path, sentence in _BELONG_ELSEWHERE.items():
        if value_at(client_request, path) is not None:
            yield Problem("request.secret", join("clientRequest", path), sentence)


def _without_place(request: StartRequest) -> Iterable[Problem]:
    """What is wrong with the parts before they are a request."""
    _made, problem = _token(request)
    if problem:
        yield problem
    if request.max_minutes is not None and not 1 <= request.max_minutes <= MOST_MINUTES:
        sentence = marked("The maximum length is 1 to 43200 minutes (30 days).")
        yield Problem("request.max_minutes", "max_minutes", sentence)
    if request.layout_version and request.mode is not Mode.MIX:
        yield Problem("request.layout_mode", "layout", marked("Only a mix recording has a layout."))
