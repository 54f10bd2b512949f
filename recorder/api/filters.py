"""The filters of the session list. An unknown word is 400, not an empty page."""

from typing import Any

from django_filters import rest_framework as filters

from recorder.contract.states import Mode, Status, Upload
from recorder.models import Project, RecordingSession


class SessionFilter(filters.FilterSet):
    """`q` looks for the beginning of a sid, a reference, a uid, or a part of a channel's name."""

    status = filters.MultipleChoiceFilter(choices=[(s.value, s.value) for s in Status])
    upload = filters.MultipleChoiceFilter(choices=[(u.value, u.value) for u in Upload])
    mode = filters.ChoiceFilter(choices=[(m.value, m.value) for m in Mode])
    project = filters.ModelChoiceFilter(
        queryset=lambda request: Project.objects.visible_to(request.user)
    )
    cname = filters.CharFilter()
    sid = filters.CharFilter()
    uid = filters.CharFilter()
    started_after = filters.IsoDateTimeFilter(field_name="requested_at", lookup_expr="gte")
    started_before = filters.IsoDateTimeFilter(field_name="requested_at", lookup_expr="lt")
    q = filters.CharFilter(method="search", label="channel, sid, reference or uid")

    class Meta:
        model = RecordingSession
        fields = ["status", "upload", "project", "mode", "cname", "sid", "uid"]

    def search(self, rows: Any, _name: str, text: str) -> Any:
        return rows.matching(text)
