-- The status that the last attempt was answered with. Null where there was none, and in rows of earlier releases that were
-- delivered with a 2xx. SQLite answers from an index alone only where its condition is on columns.
ALTER TABLE deliveries ADD COLUMN last_status INTEGER;

UPDATE deliveries INDEXED BY deliveries_unsettled SET last_status = attempts ->> '$[#-1].status'
  WHERE state <> 'delivered' OR attempts ->> '$[#-1].status' NOT BETWEEN 200 AND 299;

DROP INDEX deliveries_unsettled;

-- As before: deliveries that are not delivered, or were with an answer that is no success.
CREATE INDEX deliveries_unsettled ON deliveries (received_at, sendout_id, state, target, reason, last_status)
  WHERE state <> 'delivered' OR last_status NOT BETWEEN 200 AND 299;
