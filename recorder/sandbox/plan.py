"""What one recording needs and when: computed from its row and its facts, kept until one of them
changes.
"""

from dataclasses import dataclass

from recorder.sandbox import pages
from recorder.sandbox.channels import first_recorded, idle_end
from recorder.sandbox.lanes import Lane, lanes_of
from recorder.sandbox.pages import Finish
from recorder.sandbox.store import Fact, Session, State
from recorder.sandbox.tellings import Telling, tellings

JOIN_MS = (
    1000  # from the answer of start until the recorder has tried its storage and is in the channel
)
PROGRESS_MS = 60_000  # between two reports of upload progress


@dataclass(frozen=True, slots=True)
class Plan:
    """`origin_ms` and `finish` follow from the facts so far; None while they are open. `news`: what
    callbacks have not told yet, in order.
    """

    session: Session
    version: int  # of the facts it was made from
    origin_ms: int | None
    finish: Finish | None
    lanes: tuple[Lane, ...]
    news: tuple[Telling, ...] = ()

    def join_due(self, now_ms: int) -> bool:
        leaving = self.session.state == State.LEAVING
        return not self.session.joined and (leaving or now_ms >= self.session.started_ms + JOIN_MS)

    def finish_due(self, now_ms: int) -> bool:
        """Whether the recording has come to its end by itself."""
        live = self.session.state == State.LIVE
        return live and self.finish is not None and now_ms >= self.finish.at_ms

    def begin_due(self, now_ms: int) -> bool:
        """Whether the first recorded moment has come."""
        open_ = self.session.joined and self.session.origin_ms is None
        return open_ and self.origin_ms is not None and now_ms >= self.origin_ms

    def news_due(self, now_ms: int) -> list[Telling]:
        """What can be told: of moments that are over, to which nothing is added any more."""
        return [telling for telling in self.news if telling.at_ms < now_ms]

    def progress_due(self, now_ms: int) -> bool:
        live = self.session.state == State.LIVE and self.session.origin_ms is not None
        return live and now_ms >= self._reported_ms() + PROGRESS_MS

    def next_ms(self, now_ms: int) -> int:
        """When this recording needs attention again if nothing else happens."""
        moments = [self.session.started_ms + JOIN_MS] if not self.session.joined else []
        if self.session.state == State.LIVE:
            moments += [self.finish.at_ms] if self.finish is not None else []
            moments += [self.news[0].at_ms + 1] if self.news else []
            if self.session.joined and self.session.origin_ms is None:
                moments += [self.origin_ms] if self.origin_ms is not None else []
            if self.session.origin_ms is not None:
                moments.append(self._reported_ms() + PROGRESS_MS)
            for lane in self.lanes:
                dues = (
                    lane.slice_due_ms(lane.slices_by(now_ms)),
                    lane.shot_due_ms(lane.shots_by(now_ms)),
                )
                moments += [due for due in dues if due is not None]
        return min(moments, default=2**62)

    def _reported_ms(self) -> int:
        return self.session.progress_ms or self.session.origin_ms or self.session.started_ms


def make_plan(session: Session, facts: list[Fact], version: int) -> Plan:
    origin = session.origin_ms if session.origin_ms is not None else _origin(session, facts)
    lanes = lanes_of(session, facts) if session.origin_ms is not None else ()
    live = session.state == State.LIVE and not session.doom
    news = [telling for telling in tellings(session, facts) if telling.at_ms > session.told_ms]
    return Plan(
        session,
        version,
        origin,
        _finish(session, facts) if live else None,
        lanes,
        tuple(news) if session.joined else (),
    )


def _finish(session: Session, facts: list[Fact]) -> Finish | None:
    if session.mode == "web":
        return pages.finish(session, facts)
    idle = idle_end(session, facts)
    return None if idle is None else Finish(idle, "idle")


def _origin(session: Session, facts: list[Fact]) -> int | None:
    """The first recorded moment, if it came before the end."""
    if session.doom:
        return None
    find = pages.first_shown if session.mode == "web" else first_recorded
    origin = find(session, facts)
    ended = origin is not None and session.end_ms is not None and origin >= session.end_ms
    return None if ended else origin
