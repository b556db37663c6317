// Sendouts as a router records them, each once and the oldest first. The admin API lists by when a sendout was received,
// and what was received earlier may be recorded later; so every look goes back a little further than the last one ended.

import * as v from "valibot";
import { answerOf, type Admin } from "../client/admin.ts";
import { PAGE_MAX, readPages } from "../client/pages.ts";
import type { SendoutFilter } from "./filters.ts";
import type { SendoutSummary } from "./search.ts";

/** Usually a sendout is recorded within seconds of being received: how far every look goes back, in milliseconds. */
export const LOOK_BACK_MS = 15_000;

/** While D1 is down it waits up to three minutes: how far every so many-th look goes back, in milliseconds. */
export const LONG_LOOK_BACK_MS = 5 * 60_000;
export const LONG_LOOK_EVERY = 30;

/** How far somebody has come. Instants are milliseconds since 1970. */
export const PositionSchema = v.object({
  /** What was received before is no business of this feed. */
  start: v.number(),
  /** When the newest one that passed was received. */
  newest: v.number(),
  /** Those that have passed and would be found again, with when each was received. */
  passed: v.array(v.tuple([v.string(), v.number()])),
});
export type Position = v.InferOutput<typeof PositionSchema>;

/** What a look has found. */
export interface Found {
  /** The oldest first. */
  sendouts: SendoutSummary[];
  /** Where there were too many: everything received before this instant was left out, and will be. */
  leftOutBefore: string | undefined;
  /** The position to go on from. */
  position: Position;
}

/** A position from which everything that is recorded from now on is new, by the router's clock. */
export async function positionAtEnd(admin: Admin, filter: SendoutFilter): Promise<Position> {
  const { sendouts } = await answerOf(admin.sendouts.$get({ query: { ...filter, limit: "1" } }));
  const start = Date.parse(sendouts[0]?.receivedAt ?? "") || 0;
  return sendouts.reduce(passed, { start, newest: start, passed: [] });
}

/** A position from which everything received at an instant or later is new. */
export function positionAt(start: number): Position {
  return { start, newest: start, passed: [] };
}

/**
 * What has been recorded and has not passed yet.
 *
 * @param most how many are taken; of more, the newest
 * @throws RouterError
 */
export async function lookFor(
  admin: Admin,
  filter: SendoutFilter,
  position: Position,
  { backMs, most }: { backMs: number; most: number },
): Promise<Found> {
  const since = new Date(Math.max(position.newest - backMs, position.start)).toISOString();
  const known = new Set(position.passed.map(([id]) => id));
  const found: SendoutSummary[] = [];
  const pages = readPages(async (cursor) => {
    const query = { ...filter, since, limit: String(PAGE_MAX), ...(cursor !== undefined && { cursor }) };
    return answerOf(admin.sendouts.$get({ query }));
  });
  for await (const { sendouts } of pages) {
    found.push(...sendouts.filter(({ id }) => !known.has(id)));
    if (found.length > most) break;
  }
  const taken = found.slice(0, most);
  const leftOutBefore = found.length > most ? taken.at(-1)?.receivedAt : undefined;
  const start = leftOutBefore === undefined ? position.start : Date.parse(leftOutBefore);
  return { sendouts: taken.toReversed(), leftOutBefore, position: { ...position, start } };
}

/** The position once a sendout has passed. Pure. */
export function passed(position: Position, { id, receivedAt }: Pick<SendoutSummary, "id" | "receivedAt">): Position {
  const at = Date.parse(receivedAt);
  const newest = Math.max(position.newest, at);
  const kept = position.passed.filter(([, instant]) => instant >= newest - LONG_LOOK_BACK_MS);
  return { ...position, newest, passed: [...kept, [id, at]] };
}
