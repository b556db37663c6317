-- Deliveries that go one after another: which of them belong together, by a hash, and when their sendouts arrived. Null
-- where nobody asked for an order.
ALTER TABLE deliveries ADD COLUMN order_key TEXT;

ALTER TABLE deliveries ADD COLUMN order_at INTEGER;

-- How many Signalboxes the sendout of one that goes in order has come through: no message has carried that yet.
ALTER TABLE deliveries ADD COLUMN hops INTEGER;

-- Those that wait for their turn, the next one of each key first. Both indexes are partial: without an order there is
-- nothing in them.
CREATE INDEX deliveries_waiting ON deliveries (order_key, order_at) WHERE state = 'held' AND reason = 'in_order';

-- Those whose turn it is. While a key has one, its others wait.
CREATE INDEX deliveries_in_turn ON deliveries (order_key)
  WHERE order_key IS NOT NULL AND state IN ('scheduled', 'held') AND reason IS NOT 'in_order';
