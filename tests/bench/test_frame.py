from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from bench.__main__ import main, measure


class Watched(SimpleNamespace):
    """A benchmark whose figures are given, and which notes what was called."""

    def __init__(self, baseline, ours, bar=1.1):
        super().__init__(BAR=bar, calls=[], figures={"baseline": baseline, "ours": ours})

    def baseline(self):
        return self.take("baseline")

    def ours(self):
        return self.take("ours")

    def take(self, which):
        self.calls.append(which)
        return self.figures[which][(self.calls.count(which) - 1) % len(self.figures[which])]


def test_both_run_in_turns_after_a_round_that_is_not_counted():
    watched = Watched(baseline=[90, 1, 2, 3], ours=[90, 1, 2, 3])

    result = measure("x", watched, rounds=3)

    assert watched.calls == ["baseline", "ours"] * 4
    assert result.baseline == (1, 2, 3)


@pytest.mark.parametrize(("ours", "held"), [(1.1, True), (1.11, False)])
def test_the_ratio_of_medians_is_held_against_the_bar(ours, held):
    result = measure("x", Watched(baseline=[1.0], ours=[ours]), rounds=5)

    assert result.held is held
    assert ("MISSED" in str(result)) is not held


def test_an_outlier_does_not_move_the_ratio():
    result = measure("x", Watched(baseline=[1, 1, 1, 50], ours=[1, 1, 50, 1]), rounds=7)

    assert result.ratio == 1


def test_what_is_prepared_lasts_for_all_rounds():
    watched = Watched(baseline=[1], ours=[1])

    @contextmanager
    def prepare(smallest):
        watched.calls.append(f"begin {smallest}")
        yield
        watched.calls.append("end")

    watched.prepare = prepare
    measure("x", watched, rounds=1, smallest=True)

    assert watched.calls[0] == "begin True"
    assert watched.calls[-1] == "end"
    assert len(watched.calls) == 6


def test_an_unknown_benchmark_is_named(capsys):
    assert main(["nonsense"]) == 2
    assert "no benchmark nonsense" in capsys.readouterr().out


@pytest.mark.parametrize(("required", "status"), [("", 0), ("1", 1)])
def test_what_needs_an_engine_that_is_not_there_says_so(monkeypatch, capsys, required, status):
    monkeypatch.delenv("TEST_POSTGRES_URL", raising=False)
    monkeypatch.setenv("TEST_REQUIRE_ALL", required)

    assert main(["--alone", "workers"]) == status
    assert "not measured: TEST_POSTGRES_URL names no PostgreSQL" in capsys.readouterr().out


def test_several_run_each_in_a_process_of_its_own(monkeypatch):
    ran = []
    monkeypatch.setattr("bench.__main__._apart", lambda *arguments: ran.append(arguments) or 1)

    assert main(["callbacks", "--rounds", "7"]) == 1

    assert ran == [
        (f"--alone={name}", "--rounds=7")
        for name in ("callbacks", "callbacks_tail", "callbacks_ui")
    ]
