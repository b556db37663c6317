-- What somebody has looked at and does not want routed: it stays in quarantine, and is counted as open no more. The columns
-- stand behind the payload; the partial index has those that were discarded, which are few.
ALTER TABLE sendouts ADD COLUMN discarded_at INTEGER;

ALTER TABLE sendouts ADD COLUMN discarded_note TEXT;

CREATE INDEX sendouts_discarded ON sendouts (id) WHERE discarded_at IS NOT NULL;
