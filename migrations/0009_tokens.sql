-- Tokens of the admin API, each known by the SHA-256 of its text alone. "scopes" is a JSON list. Those that have expired
-- stay until somebody deletes them, so that whoever looks sees why they are refused.
CREATE TABLE tokens (
  id           TEXT    NOT NULL PRIMARY KEY,
  hash         TEXT    NOT NULL,
  name         TEXT    NOT NULL,
  scopes       TEXT    NOT NULL,
  created_at   INTEGER NOT NULL,
  expires_at   INTEGER,
  last_used_at INTEGER
) WITHOUT ROWID;

CREATE UNIQUE INDEX tokens_by_hash ON tokens (hash);
