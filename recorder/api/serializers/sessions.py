"""Sessions, and what belongs to one: calls, files, the timeline, the bodies of its actions."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.fields import Field

from recorder.api.fields import JSONObject, StrictChoice, StrictInteger, StrictText, refuse_unknown
from recorder.contract.states import Mode
from recorder.lifecycle import words
from recorder.lifecycle.resolve import REASON_LENGTH
from recorder.lifecycle.timeline import Entry
from recorder.models import (
    AuditEntry,
    Layout,
    Project,
    ProviderCall,
    RecordedFile,
    RecordingSession,
    StorageConfig,
)
from recorder.models.project import MOST_MINUTES

MAX_ID = 2**63 - 1


class VisibleKey(serializers.PrimaryKeyRelatedField[Any]):
    """The id of a row that this user may see."""

    def __init__(self, **options: Any):
        super().__init__(pk_field=StrictInteger(min_value=1, max_value=MAX_ID), **options)

    def get_queryset(self) -> Any:
        rows: Any = super().get_queryset()
        return rows.visible_to(self.context["request"].user)


class StrictSerializer(serializers.Serializer[Any]):
    """A body: every key must be one of the fields."""

    def to_internal_value(self, data: Any) -> Any:
        refuse_unknown(self, data)
        return super().to_internal_value(data)


class StartSerializer(StrictSerializer):
    """What is checked here is the form; the request itself is checked by the contract's rules."""

    project = VisibleKey(queryset=Project.objects.all())
    storage_config = VisibleKey(queryset=StorageConfig.objects.all())
    mode = StrictChoice(choices=[mode.value for mode in Mode])
    cname = StrictText(max_length=1024)
    uid = StrictText(
        max_length=48, default="", allow_blank=True, help_text=_("Empty: one is proposed.")
    )
    layout = VisibleKey(
        queryset=Layout.objects.filter(archived_at=None), required=False, allow_null=True
    )
    max_minutes = StrictInteger(
        min_value=1,
        max_value=MOST_MINUTES,
        required=False,
        help_text=_("It is stopped after so many minutes. Left out: the project's limit, if any."),
    )
    client_request = JSONObject(
        default=dict,
        help_text=_(
            "The provider's own clientRequest, merged over what project, layout and storage give."
        ),
    )


class ReasonSerializer(StrictSerializer):
    reason = StrictText(max_length=REASON_LENGTH, help_text=_("Kept with the session."))


class UpdateSerializer(StrictSerializer):
    client_request = JSONObject()


class UpdateLayoutSerializer(StrictSerializer):
    """One of the two."""

    layout = VisibleKey(queryset=Layout.objects.filter(archived_at=None), required=False)
    client_request = JSONObject(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            raise serializers.ValidationError(_("Send either layout or client_request."))
        return attrs


class SessionSerializer(serializers.ModelSerializer[RecordingSession]):
    """`picture` is the layout in force now, in the provider's field names; `layout` and
    `layout_version` tell which saved one it came from."""

    project: Field[Any, Any, Any, Any] = serializers.IntegerField(source="project_id")
    storage_config: Field[Any, Any, Any, Any] = serializers.IntegerField(source="storage_config_id")
    standing = serializers.SerializerMethodField()
    layout = serializers.IntegerField(source="layout_version.layout_id", default=None)
    layout_version = serializers.IntegerField(source="layout_version.number", default=None)
    picture = serializers.JSONField(source="layout")
    length_seconds = serializers.SerializerMethodField()
    requested_by = serializers.CharField(source="requested_by.username", default=None)
    stop_requested_by = serializers.CharField(source="stop_requested_by.username", default=None)

    class Meta:
        model = RecordingSession
        fields = [
            "id",
            "reference",
            "project",
            "storage_config",
            "mode",
            "cname",
            "uid",
            "status",
            "upload",
            "standing",
            "attention",
            "resource_id",
            "sid",
            "provider_status",
            "playlist",
            "layout",
            "layout_version",
            "picture",
            "canvas_width",
            "canvas_height",
            "length_seconds",
            "max_minutes",
            "failure",
            "requested_at",
            "requested_by",
            "start_sent_at",
            "recording_at",
            "stop_requested_at",
            "stop_requested_by",
            "stop_sent_at",
            "ended_at",
            "next_check_at",
        ]
        read_only_fields = fields

    def get_standing(self, session: RecordingSession) -> str:
        return words.standing(session).label

    def get_length_seconds(self, session: RecordingSession) -> float | None:
        return session.length.total_seconds() if session.length else None


class SessionDetailSerializer(SessionSerializer):
    """With the request as it was sent; a secret in it is shown as {"secret": "<its path>"}."""

    class Meta(SessionSerializer.Meta):
        fields = [*SessionSerializer.Meta.fields, "acquire_request", "request"]
        read_only_fields = fields


class CallSerializer(serializers.ModelSerializer[ProviderCall]):
    class Meta:
        model = ProviderCall
        fields = [
            "id",
            "operation",
            "method",
            "host",
            "path",
            "request",
            "http_status",
            "code",
            "response",
            "outcome",
            "error",
            "started_at",
            "duration_ms",
        ]


class FileSerializer(serializers.ModelSerializer[RecordedFile]):
    """`name` is the whole key in the bucket. `url` reads the file for a quarter of an hour, or with
    the token for ever where the storage delivers through us."""

    url = serializers.SerializerMethodField()

    class Meta:
        model = RecordedFile
        fields = [
            "id",
            "name",
            "kind",
            "track_type",
            "uid",
            "mixed_all_user",
            "is_playable",
            "slice_start_ms",
            "duration_ms",
            "size",
            "present",
            "checked_at",
            "url",
        ]

    def get_url(self, file: RecordedFile) -> str | None:
        url_of = self.context["url_of"]
        return str(url_of(file)) if file.present is not False else None


class AuditSerializer(serializers.ModelSerializer[AuditEntry]):
    user = serializers.CharField(source="user.username", default=None)
    session = serializers.IntegerField(source="session_id")

    class Meta:
        model = AuditEntry
        fields = ["id", "at", "user", "action", "target", "session", "details"]


class EventSerializer(serializers.Serializer[Entry]):
    """One entry of a session's timeline; `key` is its name there, the same each time."""

    key = serializers.CharField()
    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(choices=["call", "action", "state", "file", "notice"])
    title = serializers.CharField()
    text = serializers.CharField()
    by = serializers.CharField()
    tone = serializers.CharField()
    detail = JSONObject()


class StepSerializer(serializers.Serializer[Any]):
    """One step of a connection test."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # declared fields leave the class
    outcome = serializers.ChoiceField(choices=["done", "failed", "skipped"])
    sentence = serializers.CharField()
    duration_ms = serializers.IntegerField()
