"""What one recording needs and when: computed from its row and its facts, kept until one of them
changes.
"""

from dataclasses import dataclass

from recorder.sandbox.channels import first_recorded, idle_end
from recorder.sandbox.media.timeline import Timeline
from recorder.sandbox.pictures import timeline_of
from recorder.sandbox.store import Fact, Session, State

JOIN_MS = (
    1000  # from the answer of start until the recorder has tried its storage and is in the channel
)
PROGRESS_MS = 60_000  # between two reports of upload progress


@dataclass(frozen=True, slots=True)
class Plan:
    """`origin_ms` and `idle_end_ms` follow from the facts so far; None while they are open."""

    session: Session
    version: int  # of the facts it was made from
    origin_ms: int | None
    idle_end_ms: int | None
    timeline: Timeline | None

    def join_due(self, now_ms: int) -> bool:
        leaving = self.session.state == State.LEAVING
        return not self.session.joined and (leaving or now_ms >= self.session.started_ms + JOIN_MS)

    def idle_due(self, now_ms: int) -> bool:
        return (
            self.session.state == State.LIVE
            and self.idle_end_ms is not None
            and now_ms >= self.idle_end_ms
        )

    def progress_due(self, now_ms: int) -> bool:
        return self.timeline is not None and now_ms >= self._reported_ms() + PROGRESS_MS

    def slices_by(self, now_ms: int) -> int:
        """How many slices can be made by now."""
        if self.timeline is None or self.origin_ms is None:
            return 0
        return self.timeline.slices_by(max(0, now_ms - self.origin_ms))

    def slice_due_ms(self, k: int) -> int:
        """When slice k is complete, on the sandbox's clock."""
        assert self.timeline is not None and self.origin_ms is not None  # noqa: S101, PT018
        due = self.origin_ms + (k + 1) * self.session.slice_ms
        return due if self.session.end_ms is None else min(due, self.session.end_ms)

    def next_ms(self, now_ms: int) -> int:
        """When this recording needs attention again if nothing else happens."""
        moments = [self.session.started_ms + JOIN_MS] if not self.session.joined else []
        if self.session.state == State.LIVE:
            moments += [self.idle_end_ms] if self.idle_end_ms is not None else []
            if self.timeline is not None:
                moments += [
                    self.slice_due_ms(self.slices_by(now_ms)),
                    self._reported_ms() + PROGRESS_MS,
                ]
        return min(moments, default=2**62)

    def _reported_ms(self) -> int:
        return self.session.progress_ms or self.session.started_ms


def make_plan(session: Session, facts: list[Fact], version: int) -> Plan:
    origin = session.origin_ms if session.origin_ms is not None else _origin(session, facts)
    timeline = timeline_of(session, facts) if session.origin_ms is not None else None
    idle = idle_end(session, facts) if session.state == State.LIVE and not session.doom else None
    return Plan(session, version, origin, idle, timeline)


def _origin(session: Session, facts: list[Fact]) -> int | None:
    """The first recorded moment, if it came before the end."""
    if session.doom:
        return None
    origin = first_recorded(session, facts)
    ended = origin is not None and session.end_ms is not None and origin >= session.end_ms
    return None if ended else origin
