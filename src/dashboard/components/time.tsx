// Instants, in the reader's zone and as far away as they are; the exact one stands behind each.

import { signal } from "@preact/signals";
import { describeAge, describeInstant, exactInstant } from "./instants.ts";

/** The clock that ages go by. It moves every ten seconds. */
const now = signal(Date.now());
setInterval(() => (now.value = Date.now()), 10_000);

/**
 * An instant of an answer. As `age` ("3 min ago", "in 2 h"), as `clock` (date and time), whichever is read better where it
 * stands; pointing at it shows the other, with milliseconds, and UTC.
 */
export function Time({ at, as = "age" }: { at: string | number; as?: "age" | "clock" }) {
  const instant = new Date(at);
  const age = describeAge(instant, now.value);
  const shown = as === "age" ? age : describeInstant(instant, now.value);
  return (
    <time dateTime={instant.toISOString()} title={`${exactInstant(instant)}\n${instant.toISOString()}\n${age}`}>
      {shown}
    </time>
  );
}
