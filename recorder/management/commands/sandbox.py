"""`python3 manage.py sandbox`: the emulated recording service alone."""

import os
import sys

from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Runs the emulated recording service alone, for any client. --help lists its options."

    def run_from_argv(self, argv: list[str]) -> None:
        """Become the sandbox, which knows its own options and has no use for Django."""
        paths = [str(settings.BASE_DIR), os.environ.get("PYTHONPATH", "")]
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
        command = [sys.executable, "-m", "recorder.sandbox.run", *argv[2:]]
        os.execv(sys.executable, command)  # noqa: S606 - our own program
