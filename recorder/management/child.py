"""What each child of `up` runs: `python -m recorder.management.child DESCRIPTOR COMMAND …`.

The line to the parent is watched before anything slow is imported. The sandbox goes on without
Django, which it has no use for.
"""

import os
import sys

from recorder.management import lifeline


def main() -> None:
    lifeline.hold(int(sys.argv[1]))
    command, arguments = sys.argv[2], sys.argv[3:]
    if command == "sandbox":
        from recorder.sandbox.run import main as run_sandbox

        sys.exit(run_sandbox(arguments))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["manage.py", command, *arguments])


if __name__ == "__main__":
    main()
