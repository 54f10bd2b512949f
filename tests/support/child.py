"""One process of ours that dies where a test says. Arguments: database name, session id, and before
which write to the session's table it kills itself (0: never, the provider does)."""

import os
import signal
import sys


def main(database: str, pk: int, deadly_write: int) -> None:
    import django

    django.setup()
    from django.db import connection

    from recorder.lifecycle.start import send_start
    from recorder.models import RecordingSession

    connection.settings_dict["NAME"] = database
    writes = 0

    def count(execute, sql, params, many, context):
        nonlocal writes
        writes += sql.startswith('UPDATE "recorder_recordingsession"')
        if deadly_write and writes == deadly_write:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        send_start(RecordingSession.objects.get(pk=pk))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
