"""How one of our modules becomes a program of its own. Standard library only."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def program(module: str, *arguments: str) -> list[str]:
    """The command that runs one of our modules, from whatever folder the person works in."""
    # -P: never from the current folder, which may be another checkout.
    return [sys.executable, "-P", "-m", module, *arguments]


def find_from_anywhere() -> None:
    """Let this process and what it starts find our modules; call it before `program` is run."""
    others = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    paths = [str(ROOT), *(path for path in others if path and path != str(ROOT))]
    os.environ["PYTHONPATH"] = os.pathsep.join(paths)
