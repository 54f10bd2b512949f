from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from recorder.models.visible import VisibleQuerySet

if TYPE_CHECKING:
    from recorder.models.session import RecordingSession
    from recorder.models.user import User


class AuditEntry(models.Model):
    """Who did what to what, and when. Written beside the change it tells of; never changed.

    `action` is a dotted verb ("session.stop"), `target` the kind and id ("session 12"), `details`
    plain facts without secrets. `user` is null for what the system did by itself.
    """

    at = models.DateTimeField(auto_now_add=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    action = models.CharField(max_length=60)
    target = models.CharField(max_length=60)
    session = models.ForeignKey(
        "recorder.RecordingSession", null=True, on_delete=models.SET_NULL, related_name="audit"
    )
    details = models.JSONField(default=dict)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.action} {self.target}"


def record(
    action: str,
    target: models.Model,
    *,
    by: "User | None",
    session: "RecordingSession | None" = None,
    **details: object,
) -> AuditEntry:
    """File what was done. Call it inside the transaction of the change."""
    return AuditEntry.objects.create(
        action=action,
        target=f"{target._meta.model_name} {target.pk}",
        user=by if by is not None and by.pk else None,
        session=session,
        details=details,
    )
