"""Where the provider's notification service delivers. No sign-in: the signature is the key."""

import logging

from django.contrib.auth.decorators import login_not_required
from django.db import Error
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from rest_framework.exceptions import ParseError

from recorder.api.errors import body as refusal_body
from recorder.api.parsers import read_json
from recorder.models.notice import RefusedNotices
from recorder.notices.doors import door_of
from recorder.notices.intake import intake
from recorder.notices.refusals import refusals
from recorder.notices.signatures import refusal
from recorder.notices.wire import MalformedNotice, notice_in

log = logging.getLogger(__name__)

MOST_BYTES = 65_536
Reason = RefusedNotices.Reason


@csrf_exempt
@login_not_required
@never_cache
@require_POST
def callback(request: HttpRequest, project_id: int) -> JsonResponse:
    """200 when the notice is on the disk, or was before; 503 asks the service to send it again.

    400 malformed, 401 no good signature, 404 no such project, 413 longer than 64 kB.
    """
    try:
        return _receive(request, project_id)
    except (Error, OSError):
        log.exception("A callback for project %s could not be kept.", project_id)
        answer = _refused(503, "unavailable", "It could not be kept now. Send it again.")
        answer["Retry-After"] = "10"
        return answer


def _receive(request: HttpRequest, project_id: int) -> JsonResponse:
    raw = request.read(MOST_BYTES + 1)
    door = door_of(project_id)
    if door is None:
        return _refused(404, "not_found", "There is no such project.")
    if len(raw) > MOST_BYTES:
        refusals.add(project_id, Reason.TOO_LARGE)
        return _refused(413, "too_large", f"A notice has at most {MOST_BYTES} bytes.")
    reason = refusal(raw, request.headers, door.secrets, sha1=door.sha1, anyrtc=door.anyrtc)
    if reason:
        refusals.add(project_id, reason)
        return _refused(401, reason.value, f"The callback is refused: {reason.label}.")
    try:
        body = read_json(raw)
        if not isinstance(body, dict):
            raise MalformedNotice("A notice is a JSON object.")
        notice = notice_in(body, project_id, timezone.now())
    except (ParseError, MalformedNotice) as error:
        refusals.add(project_id, Reason.MALFORMED)
        return _refused(400, "malformed", str(error))
    is_new = intake.keep(notice)
    refusals.write()
    return JsonResponse({"status": "kept" if is_new else "known"})


def _refused(status: int, code: str, message: str) -> JsonResponse:
    return JsonResponse(refusal_body(code, message), status=status)
