-- Sendouts that the purge has passed over, because something of them was still under way: looked at again every hour.
CREATE TABLE purge_later (
  sendout_id  TEXT    NOT NULL PRIMARY KEY,
  received_at INTEGER NOT NULL
) WITHOUT ROWID;

-- What a job says of itself when something keeps it from going on; null when nothing does.
ALTER TABLE jobs ADD COLUMN note TEXT;

-- There from the beginning, so that a late sendout always finds a position to take back.
INSERT OR IGNORE INTO jobs (name, ended_at, position) VALUES ('purge_bodies', 0, 0);

INSERT OR IGNORE INTO jobs (name, ended_at, position) VALUES ('purge_metadata', 0, 0);

-- Requests that a replay has put others in the place of. They are kept for its stop alone, so an ended one has none.
CREATE INDEX replayed_requests ON replayed (replay_id) WHERE request_before IS NOT NULL;
