"""Notices as programs read them."""

from rest_framework import serializers

from recorder.lifecycle.notice_words import telling
from recorder.models import Notice


class NoticeSerializer(serializers.ModelSerializer[Notice]):
    """`body` is the message as it came, without secrets. `session` is null while it matches none;
    `folded_at` while it changed nothing yet."""

    project = serializers.IntegerField(source="project_id")
    session = serializers.IntegerField(source="session_id", allow_null=True)
    meaning = serializers.SerializerMethodField()

    class Meta:
        model = Notice
        fields = [
            "id",
            "project",
            "session",
            "notice_id",
            "event_type",
            "meaning",
            "sid",
            "cname",
            "uid",
            "sequence",
            "at",
            "received_at",
            "deliveries",
            "late",
            "folded_at",
            "error",
            "body",
        ]
        read_only_fields = fields

    def get_meaning(self, notice: Notice) -> str:
        told = telling(notice)
        return " ".join([told.title, *told.notes])
