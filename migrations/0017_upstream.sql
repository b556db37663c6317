-- What Voucherify thinks of the webhook that posts to an inlet, as it was last seen there.
-- "reenabled" is the instants of the last day at which it was enabled again by itself.
CREATE TABLE upstream (
  inlet        TEXT    NOT NULL PRIMARY KEY,
  webhook_id   TEXT,
  state        TEXT    NOT NULL DEFAULT 'unknown' CHECK (state IN ('unknown', 'active', 'disabled', 'missing')),
  state_since  INTEGER,
  looked_at    INTEGER,
  next_look_at INTEGER NOT NULL DEFAULT 0,
  failures     INTEGER NOT NULL DEFAULT 0,
  failure      TEXT,
  reenabled    TEXT    NOT NULL DEFAULT '[]'
) WITHOUT ROWID;

-- A time in which Voucherify sent nothing, because the webhook was disabled or gone.
CREATE TABLE webhook_gaps (
  inlet            TEXT    NOT NULL,
  noticed_at       INTEGER NOT NULL,
  webhook_id       TEXT,
  cause            TEXT    NOT NULL CHECK (cause IN ('disabled', 'missing')),
  active_at        INTEGER,
  last_received_at INTEGER,
  ended_at         INTEGER,
  ended_by         TEXT    CHECK (ended_by IN ('itself', 'person')),
  PRIMARY KEY (inlet, noticed_at)
) WITHOUT ROWID;

-- How many sendouts came in at an inlet in each quarter of an hour since 1970 in which any did.
CREATE TABLE inlet_slots (
  inlet TEXT    NOT NULL,
  slot  INTEGER NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (inlet, slot)
) WITHOUT ROWID;
