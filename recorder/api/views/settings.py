"""Projects, storages and layouts."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Prefetch, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from recorder.api.serializers.layouts import LayoutSerializer
from recorder.api.serializers.sessions import StepSerializer
from recorder.api.serializers.settings import ProjectSerializer, StorageConfigSerializer
from recorder.api.views.base import RowViewSet
from recorder.lifecycle.credentials import check_project
from recorder.models import Layout, LayoutVersion, Project, StorageConfig
from recorder.storage.access import cors_rule
from recorder.storage.check import check

ProjectCheckSerializer = inline_serializer(
    "ProjectCheck",
    {
        "passed": serializers.BooleanField(),
        "message": serializers.CharField(),
        "provider": serializers.DictField(allow_null=True),
    },
)
StorageCheckSerializer = inline_serializer(
    "StorageCheck",
    {
        "passed": serializers.BooleanField(),
        "steps": StepSerializer(many=True),
        "cors_rule": serializers.ListField(child=serializers.DictField(), allow_null=True),
    },
)


class ProjectViewSet(RowViewSet):
    """App IDs with their REST credentials."""

    queryset = Project.objects.all()
    serializer_class = ProjectSerializer
    noun = "project"

    @extend_schema(request=None, responses=ProjectCheckSerializer)
    @action(detail=True, methods=["post"])
    def check(self, request: Request, pk: int) -> Response:
        """Ask the provider, with one harmless call, whether the credentials work."""
        result = check_project(self.get_object())
        answered = {"http_status": result.status, "code": result.code}
        return Response(
            {
                "passed": result.passed,
                "message": result.sentence,
                "provider": None if result.status is None else answered,
            }
        )


class StorageConfigViewSet(RowViewSet):
    """Buckets that recordings are uploaded to."""

    queryset = StorageConfig.objects.all()
    serializer_class = StorageConfigSerializer
    noun = "storage"

    @extend_schema(request=None, responses=StorageCheckSerializer)
    @action(detail=True, methods=["post"])
    def check(self, request: Request, pk: int) -> Response:
        """Test the connection: resolve, reach, sign, write, read, delete."""
        steps = list(check(self.get_object(), origin=settings.PUBLIC_URL))
        cors = any(step.cors for step in steps)
        return Response(
            {
                "passed": all(step.outcome == "done" for step in steps),
                "steps": StepSerializer(steps, many=True).data,
                "cors_rule": cors_rule(settings.PUBLIC_URL) if cors else None,
            }
        )


class LayoutViewSet(RowViewSet):
    """Saved pictures. Each change makes a new version; deleting one puts it out of sight."""

    queryset = Layout.objects.filter(archived_at=None)
    serializer_class = LayoutSerializer
    noun = "layout"

    def get_queryset(self) -> QuerySet[Any]:
        newest = LayoutVersion.objects.filter(number=F("layout__version"))
        return (
            super()
            .get_queryset()
            .prefetch_related(Prefetch("versions", queryset=newest, to_attr="newest"))
        )

    def perform_create(self, serializer: serializers.BaseSerializer[Any]) -> None:
        serializer.save()  # it files the change itself, with the version

    def perform_update(self, serializer: serializers.BaseSerializer[Any]) -> None:
        serializer.save()

    @transaction.atomic
    def perform_destroy(self, instance: Layout) -> None:
        instance.archived_at = timezone.now()
        instance.save(update_fields=["archived_at", "changed_at"])
        self._file("archive", instance, name=instance.name)
