"""`python3 manage.py bench [NAME …]`: runs benchmarks, prints medians, ratio and bar.

Exit status 1 when a bar is missed; with --smallest, which is for seeing that they work, never. What
needs an engine that is not there is said so, and fails under TEST_REQUIRE_ALL=1.
"""

import argparse
import importlib
import os
import pkgutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import bench
from bench._needs import Missing

PROJECT = Path(__file__).parents[1]
LEAST_ROUNDS = 5


@dataclass(frozen=True)
class Result:
    """The figures of all rounds, in the order they were taken."""

    name: str
    unit: str
    bar: float
    baseline: tuple[float, ...]
    ours: tuple[float, ...]

    @property
    def ratio(self) -> float:
        return median(self.ours) / median(self.baseline)

    @property
    def held(self) -> bool:
        return self.ratio <= self.bar

    def __str__(self) -> str:
        return (
            f"{self.name:<16} baseline {median(self.baseline):.4g} {self.unit}"
            f"  ours {median(self.ours):.4g} {self.unit}"
            f"  ratio {self.ratio:.2f}  bar {self.bar:.2f}  {'held' if self.held else 'MISSED'}"
        )


def names() -> list[str]:
    found = (module.name for module in pkgutil.iter_modules(bench.__path__))
    return sorted(name for name in found if not name.startswith("_"))


def measure(name: str, module: Any, *, rounds: int, smallest: bool = False) -> Result:
    """Run both in turns, so that what else the machine does meets both alike.

    One round before the first is not counted: it opens files and connections, and fills caches.
    """
    prepare = getattr(module, "prepare", None)
    around: AbstractContextManager[object] = prepare(smallest) if prepare else nullcontext()
    with around:
        module.baseline(), module.ours()
        figures = [(module.baseline(), module.ours()) for _ in range(rounds)]
    baseline, ours = zip(*figures, strict=True)
    return Result(name, getattr(module, "UNIT", "s"), module.BAR, baseline, ours)


def _meant(name: str, known: Sequence[str]) -> list[str]:
    return [one for one in known if one == name or one.startswith(f"{name}_")]


def main(argv: Sequence[str] | None = None) -> int:
    known = names()
    parser = argparse.ArgumentParser(prog="manage.py bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(known) or "none yet")
    parser.add_argument("--rounds", type=int, default=LEAST_ROUNDS)
    parser.add_argument("--smallest", action="store_true", help="as quick as can be; no bar counts")
    parser.add_argument("--alone", choices=known, metavar="NAME", help="one, in this process")
    options = parser.parse_args(argv)
    if options.alone:
        return _run(options.alone, options.rounds, smallest=options.smallest)
    # A name also stands for those that begin with it: `sandbox` for `sandbox_calls` and others.
    wanted = {name: _meant(name, known) for name in options.names}
    unknown = [name for name, meant in wanted.items() if not meant]
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)}; there are: {', '.join(known)}.")
        return 2
    rest = [f"--rounds={options.rounds}", *(["--smallest"] if options.smallest else [])]
    chosen = [one for meant in wanted.values() for one in meant] or known
    # Each in a process of its own: Django is set up once, for one site.
    return max([_apart(f"--alone={name}", *rest) for name in chosen])


def _run(name: str, rounds: int, *, smallest: bool) -> int:
    rounds = 1 if smallest else max(rounds, LEAST_ROUNDS)
    try:
        module = importlib.import_module(f"bench.{name}")
        result = measure(name, module, rounds=rounds, smallest=smallest)
    except Missing as missing:
        print(f"{name:<16} not measured: {missing}", flush=True)
        return int(os.environ.get("TEST_REQUIRE_ALL") == "1")
    print(result, flush=True)
    return 0 if result.held or smallest else 1


def _apart(*arguments: str) -> int:
    """Status of `python -m bench` with these arguments: 0, or 1 for any other."""
    return int(subprocess.call([sys.executable, "-m", "bench", *arguments], cwd=PROJECT) != 0)


if __name__ == "__main__":
    sys.exit(main())
