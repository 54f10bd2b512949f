"""Two addresses: ours, and the plain view it is measured against."""

import hashlib
import hmac
import json
from datetime import UTC, datetime

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from recorder.api.views.callbacks import callback
from recorder.models import Notice, Project


@csrf_exempt
@login_not_required
@require_POST
def plain(request: HttpRequest, project_id: int) -> JsonResponse:
    """Verify, dedupe, insert, commit, answer."""
    project = Project.objects.get(pk=project_id)
    secret = project.callback_secret.reveal().encode()
    right = hmac.new(secret, request.body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(right, request.headers["Agora-Signature-V2"]):
        return JsonResponse({}, status=401)
    body = json.loads(request.body)
    payload = body["payload"]
    event = Q(sid=payload["sid"], sequence=payload["sequence"], event_type=body["eventType"])
    now = timezone.now()
    with transaction.atomic():
        same = Notice.objects.filter(Q(notice_id=body["noticeId"]) | event, project=project)
        if not same.exists():
            Notice.objects.create(
                project=project,
                notice_id=body["noticeId"],
                product_id=body["productId"],
                event_type=body["eventType"],
                sid=payload["sid"],
                cname=payload["cname"],
                uid=payload["uid"],
                sequence=payload["sequence"],
                at=datetime.fromtimestamp(payload["sendts"] / 1000, UTC),
                body=body,
                received_at=now,
                delivered_at=now,
            )
    return JsonResponse({"status": "ok"})


urlpatterns = [
    path("callbacks/<int:project_id>/", callback),
    path("plain/<int:project_id>/", plain),
]
