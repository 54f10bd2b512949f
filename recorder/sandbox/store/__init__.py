"""The one place of the sandbox's SQL: `Store` and the frozen rows it hands out."""

from pathlib import Path

from recorder.sandbox.store.callbacks import Callbacks
from recorder.sandbox.store.channels import Channels, Fact
from recorder.sandbox.store.database import Database
from recorder.sandbox.store.faults import Armed, Faults
from recorder.sandbox.store.files import FileRow, Files
from recorder.sandbox.store.jobs import Job, Jobs
from recorder.sandbox.store.machine import Lease, Machine
from recorder.sandbox.store.objects import ObjectRow, Objects, PartRow, Upload
from recorder.sandbox.store.plays import Plays
from recorder.sandbox.store.tasks import VOD, EventRow, Resource, Session, State, Tasks

__all__ = [
    "VOD", "Armed", "EventRow", "Fact", "FileRow", "Job", "Lease", "ObjectRow",
    "PartRow", "Resource", "Session", "State", "Store", "Upload",
]  # fmt: skip


class Store:
    """The sandbox's SQLite file, sorted by subject. Open one per process."""

    def __init__(self, path: Path):
        self.database = Database(path)
        self.transaction = self.database.transaction
        self.machine = Machine(self.database)
        self.tasks = Tasks(self.database)
        self.channels = Channels(self.database)
        self.files = Files(self.database)
        self.jobs = Jobs(self.database)
        self.callbacks = Callbacks(self.database)
        self.plays = Plays(self.database)
        self.faults = Faults(self.database)
        self.objects = Objects(self.database)

    def close(self) -> None:
        self.database.close()

    def forget_recordings(self) -> None:
        """Empty everything but the clock, the lease, the buckets and what the command named."""
        with self.transaction():
            for table in (
                "resources",
                "sessions",
                "channels",
                "facts",
                "files",
                "jobs",
                "pace",
                "events",
                "callbacks",
                "plays",
                "settings",
                "faults",
                "fault_log",
                "moves",
            ):
                self.database.run(f"DELETE FROM {table}")  # noqa: S608 - names are ours
            self.database.run("DELETE FROM callback_targets WHERE NOT configured")
