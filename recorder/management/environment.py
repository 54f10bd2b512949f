"""The environment of a Reelroom that lives apart from the one which is configured here."""

import os

# What would lead it to somebody's real data, and the names that depend on the address.
CONFIGURATION = (
    "ALLOWED_HOSTS",
    "DATABASE_URL",
    "DATA_DIR",
    "DEBUG",
    "FIELD_ENCRYPTION_KEYS",
    "PUBLIC_URL",
    "QUEUE_URL",
    "SECRET_KEY",
)


def apart(folder: str) -> dict[str, str]:
    """Ours without what configures a Reelroom, on a data folder. This Python is set up already."""
    forgotten = {f"{name}{end}" for name in CONFIGURATION for end in ("", "_FILE")}
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in forgotten and not name.startswith("SANDBOX_")
    }
    return kept | {"DATA_DIR": folder, "SETUP": "off"}
