"""`python3 manage.py sandbox`: the emulated recording service alone."""

import os
import sys

from django.core.management.base import BaseCommand

from recorder.management import modules


class Command(BaseCommand):
    help = "Runs the emulated recording service alone, for any client. --help lists its options."

    def run_from_argv(self, argv: list[str]) -> None:
        """Become the sandbox, which knows its own options and has no use for Django."""
        modules.find_from_anywhere()
        command = modules.program("recorder.sandbox.run", *argv[2:])
        os.execv(sys.executable, command)  # noqa: S606 - our own program
