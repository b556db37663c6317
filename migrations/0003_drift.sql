-- Event types and fields that arrived and are not in the catalogue: where, how often, and what kind of value; never
-- the value.
CREATE TABLE drift (
  type          TEXT    NOT NULL,
  path          TEXT    NOT NULL,
  kind          TEXT    NOT NULL,
  example       TEXT    NOT NULL,
  first_seen_at INTEGER NOT NULL,
  last_seen_at  INTEGER NOT NULL,
  count         INTEGER NOT NULL,
  PRIMARY KEY (type, path)
) WITHOUT ROWID;
