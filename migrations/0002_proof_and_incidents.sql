-- What proved a sendout authentic, by name: the Worker secret and which form of the body was signed. The columns stand
-- behind the payload, so a list that asked for them would walk through it; only a look at one sendout does.
ALTER TABLE sendouts ADD COLUMN signature_secret TEXT;

ALTER TABLE sendouts ADD COLUMN signature_form TEXT;

-- Something that a person should look at, one row per kind and subject however often it happens.
-- "recent" is the ids of the last writes, so that one that comes twice is counted once.
CREATE TABLE incidents (
  kind         TEXT    NOT NULL,
  subject      TEXT    NOT NULL,
  opened_at    INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  count        INTEGER NOT NULL,
  detail       TEXT    NOT NULL,
  resolved_at  INTEGER,
  recent       TEXT    NOT NULL,
  PRIMARY KEY (kind, subject)
) WITHOUT ROWID;
