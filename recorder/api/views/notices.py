"""What the providers' notification services have told, newest first."""

from typing import Any, cast

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import generics, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from recorder.api.serializers.notices import NoticeSerializer
from recorder.api.views.base import user_of
from recorder.api.views.session_parts import session_of
from recorder.models import Notice, Project, RecordingSession
from recorder.notices.replay import replay


class NoticeFilter(filters.FilterSet):
    """`matched=false` lists what belongs to no session known here."""

    project = filters.ModelChoiceFilter(
        queryset=lambda request: Project.objects.visible_to(request.user)
    )
    session = filters.ModelChoiceFilter(
        queryset=lambda request: RecordingSession.objects.visible_to(request.user)
    )
    event_type = filters.NumberFilter()
    sid = filters.CharFilter()
    cname = filters.CharFilter()
    matched = filters.BooleanFilter(field_name="session", lookup_expr="isnull", exclude=True)
    after = filters.IsoDateTimeFilter(field_name="received_at", lookup_expr="gte")
    before = filters.IsoDateTimeFilter(field_name="received_at", lookup_expr="lt")

    class Meta:
        model = Notice
        fields = ["project", "session", "event_type", "sid", "cname"]


class NoticeViewSet(viewsets.ReadOnlyModelViewSet[Notice]):
    """What the providers' notification services have told, newest first."""

    queryset = Notice.objects.all()
    serializer_class = NoticeSerializer
    lookup_value_converter = "int"
    filterset_class = NoticeFilter

    def get_queryset(self) -> QuerySet[Notice]:
        rows = cast(Any, super().get_queryset())
        return cast(QuerySet[Notice], rows.visible_to(self.request.user))

    @extend_schema(request=None, responses=NoticeSerializer)
    @action(detail=True, methods=["post"])
    def replay(self, request: Request, pk: int) -> Response:
        """Fold it into its session once more: one that matched nothing, or could not be applied."""
        row = replay(self.get_object(), by=user_of(request))
        return Response(self.get_serializer(row).data)


class SessionNoticeList(generics.ListAPIView[Notice]):
    """What was told about one session, newest first."""

    serializer_class = NoticeSerializer
    queryset = Notice.objects.none()

    def get_queryset(self) -> QuerySet[Notice]:
        return session_of(self.request, self.kwargs["pk"]).notices.all()
