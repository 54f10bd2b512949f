"""A data directory of an older sandbox is taken over with all its recordings."""

import sqlite3

import pytest

from recorder.sandbox.errors import SandboxError
from recorder.sandbox.store import Store
from recorder.sandbox.store.database import SCHEMA_VERSION

VERSION_1 = """
CREATE TABLE sessions (
  sid TEXT PRIMARY KEY, resource_id TEXT NOT NULL UNIQUE, app_id TEXT NOT NULL, mode TEXT NOT NULL,
  cname TEXT NOT NULL, uid TEXT NOT NULL, state TEXT NOT NULL, recording TEXT NOT NULL,
  bucket TEXT NOT NULL, prefix TEXT NOT NULL, with_mp4 INTEGER NOT NULL, slice_ms INTEGER NOT NULL,
  doom TEXT NOT NULL DEFAULT '', started_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL,
  joined INTEGER NOT NULL DEFAULT 0, listed INTEGER NOT NULL DEFAULT 0, origin_ms INTEGER,
  end_ms INTEGER, end_reason TEXT NOT NULL DEFAULT '',
  stop_answered INTEGER NOT NULL DEFAULT 1, first_upload_ms INTEGER, gone_ms INTEGER,
  upload TEXT NOT NULL DEFAULT 'none', next_sequence INTEGER NOT NULL DEFAULT 0,
  progress_ms INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE files (
  sid TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, number INTEGER NOT NULL,
  path TEXT NOT NULL, start_ms INTEGER NOT NULL, duration_ms INTEGER NOT NULL,
  size INTEGER NOT NULL, version INTEGER NOT NULL DEFAULT 1,
  sent_version INTEGER NOT NULL DEFAULT 0, tries INTEGER NOT NULL DEFAULT 0,
  retry_wall_ms INTEGER NOT NULL DEFAULT 0, error TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (sid, kind, number)
) WITHOUT ROWID;
CREATE TABLE events (
  id INTEGER PRIMARY KEY, sid TEXT NOT NULL, sequence INTEGER NOT NULL, type INTEGER NOT NULL,
  service_type INTEGER NOT NULL, at_ms INTEGER NOT NULL, details TEXT NOT NULL
);
INSERT INTO sessions (sid, resource_id, app_id, mode, cname, uid, state, recording, bucket, prefix,
  with_mp4, slice_ms, started_ms, expires_ms, next_sequence)
  VALUES ('s', 'r', 'a', 'mix', 'room', '77', 'gone', '{}', 'b', '', 0, 2000, 5, 9, 1);
INSERT INTO files (sid, name, kind, number, path, start_ms, duration_ms, size, sent_version)
  VALUES ('s', 's_room.m3u8', 'playlist', 0, 'p', 5, 2000, 10, 1);
INSERT INTO events (sid, sequence, type, service_type, at_ms, details)
  VALUES ('s', 0, 30, 2, 5, '{}');
PRAGMA user_version = 1;
"""


def test_a_directory_of_the_first_version_keeps_its_recordings_files_and_events(tmp_path):
    path = tmp_path / "sandbox.sqlite3"
    old = sqlite3.connect(path)
    old.executescript(VERSION_1)
    old.close()

    store = Store(path)
    session = store.tasks.get("s")
    (file,), (event,) = store.files.of("s"), store.tasks.events("s")
    store.close()

    assert (session.recorder_uid, session.request, session.moves) == ("77", {}, 0)
    assert (file.name, file.lane, file.uid, file.sent) == ("s_room.m3u8", "", "0", True)
    assert (event.type, event.uid) == (30, "77")


def test_a_directory_of_a_newer_version_is_left_alone(tmp_path):
    path = tmp_path / "sandbox.sqlite3"
    newer = sqlite3.connect(path)
    newer.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    newer.close()

    with pytest.raises(SandboxError, match="newer version"):
        Store(path)
