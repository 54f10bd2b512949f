"""What the endpoint must know of a project to let a callback in."""

import logging
import time
from dataclasses import dataclass, field
from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from recorder.contract.states import ProviderName
from recorder.models import Project, UnreadableSecret

log = logging.getLogger(__name__)

# Seconds for which a project is remembered. Under load that spares each callback a query, and most
# of them a connection. A secret that is taken away in another process still works for so long.
REMEMBERED = 1.0


@dataclass(frozen=True, slots=True)
class Door:
    project_id: int
    secrets: tuple[str, ...] = field(repr=False)
    sha1: bool
    anyrtc: bool


_known: dict[int, tuple[float, Door]] = {}


def door_of(project_id: int) -> Door | None:
    """None where there is no such project."""
    until, door = _known.get(project_id, (0.0, None))
    if door is None or until < time.monotonic():
        project = Project.objects.filter(pk=project_id).first()
        door = _door(project) if project else None
        if door:
            _known[project_id] = time.monotonic() + REMEMBERED, door
    return door


def _door(project: Project) -> Door:
    try:
        secrets = tuple(project.callback_secrets)
    except UnreadableSecret:
        log.error("The callback secret of project %s cannot be read.", project.pk)
        secrets = ()
    anyrtc = project.provider != ProviderName.AGORA
    return Door(project.pk, secrets, project.callback_sha1, anyrtc)


@receiver([post_save, post_delete], sender=Project)
def forget(instance: Project, **_: Any) -> None:
    """What is saved here counts at once."""
    _known.pop(instance.pk, None)
