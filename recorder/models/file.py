from django.db import models

from recorder.contract.files import FileKind, parse_name


class RecordedFile(models.Model):
    """A file of a recording: named by the provider, found in the bucket, or both.

    `name` is the whole object key, prefix included. `slice_start_ms` is Unix time in ms. `size` and
    `present` come from the bucket: null until somebody looked.
    """

    Kind = FileKind

    session = models.ForeignKey(
        "recorder.RecordingSession", on_delete=models.CASCADE, related_name="files"
    )
    name = models.CharField(max_length=1024)
    kind = models.CharField(max_length=10, choices=[(k.value, k.value) for k in FileKind])
    track_type = models.CharField(max_length=20, blank=True)
    uid = models.CharField(max_length=48, blank=True)
    mixed_all_user = models.BooleanField(null=True)
    is_playable = models.BooleanField(null=True)
    slice_start_ms = models.BigIntegerField(null=True)
    duration_ms = models.PositiveBigIntegerField(null=True)
    size = models.BigIntegerField(null=True)
    present = models.BooleanField(null=True)
    checked_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["session", "name"], name="file_once")]

    def __str__(self) -> str:
        return self.name

    def in_story(self) -> tuple[int, str]:
        """Its place among the lists of its recording: those of a fail-over follow in order."""
        known = parse_name(self.name)
        return (-1 if known is None or known.failover is None else known.failover, self.name)

    @property
    def seconds(self) -> float | None:
        return None if self.duration_ms is None else self.duration_ms / 1000
