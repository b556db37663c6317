// Whether a router's clock and this machine's agree.

import type { Finding } from "./doctor.ts";

/** How far apart they may be, in milliseconds: what AWS and Google take is five minutes. */
const APART_MS_MAX = 60_000;

/**
 * What there is to say of a clock.
 *
 * @param theirs what the router's said, in milliseconds since 1970
 * @param before when it was asked, and `after` when it had answered, by this machine's
 */
export function judgeClock(theirs: number, before: number, after: number): Finding {
  const name = "clock";
  const apartMs = Math.max(before - theirs, theirs - after, 0);
  if (apartMs <= APART_MS_MAX) return { name, state: "ok", detail: "agrees with this machine's", remedy: null };
  const seconds = Math.round(apartMs / 1_000);
  const direction = theirs < before ? "behind" : "ahead of";
  return {
    name,
    state: "warning",
    detail: `the router's is ${seconds} s ${direction} this machine's`,
    remedy:
      "One of the two is wrong, this machine's more likely: set it by NTP. Signatures of AWS and tokens of Google are refused at five minutes.",
  };
}
