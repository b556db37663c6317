-- Who paused something by hand, and who planned a replay. Null where nobody did, and where it was before this was noted.
ALTER TABLE pauses ADD COLUMN actor TEXT;

ALTER TABLE pauses ADD COLUMN actor_name TEXT;

ALTER TABLE replays ADD COLUMN actor TEXT;

ALTER TABLE replays ADD COLUMN actor_name TEXT;
