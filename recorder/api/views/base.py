"""What the views of our own rows share."""

from typing import Any, cast

from django.db import transaction
from django.db.models import Model, ProtectedError, QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers, status, viewsets
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from recorder.api.names import own_name
from recorder.models import User
from recorder.models.audit import record


class InUse(APIException):
    """The row cannot go while others point at it. Nothing was changed."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "in_use"


def user_of(request: Request) -> User:
    """Every route needs a signed-in user (settings), so there is one."""
    return cast(User, request.user)


class RowViewSet(viewsets.ModelViewSet[Any]):
    """List, read, create, change and delete rows of one model, each change filed in the audit."""

    noun: str
    lookup_value_converter = "int"

    def get_queryset(self) -> QuerySet[Any]:
        rows = cast(Any, super().get_queryset())
        return cast(QuerySet[Any], rows.visible_to(self.request.user))

    def perform_create(self, serializer: serializers.BaseSerializer[Any]) -> None:
        with own_name(self.get_queryset().model(), serializer.validated_data):
            self._file("create", serializer.save())

    def perform_update(self, serializer: serializers.BaseSerializer[Any]) -> None:
        changed = sorted(serializer.validated_data)
        with own_name(serializer.instance, serializer.validated_data):
            self._file("update", serializer.save(), fields=changed)

    @transaction.atomic
    def perform_destroy(self, instance: Any) -> None:
        self._file("delete", instance, name=str(instance))
        try:
            instance.delete()
        except ProtectedError as error:
            raise InUse(
                _("“%(name)s” has been recorded with, so it stays. Nothing was changed.")
                % {"name": instance}
            ) from error

    def _file(self, verb: str, row: Model, **details: Any) -> None:
        record(f"{self.noun}.{verb}", row, by=user_of(self.request), **details)
