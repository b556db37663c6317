// Times as people give them and read them.

import { InvalidArgumentError } from "commander";

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** How the value of such an option is called in help. */
export const INSTANT_MEANING = "an instant (2026-11-22T08:00:00Z), or how long ago (15m, 2h, 3d)";

/**
 * An instant from an option, as the API wants it.
 *
 * @throws InvalidArgumentError with a sentence, for commander
 */
export function parseInstant(text: string, now: number = Date.now()): string {
  const lengthMs = lengthOf(text);
  const instant = lengthMs === undefined ? Date.parse(text) : now - lengthMs;
  if (Number.isNaN(instant)) throw new InvalidArgumentError(`"${text}" is no time; give ${INSTANT_MEANING}`);
  return new Date(instant).toISOString();
}

/** An instant of the API's in the time zone of whoever reads it: 2026-11-22 09:00:00. */
export function localTime(instant: string): string {
  const at = new Date(instant);
  const two = (part: number): string => String(part).padStart(2, "0");
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join("-");
  return `${day} ${[two(at.getHours()), two(at.getMinutes()), two(at.getSeconds())].join(":")}`;
}

/** How long ago an instant was, in the largest unit that fits: 45 s ago. */
export function ago(instant: string, now: number = Date.now()): string {
  const elapsedMs = Math.max(now - Date.parse(instant), 0);
  const [unit = "s", unitMs = 1_000] = Object.entries(UNIT_MS).findLast(([, length]) => elapsedMs >= length) ?? [];
  return `${Math.floor(elapsedMs / unitMs)} ${unit} ago`;
}

/** How the value of such an option is called in help, where it lies ahead. */
export const FUTURE_MEANING = "an instant (2027-06-30T00:00:00Z), or in how long (15m, 2h, 90d)";

/**
 * An instant from an option that is still to come, as the API wants it.
 *
 * @throws InvalidArgumentError with a sentence, for commander
 */
export function parseFutureInstant(text: string, now: number = Date.now()): string {
  const lengthMs = lengthOf(text);
  const instant = lengthMs === undefined ? Date.parse(text) : now + lengthMs;
  if (Number.isNaN(instant)) {
    throw new InvalidArgumentError(`"${text}" is no time; give ${FUTURE_MEANING}`);
  }
  return new Date(instant).toISOString();
}

/** The length of `15m`, in milliseconds; undefined when it is none. */
function lengthOf(text: string): number | undefined {
  const [, count, unit = ""] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * (UNIT_MS[unit] ?? 0);
}
