// Notes what arrived and is not in the catalogue, after its sendout is on its way: nothing waits for it, and nothing is
// lost to it but the count of a few minutes.

import { withinBudget } from "../ledger/budget.ts";
import { recordDrift, type Drift } from "../ledger/drift.ts";
import { logFailure } from "../log.ts";
import { findDrift } from "../voucherify/drift.ts";
import type { NormalisedEvent } from "../voucherify/normalise.ts";

/** How often an isolate writes the same discovery at most, in milliseconds. */
const WRITE_EVERY_MS = 60_000;

/** How many discoveries an isolate keeps count of; more than that and it starts over. */
const NOTES_MAX = 500;

interface Note {
  /** What is not written yet; its count is 0 when all is. */
  seen: Drift;
  /** When it was last written, in milliseconds since 1970; undefined until it was. */
  writtenAt: number | undefined;
}

// One for each database binding, for the isolate's life: what is not written yet when it ends is not counted.
const notebooks = new WeakMap<D1Database, Map<string, Note>>();

/**
 * Notes the drift of events. A discovery is written at once, later sightings at most once a minute. Never throws: when
 * D1 does not take it, the next batch tries again.
 *
 * @param now milliseconds since 1970
 */
export async function noteDrift(db: D1Database, events: readonly NormalisedEvent[], now: number): Promise<void> {
  try {
    const notes = notebooks.get(db) ?? new Map<string, Note>();
    notebooks.set(db, notes);
    for (const event of events) count(notes, event, now);
    await writeDue(db, notes, now);
  } catch (error) {
    logFailure("drift_not_recorded", error);
  }
}

function count(notes: Map<string, Note>, event: NormalisedEvent, now: number): void {
  for (const observation of findDrift(event)) {
    const key = `${observation.type}\n${observation.path}`;
    const note = notes.get(key);
    if (note === undefined) {
      if (notes.size >= NOTES_MAX) notes.clear();
      notes.set(key, { seen: { ...observation, firstSeenAt: now, lastSeenAt: now, count: 1 }, writtenAt: undefined });
    } else {
      const firstSeenAt = note.seen.count === 0 ? now : note.seen.firstSeenAt;
      note.seen = { ...observation, firstSeenAt, lastSeenAt: now, count: note.seen.count + 1 };
    }
  }
}

async function writeDue(db: D1Database, notes: ReadonlyMap<string, Note>, now: number): Promise<void> {
  const due = [...notes.values()].filter(
    ({ seen, writtenAt }) => seen.count > 0 && (writtenAt === undefined || now - writtenAt >= WRITE_EVERY_MS),
  );
  if (due.length === 0) return;
  // Another batch of this isolate may come by while this one writes: what is being written is no longer due.
  const writing = due.map((note) => ({ note, seen: note.seen, before: note.writtenAt }));
  for (const { note } of writing) {
    note.writtenAt = now;
    note.seen = { ...note.seen, count: 0 };
  }
  try {
    await withinBudget(
      recordDrift(
        db,
        writing.map(({ seen }) => seen),
      ),
    );
  } catch (error) {
    for (const { note, seen, before } of writing) {
      note.writtenAt = before;
      note.seen = { ...note.seen, firstSeenAt: seen.firstSeenAt, count: note.seen.count + seen.count };
    }
    throw error;
  }
}
