from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone

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
    who asked.
    """

    storage_config = models.ForeignKey(
        "recorder.StorageConfig", on_delete=models.CASCADE, related_name="checks"
    )
    steps = models.JSONField(default=list)
    started_at = models.DateTimeField(default=timezone.now)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    cancelled_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = StorageCheckQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.storage_config}, {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def running(self) -> bool:
        return self.finished_at is None and not self.lost

    @property
    def lost(self) -> bool:
        """Its process ended before it did."""
        return self.finished_at is None and timezone.now() - self.started_at > LOST_AFTER

    @property
    def passed(self) -> bool:
        done = bool(self.steps) and all(step["outcome"] == "done" for step in self.steps)
        return self.finished_at is not None and self.cancelled_at is None and done

    @property
    def failed_step(self) -> dict[str, Any] | None:
        return next((step for step in self.steps if step["outcome"] == "failed"), None)
