"""Sessions: start, look, change, stop. The same functions as behind the pages."""

import hashlib
import re
from collections.abc import Mapping
from functools import partial
from typing import Any, cast

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from recorder.api import errors
from recorder.api.filters import SessionFilter
from recorder.api.serializers.sessions import (
    ReasonSerializer,
    SessionDetailSerializer,
    SessionSerializer,
    StartSerializer,
    UpdateLayoutSerializer,
    UpdateSerializer,
)
from recorder.api.views.base import user_of
from recorder.contract.states import Mode, Status
from recorder.lifecycle import leases
from recorder.lifecycle.again import start_again
from recorder.lifecycle.layout import apply_layout
from recorder.lifecycle.reconcile import check
from recorder.lifecycle.requests import StartRequest
from recorder.lifecycle.resolve import acknowledge, give_up, send_again, try_again
from recorder.lifecycle.sending import send, send_new, stop_session
from recorder.lifecycle.start import request_start
from recorder.lifecycle.subscribe import update_subscription
from recorder.lifecycle.words import explain_failure
from recorder.models import Layout, Project, RecordingSession, StorageConfig
from recorder.tasks import look_into_bucket

KEY = "Idempotency-Key"
KEY_PARAMETER = OpenApiParameter(
    KEY,
    str,
    OpenApiParameter.HEADER,
    description="1 to 200 printable characters. The same key with the same body gives the first"
    " result again; with another body it is refused with 409.",
)
# 202: no answer within six seconds; the call goes on.
CHANGED = {200: SessionDetailSerializer, 202: SessionDetailSerializer}
STARTED = {
    201: OpenApiResponse(SessionDetailSerializer, "Started; the sid is known."),
    202: OpenApiResponse(SessionDetailSerializer, "Waiting for its turn, or unconfirmed."),
}


class SessionViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[RecordingSession]
):
    """Runs of the recording service, newest first."""

    queryset = RecordingSession.objects.all()
    lookup_value_converter = "int"
    filterset_class = SessionFilter

    def get_queryset(self) -> QuerySet[RecordingSession]:
        rows = cast(Any, super().get_queryset()).visible_to(self.request.user)
        return cast(
            QuerySet[RecordingSession],
            rows.select_related("layout_version", "requested_by", "stop_requested_by"),
        )

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Any]]:
        return SessionSerializer if self.action == "list" else SessionDetailSerializer

    @extend_schema(
        request=StartSerializer,
        parameters=[KEY_PARAMETER],
        responses=STARTED,
    )
    def create(self, request: Request) -> Response:
        """Start a recording."""
        form_key = idempotency_key(request)
        body = StartSerializer(data=request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        wish = start_request(**body.validated_data)
        lease = leases.token()
        session, created = request_start(wish, by=user_of(request), form_key=form_key, lease=lease)
        if created:
            send_new(session, lease)
        return self._started(session)

    def _started(self, session: RecordingSession) -> Response:
        if session.status == Status.FAILED and not session.sid:
            return refused(session)
        known = status.HTTP_201_CREATED if session.sid else status.HTTP_202_ACCEPTED
        return Response(self.get_serializer(session).data, status=known)

    @extend_schema(request=None, responses={202: SessionDetailSerializer})
    @action(detail=True, methods=["post"])
    def stop(self, request: Request, pk: int) -> Response:
        """Wish it to stop. The call is sent at once, but may take half a minute: look again."""
        session = self.get_object()
        stop_session(session, by=user_of(request))
        return Response(self.get_serializer(session).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(request=None, responses=CHANGED)
    @action(detail=True, methods=["post"], url_path="try-again")
    def try_again(self, request: Request, pk: int) -> Response:
        """Send the start of an unconfirmed session once more, for the same channel and uid: while
        the first one runs the provider refuses it, which proves that it runs."""
        session = self.get_object()
        try_again(session, by=user_of(request))
        return self._changed(session, done=send(send_again, session))

    @extend_schema(request=None, responses=STARTED)
    @action(detail=True, methods=["post"], url_path="start-again")
    def start_again(self, request: Request, pk: int) -> Response:
        """Record anew what a refused token has ended: the same channel, uid and settings, a new
        token. The answer is the new session; asked for again it is the same one, and nothing more
        is started."""
        lease = leases.token()
        session, created = start_again(self.get_object(), by=user_of(request), lease=lease)
        if created:
            send_new(session, lease)
        return self._started(session)

    @extend_schema(request=None, responses={200: SessionDetailSerializer})
    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, pk: int) -> Response:
        """Put aside what it asks attention for now (`attention` is empty then), until it
        comes anew or another reason does."""
        session = self.get_object()
        acknowledge(session, by=user_of(request))
        return Response(self.get_serializer(session).data)

    @extend_schema(request=ReasonSerializer, responses={200: SessionDetailSerializer})
    @action(detail=True, methods=["post"], url_path="give-up")
    def give_up(self, request: Request, pk: int) -> Response:
        """End a session that is stuck, by a person's word. Nothing is sent to the provider."""
        session = self.get_object()
        body = ReasonSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        give_up(session, by=user_of(request), reason=body.validated_data["reason"])
        return Response(self.get_serializer(session).data)

    @extend_schema(request=None, responses=CHANGED)
    @action(detail=True, methods=["post"])
    def query(self, request: Request, pk: int) -> Response:
        """Ask the provider about it now; after its end, look into the bucket."""
        session = self.get_object()
        done = send(partial(check, bucket=look_into_bucket), session, in_row=False)
        return self._changed(session, done=done)

    @extend_schema(request=UpdateSerializer, responses=CHANGED)
    @action(detail=True, methods=["post"], url_path="update")
    def subscribe(self, request: Request, pk: int) -> Response:
        """Change what is subscribed to; the provider's own clientRequest of `update`."""
        session = self.get_object()
        body = UpdateSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        change = partial(
            update_subscription,
            client_request=body.validated_data["client_request"],
            by=user_of(request),
        )
        return self._changed(session, done=send(change, session, in_row=False))

    @extend_schema(request=UpdateLayoutSerializer, responses=CHANGED)
    @action(detail=True, methods=["post"], url_path="update-layout")
    def update_layout(self, request: Request, pk: int) -> Response:
        """Put another layout into force: a saved one, or the provider's own clientRequest."""
        session = self.get_object()
        body = UpdateLayoutSerializer(data=request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        layout = body.validated_data.get("layout")
        picture = layout.latest if layout else body.validated_data["client_request"]
        change = partial(apply_layout, picture=picture, by=user_of(request))
        return self._changed(session, done=send(change, session, in_row=False))

    def _changed(self, session: RecordingSession, *, done: bool) -> Response:
        """202: the call goes on, and the session will show what it did."""
        code = status.HTTP_200_OK if done else status.HTTP_202_ACCEPTED
        return Response(self.get_serializer(session).data, status=code)


def start_request(
    *,
    project: Project,
    storage_config: StorageConfig,
    mode: str,
    cname: str,
    uid: str,
    client_request: Mapping[str, Any],
    layout: Layout | None = None,
    max_minutes: int | None = None,
) -> StartRequest:
    return StartRequest(
        project=project,
        storage_config=storage_config,
        mode=Mode(mode),
        cname=cname,
        uid=uid,
        layout_version=layout.latest if layout else None,
        client_request=client_request,
        max_minutes=max_minutes,
    )


def idempotency_key(request: Request) -> str | None:
    """The header as a session stores it: each user's keys are their own."""
    key = request.headers.get(KEY)
    if key is None:
        return None
    if not re.fullmatch(r"[!-~]{1,200}", key, re.ASCII):
        raise serializers.ValidationError({KEY: [_("1 to 200 printable characters, no spaces.")]})
    return hashlib.sha256(f"{user_of(request).pk}:{key}".encode()).hexdigest()


def refused(session: RecordingSession) -> Response:
    """The provider said no, or was never reached: its answer, and the session that tells of it."""
    failure = session.failure or {}
    answer = failure.get("http_status")
    content = errors.body(
        "provider_refused" if answer else "start_failed",
        " ".join(filter(None, explain_failure(session) or ())),
        provider={
            "http_status": answer,
            "code": failure.get("code"),
            "reason": failure.get("text", ""),
        },
        session={"id": session.pk, "reference": session.reference},
    )
    said_no = answer is not None and answer < status.HTTP_500_INTERNAL_SERVER_ERROR
    code = status.HTTP_422_UNPROCESSABLE_ENTITY if said_no else status.HTTP_502_BAD_GATEWAY
    return Response(content, status=code)
