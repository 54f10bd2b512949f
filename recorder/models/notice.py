from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Count, F, Max, Q
from django.utils.translation import gettext_lazy as _

from recorder.models.visible import VisibleQuerySet

# The console's test sends a made-up notice of each type; where its values are documented, in this
# channel.
TEST_CHANNEL = "test_webhook"


class NoticeQuerySet(VisibleQuerySet["Notice"]):
    def due(self, now: datetime) -> Self:
        """What still has to be folded into a session, the longest due first."""
        return self.filter(due_at__lte=now).order_by("due_at", "id")

    def waiting_for(self, project_id: int, sid: str) -> Self:
        """What came about a session before its sid was known here, in the order of its story."""
        return self.of_projects(project_id).filter(sid=sid, session=None).in_order()

    def in_order(self) -> Self:
        return self.order_by(F("sequence").asc(nulls_last=True), "at", "id")

    def unmatched(self) -> Self:
        return self.filter(session=None)

    def missing(self) -> int:
        """Of one session: how many numbers below the highest were never heard of."""
        seen = self.exclude(sequence=None).aggregate(
            highest=Max("sequence"), heard=Count("sequence", distinct=True)
        )
        return 0 if seen["highest"] is None else seen["highest"] + 1 - seen["heard"]

    def odd(self) -> Self:
        """What came more than once, or after one with a higher number."""
        return self.filter(Q(late=True) | Q(deliveries__gt=1))

    def matching(self, text: str) -> Self:
        """The beginning of a sid or of the notice's own id, a part of a channel's name."""
        return self.filter(
            Q(sid__startswith=text) | Q(notice_id__startswith=text) | Q(cname__icontains=text)
        )


class Notice(models.Model):
    """One message of the notification service, kept once, without the secrets in it.

    `body` is the whole message, redacted; the columns repeat what is searched for. `at` is when it
    happened (`sendts`), never after its arrival. `twin` is a hash of what two deliveries of one
    event share even under different ids (contract: the optional redundant service). `due_at` says
    when to fold it into a session next: empty once that is done, or nothing more is tried.
    """

    project = models.ForeignKey(
        "recorder.Project", on_delete=models.CASCADE, related_name="notices"
    )
    session = models.ForeignKey(
        "recorder.RecordingSession", null=True, on_delete=models.CASCADE, related_name="notices"
    )
    notice_id = models.CharField(max_length=128)
    twin = models.CharField(max_length=64, null=True)
    product_id = models.IntegerField(null=True)
    event_type = models.IntegerField()
    sid = models.CharField(max_length=2048, blank=True, db_index=True)
    cname = models.CharField(max_length=1024, blank=True)
    uid = models.CharField(max_length=48, blank=True)
    sequence = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    body = models.JSONField()

    received_at = models.DateTimeField(db_index=True)
    deliveries = models.PositiveIntegerField(default=1)
    delivered_at = models.DateTimeField()  # the last time
    late = models.BooleanField(default=False)  # one with a higher sequence was here before it

    due_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    folded_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)  # why it could not be folded, for a person

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["project", "notice_id"], name="notice_once"),
            models.UniqueConstraint(fields=["project", "twin"], name="notice_event_once"),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="notice_due", condition=Q(due_at__isnull=False)),
            models.Index(
                fields=["-id"], name="notice_odd", condition=Q(late=True) | Q(deliveries__gt=1)
            ),
            models.Index(
                fields=["-id"], name="notice_unmatched", condition=Q(session__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_type} {self.notice_id}"

    @property
    def payload(self) -> dict[str, Any]:
        found = self.body.get("payload")
        return found if isinstance(found, dict) else {}

    @property
    def details(self) -> dict[str, Any]:
        found = self.payload.get("details")
        return found if isinstance(found, dict) else {}


class RefusedNotices(models.Model):
    """How many callbacks a project has refused, and when the last one came. No row per refusal:
    whoever knows the address could fill the disk."""

    class Reason(models.TextChoices):
        NO_SECRET = "no_secret", _("no callback secret is set")
        UNSIGNED = "unsigned", _("not signed")
        WRONG = "wrong", _("wrong signature")
        WEAK = "weak", _("signed with SHA-1 only")
        MALFORMED = "malformed", _("malformed")
        TOO_LARGE = "too_large", _("longer than 64 kB")

    project = models.ForeignKey(
        "recorder.Project", on_delete=models.CASCADE, related_name="refused_notices"
    )
    reason = models.CharField(max_length=10, choices=Reason)
    count = models.PositiveBigIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "reason"], name="refusal_once")]

    def __str__(self) -> str:
        return f"{self.reason} {self.count}"
