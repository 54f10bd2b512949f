"""The worker as a process of its own, on the database of a test. Argument: the database's name. It
says so on standard output when it begins to end."""

import sys


def main(database: str) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from recorder.tasks import sweeper

    stop = sweeper.stop

    def stop_and_say_so() -> None:
        sys.stdout.write("Ending\n")
        sys.stdout.flush()
        stop()

    sweeper.stop = stop_and_say_so
    connection.settings_dict["NAME"] = database  # one dict for the connections of all threads
    call_command("worker", threads=1)


if __name__ == "__main__":
    main(sys.argv[1])
