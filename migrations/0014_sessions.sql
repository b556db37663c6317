-- Sessions of browsers. "hash" is a digest of the cookie's value, into which that of the Worker secret goes as well where it
-- opened the session. "actor" is the token that opened it ("kind" token), "secret" (secret), or whom Cloudflare Access vouched
-- for (access), with the names of the role table that fitted them in "names", a JSON list. A row goes when it has expired.
CREATE TABLE sessions (
  hash       TEXT    NOT NULL PRIMARY KEY,
  kind       TEXT    NOT NULL,
  actor      TEXT    NOT NULL,
  names      TEXT    NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;
