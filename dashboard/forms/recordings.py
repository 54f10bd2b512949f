"""The filters of the recordings list."""

from datetime import date, datetime, time

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dashboard.forms.filters import Filters
from recorder.contract.states import Upload
from recorder.models.session import SessionQuerySet

UPLOADS = [
    ("", _("Any upload")),
    (Upload.UPLOADED, _("Uploaded")),
    (Upload.UPLOADING, _("Uploading")),
    (Upload.BACKED_UP, _("In the provider's backup")),
    (Upload.UNKNOWN, _("Upload unknown")),
]


class RecordingFilters(Filters):
    upload = forms.ChoiceField(label=_("Upload"), choices=UPLOADS, required=False)
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def filtered(self, rows: SessionQuerySet) -> SessionQuerySet:
        rows = super().filtered(rows)
        wanted = self.cleaned_data
        if upload := wanted.get("upload"):
            rows = rows.filter(upload=upload)
        if since := wanted.get("since"):
            rows = rows.filter(requested_at__gte=_moment(since, time.min))
        if until := wanted.get("until"):
            rows = rows.filter(requested_at__lte=_moment(until, time.max))
        return rows


def _moment(day: date, at: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, at))
