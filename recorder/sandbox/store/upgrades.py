"""How the tables of an older data directory become those of today; `schema.sql` then adds the new.

A data directory keeps recordings that people play, so it is never thrown away.
"""

from collections.abc import Mapping

# From this version to the next. What a row cannot know gets the value it would have had then.
STEPS: Mapping[int, tuple[str, ...]] = {
    1: (
        "ALTER TABLE sessions ADD COLUMN request TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE sessions ADD COLUMN scene INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE sessions ADD COLUMN recorder_uid TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE sessions ADD COLUMN moves INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE sessions ADD COLUMN away_until_ms INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE sessions ADD COLUMN told_ms INTEGER NOT NULL DEFAULT 0",
        "UPDATE sessions SET recorder_uid = uid, told_ms = coalesce(origin_ms, started_ms)",
        "ALTER TABLE events ADD COLUMN uid TEXT NOT NULL DEFAULT ''",
        "UPDATE events SET uid ="
        " coalesce((SELECT uid FROM sessions WHERE sessions.sid = events.sid), '')",
        "CREATE TABLE files_2 ("
        " sid TEXT NOT NULL, lane TEXT NOT NULL DEFAULT '', name TEXT NOT NULL,"
        " kind TEXT NOT NULL, number INTEGER NOT NULL, path TEXT NOT NULL,"
        " start_ms INTEGER NOT NULL, duration_ms INTEGER NOT NULL, size INTEGER NOT NULL,"
        " version INTEGER NOT NULL DEFAULT 1, sent_version INTEGER NOT NULL DEFAULT 0,"
        " tries INTEGER NOT NULL DEFAULT 0, retry_wall_ms INTEGER NOT NULL DEFAULT 0,"
        " error TEXT NOT NULL DEFAULT '', uid TEXT NOT NULL DEFAULT '0',"
        " track TEXT NOT NULL DEFAULT 'audio_and_video', backup INTEGER NOT NULL DEFAULT 0,"
        " PRIMARY KEY (sid, lane, kind, number)) WITHOUT ROWID",
        "INSERT INTO files_2 (sid, name, kind, number, path, start_ms, duration_ms, size, version,"
        " sent_version, tries, retry_wall_ms, error) SELECT sid, name, kind, number, path,"
        " start_ms, duration_ms, size, version, sent_version, tries, retry_wall_ms, error"
        " FROM files",
        "DROP TABLE files",
        "ALTER TABLE files_2 RENAME TO files",
    ),
}
