-- The ledger's first shape. Every table is WITHOUT ROWID: one row written costs one row billed, not two.
-- Statements end in a semicolon at the end of a line; the Worker applies this file by itself (src/ledger/migrate.ts).

-- One row per sendout, keyed by a hash of its inlet and dedupe key, so that writing it twice changes nothing.
-- The payload stands last: a scan over the other columns never reads it.
CREATE TABLE sendouts (
  id              TEXT    NOT NULL PRIMARY KEY,
  accepted_id     TEXT    NOT NULL,
  received_at     INTEGER NOT NULL,
  inlet           TEXT    NOT NULL,
  state           TEXT    NOT NULL CHECK (state IN ('routed', 'unrouted', 'quarantined')),
  reason          TEXT,
  detail          TEXT,
  dedupe_key      TEXT    NOT NULL,
  deduped         INTEGER NOT NULL DEFAULT 1,
  sendout_ref     TEXT,
  shape           TEXT,
  payload_version TEXT,
  label           TEXT,
  event_type      TEXT,
  event_ref       TEXT,
  source_kind     TEXT,
  source_id       TEXT,
  project_id      TEXT,
  group_id        TEXT,
  occurred_at     INTEGER,
  table_version   INTEGER,
  planned         TEXT    NOT NULL DEFAULT '[]',
  body_sha256     TEXT    NOT NULL,
  body_bytes      INTEGER NOT NULL,
  body            TEXT    NOT NULL
) WITHOUT ROWID;

CREATE INDEX sendouts_by_time ON sendouts (received_at, id);

-- A sendout that arrived again. Its body is kept only when it differs from the first one.
CREATE TABLE repeats (
  accepted_id TEXT    NOT NULL PRIMARY KEY,
  sendout_id  TEXT    NOT NULL,
  received_at INTEGER NOT NULL,
  body        TEXT
) WITHOUT ROWID;

CREATE INDEX repeats_by_sendout ON repeats (sendout_id);

-- One row per (sendout, target), written with its first outcome: a planned delivery without a row is still under way.
CREATE TABLE deliveries (
  sendout_id    TEXT    NOT NULL,
  target        TEXT    NOT NULL,
  route         TEXT    NOT NULL,
  state         TEXT    NOT NULL CHECK (state IN ('scheduled', 'delivered', 'failed')),
  reason        TEXT,
  attempts_made INTEGER NOT NULL,
  updated_at    INTEGER NOT NULL,
  due_at        INTEGER,
  attempts      TEXT    NOT NULL,
  request       TEXT    NOT NULL,
  PRIMARY KEY (sendout_id, target)
) WITHOUT ROWID;

-- Payloads and requests too large for a queue message, in pieces below D1's limit for one value.
CREATE TABLE claims (
  id    TEXT    NOT NULL,
  piece INTEGER NOT NULL,
  bytes TEXT    NOT NULL,
  PRIMARY KEY (id, piece)
) WITHOUT ROWID;

-- Every version of the routing table, append-only.
CREATE TABLE table_versions (
  version      INTEGER NOT NULL PRIMARY KEY,
  published_at INTEGER NOT NULL,
  document     TEXT    NOT NULL
);
