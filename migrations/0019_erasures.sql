-- Everything about one customer, deleted in steps. Who it is stands nowhere: "marks" is a JSON list of keyed hashes of what
-- the customer is known by, "salt" their key, "terms" a JSON list of the same as searches know them; all three are empty
-- once it is done. "position" is up to which time of arrival the sendouts have been looked at, "until" how far it goes.
CREATE TABLE erasures (
  id         TEXT    NOT NULL PRIMARY KEY,
  state      TEXT    NOT NULL CHECK (state IN ('running', 'done')),
  subject    TEXT    NOT NULL,
  open       TEXT    NOT NULL CHECK (open IN ('wait', 'cancel')),
  salt       TEXT    NOT NULL,
  marks      TEXT    NOT NULL,
  terms      TEXT    NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at   INTEGER,
  until      INTEGER NOT NULL,
  position   INTEGER NOT NULL DEFAULT 0,
  looked_at  INTEGER NOT NULL DEFAULT 0,
  erased     INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE INDEX erasures_running ON erasures (id) WHERE state = 'running';

-- Sendouts of such a customer of which something is still under way.
CREATE TABLE erasures_waiting (
  erasure_id TEXT NOT NULL,
  sendout_id TEXT NOT NULL,
  PRIMARY KEY (erasure_id, sendout_id)
) WITHOUT ROWID;
