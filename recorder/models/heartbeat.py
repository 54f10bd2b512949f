from datetime import timedelta

from django.db import models
from django.utils import timezone

SILENT_AFTER = timedelta(seconds=30)
FORGOTTEN_AFTER = timedelta(days=1)


class Heartbeat(models.Model):
    """When each worker process was last seen. Without one, nothing is confirmed by itself."""

    name = models.CharField(max_length=120, unique=True)
    seen_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.name

    @classmethod
    def beat(cls, name: str) -> None:
        now = timezone.now()
        cls.objects.update_or_create(name=name, defaults={"seen_at": now})
        cls.objects.filter(seen_at__lt=now - FORGOTTEN_AFTER).delete()

    @classmethod
    def seen(cls) -> "models.QuerySet[Heartbeat]":
        """The workers that were there within the last 30 seconds."""
        return cls.objects.filter(seen_at__gt=timezone.now() - SILENT_AFTER)
