"""Fields that take what they say and nothing near it. DRF's own turn 5 into "5" and "٣" into 3."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from rest_framework import serializers

from recorder.models import Secret, SecretField


class StrictInteger(serializers.IntegerField):
    """A JSON integer: no text, no true, no 5.0."""

    default_error_messages = {"invalid": _("A whole number is needed, not text or a fraction.")}

    def to_internal_value(self, data: object) -> int:
        if type(data) is not int:
            self.fail("invalid")
        return super().to_internal_value(data)


class StrictText(serializers.CharField):
    """A JSON string, kept as it is: spaces at the ends of a channel name count."""

    default_error_messages = {"invalid": _("Text is needed.")}

    def __init__(self, **options: Any):
        options.setdefault("trim_whitespace", False)
        super().__init__(**options)

    def to_internal_value(self, data: object) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class StrictChoice(serializers.ChoiceField):
    """One of the words, as a JSON string."""

    def to_internal_value(self, data: object) -> str:
        if not isinstance(data, str):
            self.fail("invalid_choice", input=data)
        return super().to_internal_value(data)


class JSONObject(serializers.Field[Any, Any, Any, Any]):
    """A JSON object with whatever is in it."""

    default_error_messages = {"invalid": _("An object is needed.")}

    def to_internal_value(self, data: object) -> dict[str, object]:
        if not isinstance(data, Mapping):
            self.fail("invalid")
        return dict(data)

    def to_representation(self, value: object) -> object:
        return value


class SecretText(serializers.Field[Any, Any, Any, Any]):
    """Written, never read: reading tells that it is set, its last four letters and since when, or
    that it is set and the key to it is gone.

    Empty text or absence keeps what is there; null takes it away.
    """

    default_error_messages = {
        "invalid": _("Text is needed. Leave the field out to keep what is set."),
        "required": _("This secret is needed."),
        "too_long": _("A secret has at most 4096 characters."),
    }

    def __init__(self, **options: Any):
        options.setdefault("required", False)
        options.setdefault("allow_null", True)
        super().__init__(**options)

    def to_internal_value(self, data: object) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        if len(data) > 4096:
            self.fail("too_long")
        if not data.strip():
            raise serializers.SkipField
        return data.strip()

    def to_representation(self, value: Secret) -> dict[str, object]:
        readable = value.is_readable
        return {
            "set": bool(value),
            "last4": value.last4 if readable else "",
            "updated_at": value.set_at if readable else None,
        }


class StrictModelSerializer(serializers.ModelSerializer[Any]):
    """Model fields as the strict ones above, unknown keys refused, and the model's own `clean`."""

    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping | {
        models.CharField: StrictText,
        models.PositiveSmallIntegerField: StrictInteger,
        models.PositiveIntegerField: StrictInteger,
        SecretField: SecretText,
    }
    serializer_choice_field = StrictChoice

    def to_internal_value(self, data: Any) -> Any:
        refuse_unknown(self, data)
        return super().to_internal_value(data)


def refuse_unknown(serializer: serializers.Serializer[Any], data: object) -> None:
    """A misspelt field must not pass as one left out."""
    if isinstance(data, Mapping):
        known = {name for name, field in serializer.fields.items() if not field.read_only}
        ignored = set(serializer.fields) - known  # what reading gives may be sent back
        unknown = [key for key in data if key not in known and key not in ignored]
        if unknown:
            raise serializers.ValidationError(
                {key: [_("There is no such field.")] for key in unknown}
            )


class SecretTextSchema(OpenApiSerializerFieldExtension):
    """Text on the way in, facts about it on the way out."""

    target_class = SecretText

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        if direction == "request":
            return {"type": "string", "writeOnly": True, "maxLength": 4096}
        return {
            "type": "object",
            "readOnly": True,
            "required": ["set", "last4", "updated_at"],
            "properties": {
                "set": {"type": "boolean"},
                "last4": {"type": "string"},
                "updated_at": {"type": ["string", "null"], "format": "date-time"},
            },
        }


class JSONObjectSchema(OpenApiSerializerFieldExtension):
    target_class = JSONObject

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": True}
