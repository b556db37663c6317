// How many sendouts come in at each inlet in each quarter of an hour, kept for some weeks from the statistics, so that an inlet
// that is quiet when it never was can be told from one that sleeps.

import * as v from "valibot";
import { INLET_SLOTS_JOB, STATISTICS_JOB } from "./jobs.ts";
import { ensureMigrated } from "./migrate.ts";

/** A quarter of an hour, in milliseconds. */
export const SLOT_MS = 15 * 60_000;

const WEEK_SLOTS = (7 * 24 * 60 * 60_000) / SLOT_MS;
const DAY_SLOTS = WEEK_SLOTS / 7;

/** How long slots are kept: a silence of four weeks can then still be held against the four before it. */
const KEPT_SLOTS = 8 * WEEK_SLOTS;

/** How much is counted in one run: a week, so that weeks of history take minutes. */
const COUNTED_SLOTS_MAX = WEEK_SLOTS;

/** How much is counted once more: statistics change for a while, as what was late is recorded. */
const AGAIN_SLOTS = 8;

/** How many weeks a silence is held against. */
const WEEKS = [1, 2, 3, 4];

const PositionSchema = v.object({ name: v.string(), position: v.number() });

/**
 * Counts the slots that are over and that the statistics have whole. Run again it goes on.
 *
 * @param now milliseconds since 1970
 * @returns up to where there are slots now, in milliseconds since 1970
 * @throws whatever D1 throws; then nothing was counted
 */
export async function countSlots(db: D1Database, now: number): Promise<number> {
  await ensureMigrated(db);
  const { results } = await db
    .prepare("SELECT name, position FROM jobs WHERE name IN (?1, ?2)")
    .bind(STATISTICS_JOB, INLET_SLOTS_JOB)
    .all();
  const positions = new Map(v.parse(v.array(PositionSchema), results).map(({ name, position }) => [name, position]));
  const begun = slotOf(positions.get(INLET_SLOTS_JOB) ?? 0);
  const whole = slotOf(positions.get(STATISTICS_JOB) ?? 0);
  if (whole === begun) return begun * SLOT_MS;
  const oldest = slotOf(now) - KEPT_SLOTS;
  // The statistics may have been taken back, and then they are counted from there once more.
  const from = Math.max(Math.min(begun, whole) - AGAIN_SLOTS, oldest);
  const to = Math.min(whole, Math.max(begun, from) + COUNTED_SLOTS_MAX);
  const isNewDay = Math.floor(to / DAY_SLOTS) !== Math.floor(begun / DAY_SLOTS);
  await db.batch([
    db
      .prepare(
        `INSERT INTO inlet_slots (inlet, slot, count)
         SELECT count.value ->> 1, from_at / ${SLOT_MS}, sum(count.value ->> 3)
         FROM statistics, json_each(counts) AS count
         WHERE from_at > 0 AND from_at >= ?1 AND from_at < ?2 AND count.value ->> 0 = 'sendouts' GROUP BY 1, 2
         ON CONFLICT (inlet, slot) DO UPDATE SET count = excluded.count WHERE count <> excluded.count`,
      )
      .bind(from * SLOT_MS, to * SLOT_MS),
    db
      .prepare(
        `INSERT INTO jobs (name, ended_at, position) VALUES (?1, ?2, ?3)
         ON CONFLICT (name) DO UPDATE SET ended_at = excluded.ended_at, position = excluded.position`,
      )
      .bind(INLET_SLOTS_JOB, now, to * SLOT_MS),
    ...(isNewDay ? [db.prepare("DELETE FROM inlet_slots WHERE slot < ?1").bind(oldest)] : []),
  ]);
  return to * SLOT_MS;
}

/** An inlet at which nothing has come in for a while. */
export interface Silence {
  inlet: string;
  /** The end of the last slot in which something did, in milliseconds since 1970. */
  since: number;
  /** Of each earlier week that is known, how many sendouts came in at the same time of the week as the silence. */
  usual: number[];
}

const WeekSchema = v.object({ inlet: v.string(), last: v.number(), count: v.number() });

/**
 * The inlets at which something once came in and nothing did since, with what is usual. Of a long silence the first day is
 * looked at, and the weeks before it.
 *
 * @param until up to where there are slots, as `countSlots` says
 * @throws whatever D1 throws
 */
export async function findSilences(db: D1Database, inlets: readonly string[], until: number): Promise<Silence[]> {
  const [weeks, lately] = await db.batch([
    db
      .prepare(
        `WITH known AS (
           SELECT value AS inlet, (SELECT min(slot) FROM inlet_slots WHERE inlet = value) AS first,
             (SELECT max(slot) FROM inlet_slots WHERE inlet = value) AS last
           FROM json_each(?1))
         SELECT inlet, last, (
           SELECT coalesce(sum(count), 0) FROM inlet_slots AS s WHERE s.inlet = known.inlet
             AND s.slot > last - week.value * ${WEEK_SLOTS}
             AND s.slot < min(?2, last + 1 + ${DAY_SLOTS}) - week.value * ${WEEK_SLOTS}) AS count
         FROM known CROSS JOIN json_each(?3) AS week
         WHERE last < ?2 - 1 AND first <= last + 1 - week.value * ${WEEK_SLOTS}`,
      )
      .bind(JSON.stringify(inlets), slotOf(until), JSON.stringify(WEEKS)),
    db
      .prepare(
        `SELECT DISTINCT count.value ->> 1 AS inlet FROM statistics, json_each(counts) AS count
         WHERE from_at >= ?1 AND from_at > 0 AND count.value ->> 0 = 'sendouts'`,
      )
      .bind(until),
  ]);
  const woken = new Set(v.parse(v.array(v.object({ inlet: v.string() })), lately?.results).map(({ inlet }) => inlet));
  const found = Map.groupBy(v.parse(v.array(WeekSchema), weeks?.results), ({ inlet }) => inlet);
  return [...found].flatMap(([inlet, ofWeeks]) => {
    const last = ofWeeks[0]?.last;
    if (last === undefined || woken.has(inlet)) return [];
    return [{ inlet, since: (last + 1) * SLOT_MS, usual: ofWeeks.map(({ count }) => count) }];
  });
}

function slotOf(instant: number): number {
  return Math.floor(instant / SLOT_MS);
}
