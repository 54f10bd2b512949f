"""Who did what, newest first."""

from typing import Any, cast

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import mixins, viewsets

from recorder.api.serializers.sessions import AuditSerializer
from recorder.models import AuditEntry, RecordingSession


class AuditFilter(filters.FilterSet):
    session = filters.ModelChoiceFilter(
        queryset=lambda request: RecordingSession.objects.visible_to(request.user)
    )
    user = filters.CharFilter(field_name="user__username")
    action = filters.CharFilter()
    after = filters.IsoDateTimeFilter(field_name="at", lookup_expr="gte")
    before = filters.IsoDateTimeFilter(field_name="at", lookup_expr="lt")

    class Meta:
        model = AuditEntry
        fields = ["session", "user", "action"]


class AuditViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[AuditEntry]):
    """Who did what, newest first."""

    queryset = AuditEntry.objects.select_related("user")
    serializer_class = AuditSerializer
    lookup_value_converter = "int"
    filterset_class = AuditFilter

    def get_queryset(self) -> QuerySet[AuditEntry]:
        rows = cast(Any, super().get_queryset())
        return cast(QuerySet[AuditEntry], rows.visible_to(self.request.user))
