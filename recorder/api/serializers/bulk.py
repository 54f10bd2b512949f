"""Many starts or stops at once: what is asked for, and what each row came to."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from recorder.api.fields import StrictInteger, StrictText
from recorder.api.serializers.sessions import (
    MAX_ID,
    StartSerializer,
    StrictSerializer,
)
from recorder.lifecycle.bulk_list import MOST
from recorder.lifecycle.bulk_words import progress, result
from recorder.models import Bulk, BulkItem


class ChannelSerializer(StrictSerializer):
    """What is wrong with a name is told by row, with all others at once."""

    cname = StrictText(max_length=1024, allow_blank=True)
    uid = StrictText(max_length=48, default="", allow_blank=True)
    url = StrictText(
        default="",
        allow_blank=True,
        help_text=_("In web mode: the page of this row, in the place of that in client_request."),
    )


class BulkStartSerializer(StartSerializer):
    """As one start, with `channels` in the place of channel and uid."""

    cname = None  # type: ignore[assignment]  # DRF's way of leaving a field of the parent out
    uid = None  # type: ignore[assignment]
    channels = serializers.ListField(child=ChannelSerializer(), max_length=MOST, allow_empty=False)


class BulkStopSerializer(StrictSerializer):
    sessions = serializers.ListField(
        child=StrictInteger(min_value=1, max_value=MAX_ID),
        max_length=MOST,
        allow_empty=False,
        help_text=_("The ids of the sessions."),
    )


class ProgressSerializer(serializers.Serializer[Any]):
    """`waiting` rows have been asked for and are not settled; of these `full` wait for another
    recording to end, because the account records as many channels as it may."""

    queued = serializers.IntegerField()
    waiting = serializers.IntegerField()
    full = serializers.IntegerField()
    done = serializers.IntegerField()
    unsure = serializers.IntegerField()
    failed = serializers.IntegerField()
    cancelled = serializers.IntegerField()


class ResultSerializer(serializers.ModelSerializer[BulkItem]):
    """`result` is queued, refused, cancelled, or how the session stands; `field` and `message` say
    why it was refused."""

    result = serializers.SerializerMethodField()
    standing = serializers.SerializerMethodField()
    message = serializers.SerializerMethodField()
    session = serializers.IntegerField(source="session_id", allow_null=True)
    sid = serializers.CharField(source="session.sid", default=None, allow_null=True)

    class Meta:
        model = BulkItem
        fields = [
            "number",
            "cname",
            "uid",
            "result",
            "standing",
            "session",
            "sid",
            "field",
            "message",
        ]

    def get_result(self, item: BulkItem) -> str:
        return result(item).key

    def get_standing(self, item: BulkItem) -> str:
        return result(item).label

    def get_message(self, item: BulkItem) -> str:
        return result(item).text


class BulkSummarySerializer(serializers.ModelSerializer[Bulk]):
    """One of many lists, without its rows. `far` in the context: the Progress of each, by id."""

    progress = serializers.SerializerMethodField()
    requested_by = serializers.CharField(source="requested_by.username", default=None)

    class Meta:
        model = Bulk
        fields = [
            "id",
            "kind",
            "total",
            "progress",
            "requested_at",
            "requested_by",
            "cancelled_at",
            "finished_at",
        ]

    @extend_schema_field(ProgressSerializer)
    def get_progress(self, bulk: Bulk) -> Any:
        return ProgressSerializer(self.context["far"][bulk.pk]).data


class BulkSerializer(BulkSummarySerializer):
    results = serializers.SerializerMethodField()

    class Meta(BulkSummarySerializer.Meta):
        fields = [*BulkSummarySerializer.Meta.fields, "results"]

    @extend_schema_field(ProgressSerializer)
    def get_progress(self, bulk: Bulk) -> Any:
        return ProgressSerializer(progress(bulk)).data

    @extend_schema_field(ResultSerializer(many=True))
    def get_results(self, bulk: Bulk) -> Any:
        items = bulk.items.select_related("session__project").order_by("number")
        return ResultSerializer(items, many=True).data
