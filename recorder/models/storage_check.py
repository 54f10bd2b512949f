from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from recorder.models.visible import VisibleQuerySet

# Longer than the slowest test takes: one that is still open then has lost its process.
LOST_AFTER = timedelta(minutes=3)


class StorageCheckQuerySet(VisibleQuerySet["StorageCheck"]):
    def newest(self) -> Self:
        """The last test of each storage."""
        later = StorageCheck.objects.filter(
            storage_config=models.OuterRef("storage_config"), pk__gt=models.OuterRef("pk")
        )
        return self.filter(~models.Exists(later))


class StorageCheck(models.Model):
    """One connection test of a storage, written step by step while it runs (storage.testing).

    `steps` holds storage.check.Step as objects, in their order; each sentence in the language of
    who asked. `outcome` is empty while it runs.
    """

    class Outcome(models.TextChoices):
        PASSED = "passed", _("Passed")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")
        BROKEN = "broken", _("Broke off")

    storage_config = models.ForeignKey(
        "recorder.StorageConfig", on_delete=models.CASCADE, related_name="checks"
    )
    steps = models.JSONField(default=list)
    started_at = models.DateTimeField(default=timezone.now)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    cancel_asked = models.BooleanField(default=False)
    finished_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)

    objects = StorageCheckQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.storage_config}, {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def running(self) -> bool:
        return not self.outcome and timezone.now() - self.started_at < LOST_AFTER

    @property
    def result(self) -> "StorageCheck.Outcome | None":
        """How it ended; None while it runs. Without its process it has broken off."""
        if self.running:
            return None
        return StorageCheck.Outcome(self.outcome or StorageCheck.Outcome.BROKEN)

    @property
    def failed_step(self) -> dict[str, Any] | None:
        return next((step for step in self.steps if step["outcome"] == "failed"), None)
