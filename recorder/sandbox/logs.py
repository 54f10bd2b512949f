"""Log lines of the sandbox's processes on standard error; never a body, a query or a key."""

import json
import logging
import os
import sys


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": self.formatTime(record),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        line["event"] = record.getMessage()
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)


def configure_logs() -> None:
    """LOG_FORMAT=json gives one object a line; DEBUG=on logs every request."""
    handler = logging.StreamHandler(sys.stderr)
    as_json = os.environ.get("LOG_FORMAT", "console") == "json"
    plain = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    handler.setFormatter(JsonLines() if as_json else plain)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    debug = os.environ.get("DEBUG", "").lower() in ("1", "on", "true")
    logging.getLogger("sandbox.access").setLevel(logging.DEBUG if debug else logging.INFO)
