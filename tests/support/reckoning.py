"""What came of processes that were killed under load: what was acknowledged, and what was lost."""

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from recorder.contract.states import Status
from tests.support.restarts import Restarts


@dataclass
class Outcome:
    """What came of it. `acknowledged` has the number of the row by channel, `begun` the sids."""

    acknowledged: dict[str, int] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    unanswered: int = 0  # requests that were repeated
    kills: Counter[str] = field(default_factory=Counter)
    rows: dict[int, tuple[str, str, str]] = field(default_factory=dict)  # channel, sid, status
    begun: dict[str, list[str]] = field(default_factory=dict)
    running: list[str] = field(default_factory=list)
    told: set[str] = field(default_factory=set)  # notices that were answered with 200
    stored: list[str] = field(default_factory=list)
    restarts: Restarts | None = None
    seconds: float = 0.0
    settled: float = 0.0  # seconds of them after the load, until every row had come to its end

    @property
    def orphans(self) -> set[str]:
        """Recordings that no row knows."""
        return set(itertools.chain(*self.begun.values())) - {row[1] for row in self.rows.values()}

    @property
    def doubled(self) -> list[str]:
        """Channels that were started more than once."""
        return [cname for cname, sids in self.begun.items() if len(sids) > 1]

    def problems(self) -> list[str]:
        found = list(self._lost_starts())
        found += [f"{sid} was begun and no row knows it" for sid in sorted(self.orphans)]
        found += [f"{cname} was started more than once" for cname in self.doubled]
        found += [f"{sid} still runs" for sid in self.running]
        lost = self.told - set(self.stored)
        found += [
            f"notice {lost_id} was acknowledged and is not stored" for lost_id in sorted(lost)
        ]
        if len(self.stored) != len(set(self.stored)):
            found.append("a notice is stored more than once")
        if not self.told or not self.acknowledged:
            found.append("nothing was acknowledged: no load")
        return found + (self.restarts.problems() if self.restarts else [])

    def _lost_starts(self) -> Iterator[str]:
        yield from self.refused
        for cname, number in self.acknowledged.items():
            if self.rows.get(number, ("",))[0] != cname:
                yield f"{cname} was acknowledged as {number} and is no row"
        for cname, sid, status in self.rows.values():
            if status != Status.STOPPED:
                yield f"{cname} ended as {status}"
            if [sid] * bool(sid) != self.begun.get(cname, []):
                yield f"{cname} has sid {sid!r}, and the sandbox began {self.begun.get(cname)}"
        names = Counter(row[0] for row in self.rows.values())
        yield from (f"{cname} has {count} rows" for cname, count in names.items() if count > 1)

    def __str__(self) -> str:
        started = sum(map(len, self.begun.values()))
        return "\n".join(
            (
                f"{len(self.acknowledged)} starts acknowledged, {len(self.rows)} rows,"
                f" {started} recordings, in {self.seconds:.0f} s; all had come to their end"
                f" {self.settled:.0f} s after the load",
                f"killed: {self.kills['web']} times web, {self.kills['worker']} times the worker;"
                f" requests that were repeated: {self.unanswered}",
                f"callbacks acknowledged: {len(self.told)}, stored: {len(self.stored)}",
                f"orphans: {len(self.orphans)}; double starts: {len(self.doubled)}",
                *([str(self.restarts)] if self.restarts else ()),
                *(f"  {problem}" for problem in self.problems()),
            )
        )
