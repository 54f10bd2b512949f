"""Projects and storages: our own rows, checked by their own `clean`."""

import copy
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from recorder.api.fields import JSONObject, SecretText, StrictInteger, StrictModelSerializer
from recorder.models import Project, StorageConfig
from recorder.models.project import MOST_MINUTES


class CleanedSerializer(StrictModelSerializer):
    """Runs the model's `clean` on the row as it would become, and asks for the secrets it needs."""

    needed_secrets: tuple[str, ...] = ()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        model: Any = self.Meta.model
        row = copy.copy(self.instance) if self.instance else model()
        for name, value in attrs.items():
            setattr(row, name, value)
        missing = [name for name in self.needed_secrets if not getattr(row, name)]
        if missing:
            raise serializers.ValidationError(
                {name: [_("This secret is needed.")] for name in missing}
            )
        try:
            row.clean()
        except ValidationError as error:
            raise serializers.ValidationError(error.message_dict) from error
        return attrs


class ProjectSerializer(CleanedSerializer):
    customer_secret = SecretText()
    app_certificate = SecretText()
    callback_secret = SecretText()
    callback_secret_old = SecretText()
    requests_per_second = StrictInteger(min_value=1, max_value=1000, default=10)
    max_minutes = StrictInteger(
        min_value=1,
        max_value=MOST_MINUTES,
        allow_null=True,
        default=None,
        help_text=_("A recording is stopped after so long. null: only its own end stops it."),
    )

    needed_secrets = ("customer_secret",)

    class Meta:
        model = Project
        fields = [
            "id",
            "name",
            "provider",
            "area",
            "base_url",
            "app_id",
            "customer_id",
            *Project.SECRETS,
            "callback_sha1",
            "requests_per_second",
            "max_minutes",
            "created_at",
            "changed_at",
        ]
        read_only_fields = ["created_at", "changed_at"]

    def update(self, instance: Project, validated_data: dict[str, Any]) -> Project:
        """A new callback secret leaves the old one in force until that is taken away with null."""
        if validated_data.get("callback_secret") and instance.callback_secret:
            validated_data.setdefault("callback_secret_old", instance.callback_secret)
        updated: Project = super().update(instance, validated_data)
        return updated


class StorageConfigSerializer(CleanedSerializer):
    vendor = StrictInteger(min_value=0, max_value=11)
    region = StrictInteger(min_value=0, max_value=1000, default=0)
    secret_key = SecretText()
    read_secret_key = SecretText()
    file_name_prefix = serializers.ListField(child=serializers.CharField(), default=list)
    extension_params = JSONObject(default=dict)

    needed_secrets = ("secret_key",)

    class Meta:
        model = StorageConfig
        fields = [
            "id",
            "name",
            "vendor",
            "region",
            "bucket",
            "access_key",
            "secret_key",
            "file_name_prefix",
            "extension_params",
            "endpoint_url",
            "delivery",
            "read_access_key",
            "read_secret_key",
            "created_at",
            "changed_at",
        ]
        read_only_fields = ["created_at", "changed_at"]
