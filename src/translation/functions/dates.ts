// Functions about instants. An instant is a text as Voucherify writes it, or milliseconds since 1970.

import { TZDate } from "@date-fns/tz";
import { format } from "date-fns/format";
import { readInstant } from "../../voucherify/instant.ts";
import { ExpressionError } from "../engine/error.ts";
import { textArgument, type LanguageFunction } from "./context.ts";

/** Latest instant that dates can hold, in milliseconds since 1970. */
const INSTANT_MAX = 8.64e15;

/** Longest pattern of `$date`, in characters. */
const PATTERN_LENGTH_MAX = 100;

/** Milliseconds since 1970; undefined for what is missing. */
function instantArgument(value: unknown, name: string): number | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  const instant = typeof value === "number" && Math.abs(value) <= INSTANT_MAX ? Math.trunc(value) : readInstant(value);
  if (instant !== null) return instant;
  throw failed(`$${name} takes an instant: 2026-10-05T08:15:30.250Z, a date, or milliseconds since 1970`);
}

const toMillis: LanguageFunction = () => (value) => instantArgument(value, "toMillis");
const unixMs: LanguageFunction = () => (value) => instantArgument(value, "unixMs");

const unix: LanguageFunction = () => (value) => {
  const instant = instantArgument(value, "unix");
  return instant === undefined ? undefined : Math.floor(instant / 1_000);
};

const iso: LanguageFunction = () => (value) => {
  const instant = instantArgument(value, "iso");
  return instant === undefined ? undefined : new Date(instant).toISOString();
};

/**
 * An instant as text: `$date(order.created_at, 'dd.MM.yyyy HH:mm', 'Europe/Oslo')`. Patterns are those of Unicode
 * (yyyy, MM, dd, HH, mm, ss, EEEE, MMMM), English words; text of one's own stands between single quotes. The zone is
 * UTC when left out.
 */
const date: LanguageFunction = () => (value, pattern, zone) => {
  const instant = instantArgument(value, "date");
  if (instant === undefined) return undefined;
  const written = textArgument(pattern, "date") ?? "yyyy-MM-dd";
  if (written.length > PATTERN_LENGTH_MAX) throw failed(`$date takes a pattern up to ${PATTERN_LENGTH_MAX} characters`);
  if (CONFUSED_LETTERS.test(written.replaceAll(/'[^']*'/g, ""))) {
    throw failed("$date writes years as yyyy and days as dd; YYYY is the year of the week, DD the day of the year");
  }
  const local = new TZDate(instant, zoneOf(textArgument(zone, "date") ?? "UTC"));
  try {
    return format(local, written);
  } catch {
    // Its message repeats the pattern, which may be of the payload.
    throw failed("$date takes a pattern like 'yyyy-MM-dd HH:mm'");
  }
};

/** date-fns warns of them in the log, and repeats the instant there. */
const CONFUSED_LETTERS = /[YD]/;

/** Zones by how they are written, as long as the isolate lives; a payload cannot make it grow without end. */
const zones = new Map<string, string>();
const ZONES_MAX = 1_000;

/** The zone's own name. date-fns by itself takes any text with an offset somewhere in it. */
function zoneOf(name: string): string {
  const known = zones.get(name);
  if (known !== undefined) return known;
  try {
    const { timeZone } = new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions();
    if (zones.size >= ZONES_MAX) zones.clear();
    zones.set(name, timeZone);
    return timeZone;
  } catch {
    throw failed("$date takes a time zone like Europe/Oslo");
  }
}

function failed(message: string): ExpressionError {
  return new ExpressionError("template_expression_failed", message);
}

const now: LanguageFunction =
  ({ receivedAt }) =>
  () =>
    new Date(receivedAt).toISOString();

const millis: LanguageFunction =
  ({ receivedAt }) =>
  () =>
    receivedAt;

/** Functions about instants, by name. */
export const DATE_FUNCTIONS = { toMillis, fromMillis: iso, unix, unixMs, iso, date, now, millis } as const;
