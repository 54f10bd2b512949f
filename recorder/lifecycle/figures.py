"""The four figures above the board. Each is counted in a partial index, never over the table."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from recorder.contract.states import Status
from recorder.models import RecordingSession, User


@dataclass(frozen=True, slots=True)
class Figures:
    recording_now: int
    needs_attention: int
    waiting_for_upload: int
    recorded_today: int


def figures(user: User | AnonymousUser) -> Figures:
    """As this user may see them. Today begins at midnight in the current time zone."""
    sessions = RecordingSession.objects.visible_to(user).order_by()
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    # live() repeats the condition of its index; a database does not see that one implies the other
    recording = sessions.live().filter(status__in=[Status.RECORDING, Status.RECOVERING])
    return Figures(
        recording_now=recording.count(),
        needs_attention=sessions.needing_attention().count(),
        waiting_for_upload=sessions.waiting_for_upload().count(),
        recorded_today=sessions.recorded_since(midnight).count(),
    )
