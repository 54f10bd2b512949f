"""Logging through structlog, for people or as JSON. Secret-bearing keys never get out."""

from typing import Any

import structlog

from recorder.providers.redact import redact, redact_text


def without_secrets(_logger: Any, _name: str, event: structlog.types.EventDict) -> Any:
    """The last processor before rendering: mask secrets in values and in the sentence itself."""
    masked = redact({key: value for key, value in event.items() if not key.startswith("_")})
    kept = {key: value for key, value in event.items() if key.startswith("_")}
    if isinstance(masked.get("event"), str):
        masked["event"] = redact_text(masked["event"])
    return masked | kept


def logging_settings(log_format: str, *, debug: bool) -> dict[str, Any]:
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if log_format == "json"
        # The prettier tracebacks, taken where a library is present, show the values of variables.
        else structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structlog": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    # As text, so that addresses in tracebacks of libraries are masked too.
                    structlog.processors.format_exc_info,
                    without_secrets,
                    renderer,
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structlog"}},
        "root": {"handlers": ["stderr"], "level": "DEBUG" if debug else "INFO"},
        "loggers": {
            "django.request": {"level": "ERROR"},
            "django.server": {"level": "WARNING"},
            "huey": {"level": "WARNING"},
            "urllib3": {"level": "WARNING"},
            "botocore": {"level": "WARNING"},
            "azure": {"level": "WARNING"},
            "axes": {"level": "WARNING"},
        },
    }
