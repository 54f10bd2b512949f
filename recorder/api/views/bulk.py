"""Many starts or stops at once: a list in, one result row per item to poll."""

from typing import Any, cast

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from recorder.api.serializers.bulk import (
    BulkSerializer,
    BulkStartSerializer,
    BulkStopSerializer,
    BulkSummarySerializer,
)
from recorder.api.views.base import user_of
from recorder.api.views.sessions import KEY_PARAMETER, idempotency_key, start_request
from recorder.lifecycle.bulk import cancel, request_bulk_start, request_bulk_stop
from recorder.lifecycle.bulk_list import BadList, Row
from recorder.lifecycle.bulk_words import progress_of
from recorder.models import Bulk, RecordingSession


class BulkStart(APIView):
    @extend_schema(
        operation_id="sessions_bulk_start",
        request=BulkStartSerializer,
        parameters=[KEY_PARAMETER],
        responses={202: BulkSerializer},
    )
    def post(self, request: Request) -> Response:
        """Queue up to 1,000 starts. They go out at the account's pace; a full account lets them
        wait. Nothing is queued when any row is wrong."""
        form_key = idempotency_key(request)
        body = BulkStartSerializer(data=request.data, context={"request": request})
        body.is_valid(raise_exception=True)
        values = dict(body.validated_data)
        rows = [Row(number, **one) for number, one in enumerate(values.pop("channels"), 1)]
        shared = start_request(**values, cname="", uid="")
        try:
            bulk, _fresh = request_bulk_start(shared, rows, by=user_of(request), form_key=form_key)
        except BadList as error:
            raise serializers.ValidationError(_by_place("channels", error)) from error
        return Response(BulkSerializer(bulk).data, status=status.HTTP_202_ACCEPTED)


class BulkStop(APIView):
    @extend_schema(
        operation_id="sessions_bulk_stop",
        request=BulkStopSerializer,
        parameters=[KEY_PARAMETER],
        responses={202: BulkSerializer},
    )
    def post(self, request: Request) -> Response:
        """Queue the stop of up to 1,000 sessions. One that has ended already is refused in its
        row."""
        form_key = idempotency_key(request)
        body = BulkStopSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        ids = body.validated_data["sessions"]
        found = RecordingSession.objects.visible_to(request.user).in_bulk(ids)
        missing = {
            f"sessions.{place}": [_("There is no such session.")]
            for place, pk in enumerate(ids)
            if pk not in found
        }
        if missing:
            raise serializers.ValidationError(missing)
        chosen = [found[pk] for pk in dict.fromkeys(ids)]
        bulk, _fresh = request_bulk_stop(chosen, by=user_of(request), form_key=form_key)
        return Response(BulkSerializer(bulk).data, status=status.HTTP_202_ACCEPTED)


class BulkViewSet(mixins.RetrieveModelMixin, viewsets.GenericViewSet[Bulk]):
    """How far bulk starts and stops are: all of them, newest first, and one row by row."""

    queryset = Bulk.objects.all()
    serializer_class = BulkSerializer
    lookup_value_converter = "int"

    def get_queryset(self) -> QuerySet[Bulk]:
        rows = cast(Any, super().get_queryset()).visible_to(self.request.user)
        # Pages of a thousand rows are long, and no answer shows them.
        return cast(QuerySet[Bulk], rows.select_related("requested_by").defer("recipe", "secrets"))

    @extend_schema(operation_id="sessions_bulk_list", responses=BulkSummarySerializer(many=True))
    def list(self, request: Request) -> Response:
        """Lists of starts and stops, newest first, without their rows."""
        page = self.paginate_queryset(self.get_queryset()) or []
        rows = BulkSummarySerializer(page, many=True, context={"far": progress_of(page)})
        return self.get_paginated_response(rows.data)

    @extend_schema(request=None, responses=BulkSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: int) -> Response:
        """Let nothing more of it begin. What was sent goes on."""
        bulk = self.get_object()
        cancel(bulk, by=user_of(request))
        return Response(self.get_serializer(bulk).data)


def _by_place(field: str, error: BadList) -> dict[str, list[str]]:
    """By the place in the body, from 0, as every refusal of the API names it."""
    fields: dict[str, list[str]] = {}
    for problem in error.problems:
        place = f"{field}.{problem.number - 1}.{problem.field}" if problem.number else field
        fields.setdefault(place, []).append(problem.sentence)
    return fields
