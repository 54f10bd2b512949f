import secrets
import string
from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from recorder.contract.states import FINAL, LIVE, NEXT, Mode, Status, Upload
from recorder.errors import RecorderError
from recorder.models.secrets import SecretField
from recorder.models.visible import VisibleQuerySet

REFERENCE_LETTERS = string.ascii_lowercase + string.digits
UPLOAD_OPEN = (Upload.UPLOADING, Upload.UNKNOWN, Upload.BACKED_UP)


class InvalidTransition(RecorderError):
    """The session is not in a state from which this move leads. Nothing was changed."""


class LostRace(InvalidTransition):
    """Somebody else moved this session first. Nothing was changed by this caller."""


def new_reference() -> str:
    return "".join(secrets.choice(REFERENCE_LETTERS) for _ in range(12))


class SessionQuerySet(VisibleQuerySet["RecordingSession"]):
    def live(self) -> Self:
        return self.filter(status__in=LIVE)

    def needing_attention(self) -> Self:
        return self.exclude(attention="")

    def waiting_for_upload(self) -> Self:
        return self.filter(status__in=FINAL, upload__in=UPLOAD_OPEN)

    def due(self, now: "timezone.datetime") -> Self:
        """Rows that something must be done about, and that nobody is working on."""
        return self.filter(
            Q(lease_until=None) | Q(lease_until__lt=now), next_check_at__lte=now
        ).order_by("next_check_at")


class RecordingSession(models.Model):
    """One run of the recording service, from the wish to start to the uploaded files.

    `status` and `upload` are two facts with two columns (contract.states). `request` is the exact
    clientRequest of `start`, each secret in it replaced by {"secret": "<its path>"}; the values are
    in `secrets` (JSON, path to value) and are emptied when the session has ended. `storage`,
    `layout` and canvas are frozen copies: editing a configuration never rewrites history.
    """

    reference = models.CharField(max_length=12, unique=True, default=new_reference, editable=False)
    project = models.ForeignKey(
        "recorder.Project", on_delete=models.PROTECT, related_name="sessions"
    )
    storage_config = models.ForeignKey(
        "recorder.StorageConfig", on_delete=models.PROTECT, related_name="sessions"
    )
    mode = models.CharField(max_length=10, choices=[(m, m.value) for m in Mode])
    cname = models.CharField(max_length=1024)
    uid = models.CharField(max_length=48)
    status = models.CharField(
        max_length=12, choices=[(s, s.value) for s in Status], default=Status.REQUESTED
    )
    upload = models.CharField(
        max_length=12, choices=[(u, u.value) for u in Upload], default=Upload.NONE
    )
    # Why a person should look: a key of lifecycle.attention, empty when nothing is wrong.
    attention = models.CharField(max_length=40, blank=True)

    acquire_request = models.JSONField(default=dict)
    request = models.JSONField()
    secrets = SecretField()
    storage = models.JSONField()
    canvas_width = models.PositiveIntegerField(null=True)
    canvas_height = models.PositiveIntegerField(null=True)
    layout = models.JSONField(null=True)  # in force now, in the service's field names
    layout_version = models.ForeignKey(
        "recorder.LayoutVersion", null=True, on_delete=models.PROTECT, related_name="sessions"
    )

    resource_id = models.TextField(blank=True)
    acquired_at = models.DateTimeField(null=True)
    sid = models.CharField(max_length=128, blank=True, db_index=True)
    provider_status = models.PositiveSmallIntegerField(null=True)
    playlist = models.CharField(max_length=1024, blank=True)
    slice_start_ms = models.BigIntegerField(null=True)
    failure = models.JSONField(null=True)  # {operation, http_status, code, text}

    form_key = models.CharField(max_length=64, unique=True, null=True)
    request_hash = models.CharField(max_length=64, blank=True)
    requested_at = models.DateTimeField(default=timezone.now, db_index=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    start_sent_at = models.DateTimeField(null=True)
    recording_at = models.DateTimeField(null=True)
    stop_requested_at = models.DateTimeField(null=True)
    stop_requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    stop_sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    observed_at = models.DateTimeField(null=True)  # of the newest observation folded in
    missing_since = models.DateTimeField(null=True)  # first 404 of a row of them
    changed_at = models.DateTimeField(auto_now=True)

    next_check_at = models.DateTimeField(null=True)
    checks = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    lease_token = models.CharField(max_length=32, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["-id"], name="session_live", condition=Q(status__in=sorted(LIVE))
            ),
            models.Index(fields=["-id"], name="session_attention", condition=~Q(attention="")),
            models.Index(
                fields=["-id"],
                name="session_upload_open",
                condition=Q(status__in=sorted(FINAL), upload__in=sorted(UPLOAD_OPEN)),
            ),
            models.Index(
                fields=["next_check_at"],
                name="session_due",
                condition=Q(next_check_at__isnull=False),
            ),
            models.Index(fields=["project", "cname"], name="session_channel"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.cname}"

    @property
    def is_live(self) -> bool:
        return self.status in LIVE

    @property
    def length(self) -> timedelta | None:
        """How long it has recorded, up to now or up to its end; None before it began."""
        if self.recording_at is None:
            return None
        return (self.ended_at or timezone.now()) - self.recording_at

    def move_to(self, status: Status, **fields: object) -> None:
        """Change status atomically: of two callers racing for the same move, exactly one wins.

        Raises InvalidTransition when `status` does not follow, LostRace when another was first.
        """
        if status not in NEXT[Status(self.status)]:
            raise InvalidTransition(
                f"A session that is {self.status} cannot become {status.value}."
            )
        self.change(status=status, **fields)

    def change(self, **fields: object) -> None:
        """Write fields if `status` and `upload` are still what this object read; else LostRace."""
        rows = RecordingSession.objects.filter(
            pk=self.pk, status=self.status, upload=self.upload
        )
        if not rows.update(changed_at=timezone.now(), **fields):
            self.refresh_from_db()
            raise LostRace(
                f"Another request changed this session first; it is now {self.status}."
            )
        self.refresh_from_db()
