from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from recorder.models.secrets import SecretField
from recorder.models.visible import VisibleQuerySet

LONGEST_PLAN = timedelta(minutes=5)  # much longer than lifecycle.bulk claims one for


class BulkQuerySet(VisibleQuerySet["Bulk"]):
    def due(self, now: datetime) -> Self:
        """Those that something must be done about, the longest due first. One that is planned
        further ahead than any is, was planned before the clock was put back."""
        stranded = Q(next_at__gt=now + LONGEST_PLAN)
        return self.filter(Q(next_at__lte=now) | stranded).order_by("next_at", "id")


class Bulk(models.Model):
    """Many starts or many stops that were asked for at once, and how far they have come.

    `recipe` holds what all starts share: {project, storage_config, mode, layout_version,
    client_request, max_minutes}, ids as numbers, each secret replaced by its place; the values are
    in `secrets`, emptied at the end. Its `pages` are those of single rows, by number: {url}.
    `next_at` is when to go on: empty once nothing is left to do.
    """

    class Kind(models.TextChoices):
        START = "start"
        STOP = "stop"

    kind = models.CharField(max_length=8, choices=Kind)
    project = models.ForeignKey("recorder.Project", null=True, on_delete=models.PROTECT)
    form_key = models.CharField(max_length=64, unique=True, null=True)
    request_hash = models.CharField(max_length=64, blank=True)
    recipe = models.JSONField(default=dict)
    secrets = SecretField()
    total = models.PositiveIntegerField()
    requested_at = models.DateTimeField(auto_now_add=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    finished_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)

    objects = BulkQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["next_at"], name="bulk_due", condition=Q(next_at__isnull=False))
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.total}"


class BulkItem(models.Model):
    """One start or stop of many. Once it has a session, the session tells how it goes on.

    `field` and `problem` say why it was refused before that.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        TAKEN = "taken"
        REFUSED = "refused"
        CANCELLED = "cancelled"

    bulk = models.ForeignKey(Bulk, on_delete=models.CASCADE, related_name="items")
    number = models.PositiveIntegerField()
    cname = models.CharField(max_length=1024)
    uid = models.CharField(max_length=48, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    session = models.ForeignKey(
        "recorder.RecordingSession", null=True, on_delete=models.PROTECT, related_name="bulk_items"
    )
    field = models.CharField(max_length=200, blank=True)
    problem = models.TextField(blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["bulk", "number"], name="bulk_item_once")]
        indexes = [
            models.Index(fields=["bulk", "number"], name="bulk_queued", condition=Q(state="queued"))
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.cname}"
