-- Who published a version of the routing table, and why. Null where it was published before this was noted.
ALTER TABLE table_versions ADD COLUMN actor TEXT;

ALTER TABLE table_versions ADD COLUMN actor_name TEXT;

ALTER TABLE table_versions ADD COLUMN note TEXT;
