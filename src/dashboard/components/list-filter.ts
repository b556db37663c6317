// The filter of a list: the page's address has it, so that a link shows the same. Its names are those of the admin API. Pure.

import { describeInstant } from "./instants.ts";

/** What a list is filtered by; what is left out does not matter. */
export type ListFilter<N extends string> = { readonly [name in N]?: string };

/** What a field is called, and where nobody would guess, how it is filled in. */
export interface FieldWords {
  label: string;
  placeholder?: string;
  /** Its one value, where there is but one: whoever chooses the field has said everything. */
  only?: string;
}

/** The filter of an address. What is none of the names it leaves out. */
export function readFields<N extends string>(search: string, names: readonly N[]): ListFilter<N> {
  const params = new URLSearchParams(search);
  const given = names.map((name) => [name, params.get(name)?.trim() ?? ""]).filter(([, value]) => value !== "");
  return Object.fromEntries(given) as ListFilter<N>; // made of its names alone
}

/** The part of an address that is the filter, with its question mark; empty where everything is shown. */
export function writeFields<N extends string>(filter: ListFilter<N>, names: readonly N[]): string {
  const params = new URLSearchParams();
  for (const name of names) {
    const value = filter[name];
    if (value !== undefined && value !== "") params.set(name, value);
  }
  const written = params.toString();
  return written === "" ? "" : `?${written}`;
}

/** The filter with a field set, or without it. */
export function withField<N extends string>(filter: ListFilter<N>, field: N, value: string | undefined): ListFilter<N> {
  const others = Object.entries(filter).filter(([name]) => name !== field);
  const set = value === undefined || value.trim() === "" ? [] : [[field, value.trim()]];
  return Object.fromEntries([...others, ...set]) as ListFilter<N>; // as it was, but for that one
}

/** Fields that are instants, or how long ago: `15m`, `24h`, `7d`. */
export type TimeField = "since" | "until";

/** The times of a filter. */
export type Times = ListFilter<TimeField>;

/** Times that are chosen with one click, as addresses have them. */
export const RANGES = [
  ["15m", "Last 15 minutes"],
  ["1h", "Last hour"],
  ["24h", "Last 24 hours"],
  ["7d", "Last 7 days"],
  ["30d", "Last 30 days"],
] as const;

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The filter with instants for lengths. What is no time goes along as it is: the router says what is wrong with it. */
export function withInstants<F extends Times>(filter: F, now: number): F {
  const { since, until } = filter;
  return {
    ...filter,
    ...(since !== undefined && { since: toInstant(since, now) }),
    ...(until !== undefined && { until: toInstant(until, now) }),
  };
}

function toInstant(text: string, now: number): string {
  const [, count, unit = ""] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  return count === undefined ? text : new Date(now - Number(count) * (UNIT_MS[unit] ?? 0)).toISOString();
}

/** A time in words. What is none is said as it is. */
export function sayTime(text: string, now: number): string {
  const range = RANGES.find(([length]) => length === text);
  if (range !== undefined) return range[1].toLowerCase();
  const at = Date.parse(text);
  return Number.isNaN(at) ? text : describeInstant(new Date(at), now);
}

/**
 * The same list in a terminal.
 *
 * @param command a command whose flags are called as the fields are
 */
export function toCommandLine<N extends string>(command: string, filter: ListFilter<N>, names: readonly N[]): string {
  const flags = names.flatMap((name) => {
    const value = filter[name];
    return value === undefined ? [] : [`--${toFlag(name)} ${quote(value)}`];
  });
  return [`npx signalbox ${command}`, ...flags].join(" ");
}

function toFlag(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** A word for a shell; quoted where it would mean something else there. */
function quote(text: string): string {
  return /^[\w.,:@+/=-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
