"""Benchmarks: each file compares ours with a baseline, in turns, in one run.

A benchmark is a module with

    BAR = 1.10                    ours may take this many times the baseline
    def baseline() -> float       do it once the plain way; returns seconds (or another figure)
    def ours() -> float           do the same our way; returns the same kind of figure
    def prepare(smallest: bool)   optional: a context manager around all rounds
    UNIT = "s"                    optional: what the figures are; smaller is better
"""
