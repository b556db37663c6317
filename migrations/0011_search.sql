-- What a sendout can be found by (src/ledger/terms.ts): tokens, divided by spaces. Null in rows of earlier releases.
ALTER TABLE sendouts ADD COLUMN terms TEXT;

-- The index by time carries the terms, so that a search reads the index alone and never the payloads. Still one entry for
-- each sendout.
DROP INDEX sendouts_by_time;

CREATE INDEX sendouts_by_time ON sendouts (received_at, id, state, terms);

-- Nearly all are routed, and cost nothing here.
CREATE INDEX sendouts_not_routed ON sendouts (received_at, id, state, terms) WHERE state <> 'routed';

-- When a delivery's sendout was received; 0 as long as that has no row.
ALTER TABLE deliveries ADD COLUMN received_at INTEGER NOT NULL DEFAULT 0;

UPDATE deliveries SET received_at = coalesce((SELECT received_at FROM sendouts WHERE id = sendout_id), 0)
  WHERE state <> 'delivered';

-- Deliveries that somebody may look for: those that are not delivered, or were with an answer that is no success. The
-- others, nearly all, cost nothing here.
CREATE INDEX deliveries_unsettled
  ON deliveries (received_at, sendout_id, state, target, reason, attempts ->> '$[#-1].status')
  WHERE state <> 'delivered' OR attempts ->> '$[#-1].status' NOT BETWEEN 200 AND 299;

-- Runs of about a thousand sendouts, by when they were received: after "from_at", up to and at "to_at". "whole" has every
-- term of its sendouts in search_terms; "partly" has sendouts without terms; "stale" has been joined by a late one since.
CREATE TABLE search_blocks (
  from_at INTEGER NOT NULL PRIMARY KEY,
  to_at   INTEGER NOT NULL,
  seen    TEXT    NOT NULL CHECK (seen IN ('whole', 'partly', 'stale'))
);

CREATE INDEX search_blocks_stale ON search_blocks (from_at) WHERE seen = 'stale';

-- The terms of a block by their first character, each once: the four characters that follow it, without anything between.
CREATE TABLE search_terms (
  first   TEXT    NOT NULL,
  from_at INTEGER NOT NULL,
  terms   TEXT    NOT NULL,
  PRIMARY KEY (first, from_at)
) WITHOUT ROWID;

-- There from the beginning, so that a search always finds how far blocks go.
INSERT OR IGNORE INTO jobs (name, ended_at, position) VALUES ('seal_blocks', 0, 0);
