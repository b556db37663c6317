// Instants and durations as people read them, in the browser's language and zone.

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** Up to when something is said to be now. */
const NOW_MS = 10 * SECOND_MS;

const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const DAY_AND_CLOCK = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
const DATE = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const EXACT = new Intl.DateTimeFormat(undefined, {
  weekday: "short",
  year: "numeric",
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
  timeZoneName: "short",
});

/** "3 min ago", "in 2 h", "now". */
export function describeAge(instant: Date, now: number): string {
  const ms = now - instant.getTime();
  if (Math.abs(ms) < NOW_MS) return "now";
  const length = describeDuration(Math.abs(ms));
  return ms > 0 ? `${length} ago` : `in ${length}`;
}

/** A length of time by its largest unit: "850 ms", "12 s", "3 min", "5 h", "2 d". */
export function describeDuration(ms: number): string {
  if (ms < SECOND_MS) return `${Math.round(ms)} ms`;
  if (ms < MINUTE_MS) return `${trim(ms / SECOND_MS)} s`;
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`;
  if (ms < 2 * DAY_MS) return `${Math.floor(ms / HOUR_MS)} h`;
  return `${Math.floor(ms / DAY_MS)} d`;
}

function trim(seconds: number): string {
  return seconds < 10 ? String(Number(seconds.toFixed(1))) : String(Math.floor(seconds));
}

/** Clock time of today, with the day where it is another, with the year where that is. */
export function describeInstant(instant: Date, now: number): string {
  const today = new Date(now);
  if (instant.toDateString() === today.toDateString()) return CLOCK.format(instant);
  return instant.getFullYear() === today.getFullYear() ? DAY_AND_CLOCK.format(instant) : DATE.format(instant);
}

/** To the millisecond, with weekday and zone. */
export function exactInstant(instant: Date): string {
  return EXACT.format(instant);
}

const HOURS = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DAYS = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });

/** An instant on an axis whose marks are so many milliseconds apart: the clock, or the day where one begins. */
export function shortInstant(instant: Date, apartMs: number): string {
  const isDay = apartMs >= DAY_MS || (instant.getHours() === 0 && instant.getMinutes() === 0);
  return (isDay ? DAYS : HOURS).format(instant);
}
