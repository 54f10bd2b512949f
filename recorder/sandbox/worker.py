"""The recorder worker as a process of its own: `python -m recorder.sandbox.worker DATA MEDIA`.

Its standard input is the bell; when that closes, because the HTTP side ends or dies, the worker
ends too. It needs no credentials: whether a task may use its storage was decided before.
"""

import os
import signal
import sys
from pathlib import Path

from recorder.sandbox.config import SandboxConfig
from recorder.sandbox.errors import SandboxError
from recorder.sandbox.lease import LeaseLost
from recorder.sandbox.logs import configure_logs
from recorder.sandbox.recorder import Recorder
from recorder.sandbox.store import Store
from recorder.sandbox.wake import Bell, listen


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the parent, which closes the bell
    configure_logs()
    os.umask(0o077)  # everything below the data directory is for its owner
    data, media = Path(arguments[0]), arguments[1]
    config = SandboxConfig(
        data=data,
        media=media,
        app_ids=(),
        customer_id="",
        customer_secret="",
        access_key="",
        secret_key="",
    )
    bell = Bell()
    listen(sys.stdin.buffer, bell)
    signal.signal(signal.SIGTERM, lambda *_: bell.close())
    try:
        Recorder(config, Store(config.database), bell).run()
    except SandboxError as error:
        print(error, file=sys.stderr)  # noqa: T201 - the process's only way to say it
        return 1
    except LeaseLost:
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
