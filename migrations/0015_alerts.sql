-- Who has taken an incident on and who has closed it, with what they wrote; of failures, the target and, as JSON, what
-- they have in common, and since when the target has taken something again. "told_state" and "told_at" are what people
-- have been told of it and as of when, "said_at" when the last message was made, "flaps" how often it came back lately.
ALTER TABLE incidents ADD COLUMN acknowledged_at INTEGER;

ALTER TABLE incidents ADD COLUMN acknowledged_by TEXT;

ALTER TABLE incidents ADD COLUMN resolved_by_name TEXT;

ALTER TABLE incidents ADD COLUMN note TEXT;

ALTER TABLE incidents ADD COLUMN target TEXT;

ALTER TABLE incidents ADD COLUMN cause TEXT;

ALTER TABLE incidents ADD COLUMN recovered_at INTEGER;

ALTER TABLE incidents ADD COLUMN told_state TEXT CHECK (told_state IN ('open', 'resolved'));

ALTER TABLE incidents ADD COLUMN told_at INTEGER NOT NULL DEFAULT 0;

ALTER TABLE incidents ADD COLUMN said_at INTEGER;

ALTER TABLE incidents ADD COLUMN flaps INTEGER NOT NULL DEFAULT 0;

-- What there was before alerts is not news.
UPDATE incidents SET told_state = iif(resolved_at IS NULL, 'open', 'resolved'), told_at = unixepoch() * 1000,
  said_at = unixepoch() * 1000;

-- An open breaker is an incident of its own from now on.
UPDATE incidents SET kind = 'target_down', target = subject WHERE kind = 'target_paused' AND detail LIKE 'breaker: %';

-- Exactly the incidents of which people know something else than is true: nothing else that is written about one can
-- forget to tell them.
CREATE INDEX incidents_untold ON incidents (kind, subject)
  WHERE (resolved_at IS NULL) <> (told_state IS 'open') OR opened_at > told_at;

CREATE INDEX incidents_open ON incidents (target) WHERE resolved_at IS NULL;

-- Messages to people, one row for each channel. "held" ones wait for the digest or the end of the quiet hours, "folded"
-- ones went out as a part of another.
CREATE TABLE alerts (
  id         TEXT    NOT NULL PRIMARY KEY,
  channel    TEXT    NOT NULL,
  state      TEXT    NOT NULL CHECK (state IN ('waiting', 'held', 'sent', 'folded', 'given_up')),
  change     TEXT    NOT NULL,
  kind       TEXT,
  subject    TEXT,
  severity   TEXT    NOT NULL,
  message    TEXT    NOT NULL,
  created_at INTEGER NOT NULL,
  due_at     INTEGER NOT NULL,
  attempts   INTEGER NOT NULL DEFAULT 0,
  ended_at   INTEGER,
  answer     TEXT
) WITHOUT ROWID;

CREATE INDEX alerts_to_send ON alerts (channel, due_at) WHERE state IN ('waiting', 'held');

CREATE INDEX alerts_by_time ON alerts (created_at);
