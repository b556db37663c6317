-- Replays: many deliveries sent again, first planned, then run in steps. "step" counts the steps that took effect; each
-- one is a transaction that holds only while the count is what it was when the step began.
CREATE TABLE replays (
  id         TEXT    NOT NULL PRIMARY KEY,
  state      TEXT    NOT NULL CHECK (state IN ('planned', 'running', 'stopped', 'done')),
  mode       TEXT    NOT NULL CHECK (mode IN ('as then', 'as now', 'as new')),
  rate       INTEGER NOT NULL,
  planned_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  started_at INTEGER,
  ended_at   INTEGER,
  step       INTEGER NOT NULL DEFAULT 0,
  next_at    INTEGER,
  position   TEXT,
  skipped    TEXT    NOT NULL DEFAULT '{}',
  selection  TEXT    NOT NULL,
  plan       TEXT    NOT NULL
) WITHOUT ROWID;

CREATE INDEX replays_running ON replays (id) WHERE state = 'running';

-- Which round (or which copy) a replay gave to a delivery, and how the delivery stood before, so that a stop can take
-- back what was not sent. "request_before" only where the replay put another request in its place.
CREATE TABLE replayed (
  replay_id      TEXT    NOT NULL,
  sendout_id     TEXT    NOT NULL,
  target         TEXT    NOT NULL,
  copy           INTEGER NOT NULL,
  round          INTEGER NOT NULL,
  withdrawn      INTEGER NOT NULL DEFAULT 0,
  state_before   TEXT,
  reason_before  TEXT,
  request_before TEXT,
  PRIMARY KEY (replay_id, sendout_id, target, copy)
) WITHOUT ROWID;
