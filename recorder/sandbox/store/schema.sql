-- All times are milliseconds since 1970: of the sandbox's own clock, or of the wall clock where the name says wall.
-- Run at every opening: a new table needs a line here and nothing else, a changed one a step in upgrades.py as well.
CREATE TABLE IF NOT EXISTS clock (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  base_ms INTEGER NOT NULL, wall_ms INTEGER NOT NULL, speed INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS lease (  -- which recorder worker works, and how far it has come
  id INTEGER PRIMARY KEY CHECK (id = 1),
  owner TEXT NOT NULL, pid INTEGER NOT NULL,
  beat_wall_ms INTEGER NOT NULL, beat_ms INTEGER NOT NULL,
  settled_ms INTEGER NOT NULL DEFAULT 0, settled_round INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS pace (  -- how far a fast clock may run before the renderer has come further
  sid TEXT PRIMARY KEY, until_ms INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS resources (
  resource_id TEXT PRIMARY KEY, app_id TEXT NOT NULL, cname TEXT NOT NULL, uid TEXT NOT NULL,
  scene INTEGER NOT NULL, hours INTEGER NOT NULL, made_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL, sid TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS resources_unused ON resources (expires_ms) WHERE sid IS NULL;
CREATE TABLE IF NOT EXISTS sessions (
  sid TEXT PRIMARY KEY, resource_id TEXT NOT NULL UNIQUE, app_id TEXT NOT NULL, mode TEXT NOT NULL,
  cname TEXT NOT NULL, uid TEXT NOT NULL, state TEXT NOT NULL, recording TEXT NOT NULL,
  bucket TEXT NOT NULL, prefix TEXT NOT NULL, with_mp4 INTEGER NOT NULL, slice_ms INTEGER NOT NULL,
  doom TEXT NOT NULL DEFAULT '', started_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL,
  joined INTEGER NOT NULL DEFAULT 0, listed INTEGER NOT NULL DEFAULT 0, origin_ms INTEGER, end_ms INTEGER, end_reason TEXT NOT NULL DEFAULT '',
  stop_answered INTEGER NOT NULL DEFAULT 1, first_upload_ms INTEGER, gone_ms INTEGER,
  upload TEXT NOT NULL DEFAULT 'none', next_sequence INTEGER NOT NULL DEFAULT 0, progress_ms INTEGER NOT NULL DEFAULT 0,
  request TEXT NOT NULL DEFAULT '', scene INTEGER NOT NULL DEFAULT 0, recorder_uid TEXT NOT NULL DEFAULT '',
  moves INTEGER NOT NULL DEFAULT 0, away_until_ms INTEGER NOT NULL DEFAULT 0, told_ms INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sessions_present ON sessions (state, started_ms) WHERE state != 'gone';
CREATE INDEX IF NOT EXISTS sessions_recent ON sessions (started_ms DESC);

CREATE TABLE IF NOT EXISTS channels (name TEXT PRIMARY KEY, prepared INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS facts (  -- what happened in a channel (sid empty) or to one recording of it; the source of every picture
  id INTEGER PRIMARY KEY, channel TEXT NOT NULL, sid TEXT NOT NULL DEFAULT '',
  at_ms INTEGER NOT NULL, kind TEXT NOT NULL, data TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS facts_channel ON facts (channel, sid, at_ms, id);

CREATE TABLE IF NOT EXISTS files (  -- lane: the playlist a file belongs to, '' where a recording has one only
  sid TEXT NOT NULL, lane TEXT NOT NULL DEFAULT '', name TEXT NOT NULL, kind TEXT NOT NULL, number INTEGER NOT NULL, path TEXT NOT NULL,
  start_ms INTEGER NOT NULL, duration_ms INTEGER NOT NULL, size INTEGER NOT NULL,
  version INTEGER NOT NULL DEFAULT 1, sent_version INTEGER NOT NULL DEFAULT 0,
  tries INTEGER NOT NULL DEFAULT 0, retry_wall_ms INTEGER NOT NULL DEFAULT 0, error TEXT NOT NULL DEFAULT '',
  uid TEXT NOT NULL DEFAULT '0', track TEXT NOT NULL DEFAULT 'audio_and_video', backup INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (sid, lane, kind, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS events (
  id INTEGER PRIMARY KEY, sid TEXT NOT NULL, sequence INTEGER NOT NULL, type INTEGER NOT NULL,
  service_type INTEGER NOT NULL, at_ms INTEGER NOT NULL, details TEXT NOT NULL,
  uid TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS events_sid ON events (sid, id);

CREATE TABLE IF NOT EXISTS callback_targets (
  id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, secret TEXT NOT NULL, redundant INTEGER NOT NULL DEFAULT 0,
  configured INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS callbacks (  -- one notification to one target; payload is what stays the same in a resend
  id INTEGER PRIMARY KEY, target_id INTEGER NOT NULL, notice_id TEXT NOT NULL, sid TEXT NOT NULL, type INTEGER NOT NULL,
  payload TEXT NOT NULL, state TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0, due_wall_ms INTEGER NOT NULL,
  sent_wall_ms INTEGER, status INTEGER, answer TEXT NOT NULL DEFAULT '',
  forged INTEGER NOT NULL DEFAULT 0, mishap TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS callbacks_waiting ON callbacks (due_wall_ms) WHERE state = 'waiting';
CREATE INDEX IF NOT EXISTS callbacks_sid ON callbacks (sid, id);

CREATE TABLE IF NOT EXISTS plays (  -- scenarios being played; steps: what somebody still has to do
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, channel TEXT NOT NULL,
  began_ms INTEGER NOT NULL, ends_ms INTEGER NOT NULL, steps TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS jobs (  -- work on a recording's files that was put off until after its end
  sid TEXT PRIMARY KEY, due_ms INTEGER NOT NULL, begun INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS buckets (name TEXT PRIMARY KEY, folder TEXT NOT NULL UNIQUE, made_wall_ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS objects (
  bucket TEXT NOT NULL, key TEXT NOT NULL, file TEXT NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
  content_type TEXT NOT NULL, headers TEXT NOT NULL, modified_wall_ms INTEGER NOT NULL,
  PRIMARY KEY (bucket, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS multiparts (
  upload_id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL, content_type TEXT NOT NULL,
  headers TEXT NOT NULL, made_wall_ms INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS parts (
  upload_id TEXT NOT NULL, number INTEGER NOT NULL, file TEXT NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
  PRIMARY KEY (upload_id, number)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS faults (  -- armed on the fault deck
  id INTEGER PRIMARY KEY, fault TEXT NOT NULL, operation TEXT NOT NULL DEFAULT '', calls INTEGER, share REAL,
  credit REAL NOT NULL DEFAULT 0, until_ms INTEGER, settings TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS fault_log (id INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, fault TEXT NOT NULL, what TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS moves (sid TEXT PRIMARY KEY, due_ms INTEGER NOT NULL, seconds INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sessions_in_backup ON sessions (gone_ms) WHERE upload = 'backuped';
