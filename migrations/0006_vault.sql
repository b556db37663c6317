-- Secrets that were set through the admin API, each sealed with a key of its own that the master key "key_id" wraps.
-- "version" is new with every write; name, version and hosts are bound into the seal. "hosts" is null until the secret
-- is bound to the hosts it may be sent to.
CREATE TABLE vault_secrets (
  name        TEXT    NOT NULL PRIMARY KEY,
  version     TEXT    NOT NULL,
  key_id      TEXT    NOT NULL,
  envelope    TEXT    NOT NULL,
  hosts       TEXT,
  last_four   TEXT,
  fingerprint TEXT    NOT NULL,
  set_at      INTEGER NOT NULL
) WITHOUT ROWID;
