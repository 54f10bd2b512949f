"""`demo`: the main job from start to checked slices, in a temporary data folder."""

import re
import signal
import sys
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand

from recorder.contract.rules import cname_problem
from recorder.contract.states import Mode
from recorder.management import demo

LEAST, MOST = 4, 3600


class Command(BaseCommand):
    help = (
        "Records with the sandbox through the REST API, changes the layout half-way, stops,"
        " and checks every slice. Exit status 0 only if all of it holds."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--seconds", type=seconds, default=20, help=f"{LEAST} to {MOST}, 20 if not given"
        )
        parser.add_argument("--cname", type=cname, default="demo", help="the channel to record")

    def handle(self, *, seconds: int, cname: str, **_: Any) -> None:
        # Ended from outside, it still ends what it started and removes its folder.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
        try:
            if not demo.run(seconds, cname):
                raise SystemExit(1)
        except KeyboardInterrupt:
            raise SystemExit(128 + signal.SIGINT) from None


def seconds(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text) or not LEAST <= int(text) <= MOST:
        raise ArgumentTypeError(f"must be a whole number from {LEAST} to {MOST}")
    return int(text)


def cname(text: str) -> str:
    if problem := cname_problem(text, Mode.MIX):
        raise ArgumentTypeError(problem)
    return text
