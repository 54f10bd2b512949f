from django.db import models


class ProviderCall(models.Model):
    """One request we sent to the provider and what came back, redacted. Never changed.

    `path` follows `…/cloud_recording/`. `outcome`: providers.values.Outcome.
    """

    session = models.ForeignKey(
        "recorder.RecordingSession", null=True, on_delete=models.CASCADE, related_name="calls"
    )
    project = models.ForeignKey("recorder.Project", on_delete=models.PROTECT, related_name="calls")
    operation = models.CharField(max_length=20)
    method = models.CharField(max_length=8)
    host = models.CharField(max_length=255, blank=True)
    path = models.TextField()
    request = models.JSONField(null=True)
    http_status = models.PositiveSmallIntegerField(null=True)
    code = models.IntegerField(null=True)
    response = models.JSONField(null=True)
    outcome = models.CharField(max_length=20)
    error = models.TextField(blank=True)
    started_at = models.DateTimeField()
    duration_ms = models.PositiveIntegerField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.operation} {self.http_status or '-'}"
