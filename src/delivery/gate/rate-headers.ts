// What the headers of an answer say about the target's rate limit. Strictly read: whatever is not exactly one of these
// forms counts as nothing said, and nothing a target says holds its own deliveries for longer than twelve hours. Pure.
// https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3 (Retry-After),
// https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ (RateLimit, drafts 03 to 10; read 2026-11-22)

import { retryAfterSeconds } from "../judge.ts";
import type { CallReport, Quota } from "./admission.ts";
import { HELD_MS_MAX } from "./asked-pause.ts";

/** Headers by lowercase name. */
type Headers = Readonly<Record<string, string>>;

/** Statuses with which a target may ask that it is not called for a time. */
const HOLDING = new Set([429, 503]);

/** A number of seconds or a time since 1970 from this on is a time; in milliseconds from the second on. */
const EPOCH_SECONDS_MIN = 1_000_000_000;
const EPOCH_MS_MIN = 1_000_000_000_000;

/** At this share of its limit mParticle is given a pause of a second after each answer. */
const PERCENT_USED_MAX = 90;

/**
 * What an answer says to the whole target, as part of the report about its call: a pause with 429 and 503, and how many
 * more calls the target takes until when, with any status.
 *
 * @param now milliseconds since 1970
 */
export function readRateHeaders(
  status: number,
  headers: Headers,
  now: number,
): Pick<CallReport, "heldUntil" | "quota"> {
  const pauseSeconds = HOLDING.has(status) ? retryAfterSeconds(headers["retry-after"] ?? null, now) : 0;
  const quota = readQuota(headers, now);
  return {
    ...(pauseSeconds > 0 ? { heldUntil: now + Math.min(pauseSeconds * 1_000, HELD_MS_MAX) } : {}),
    ...(quota === undefined ? {} : { quota }),
  };
}

/** The quota with least left, of all that an answer names. */
function readQuota(headers: Headers, now: number): Quota | undefined {
  const quotas = [
    quotaOf(headers["ratelimit-remaining"], untilReset(headers["ratelimit-reset"], now), now),
    quotaOf(headers["x-ratelimit-remaining"], xReset(headers, now), now),
    quotaOf(headers["x-rate-limit-remaining"], untilReset(headers["x-rate-limit-reset"], now), now),
    ...listedQuotas(headers["ratelimit"], now),
    quotaOf(headers["x-hubspot-ratelimit-remaining"], hubspotReset(headers, now), now),
    quotaOf(headers["x-hubspot-ratelimit-secondly-remaining"], now + 1_000, now),
    percentQuota(headers["x-mp-rate-limit-percentage-used"], now),
  ].filter((quota) => quota !== undefined);
  return quotas.reduce<Quota | undefined>(
    (least, quota) => (least !== undefined && least.remaining <= quota.remaining ? least : quota),
    undefined,
  );
}

function quotaOf(remainingText: string | undefined, until: number | undefined, now: number): Quota | undefined {
  const remaining = wholeNumber(remainingText);
  if (remaining === undefined || until === undefined || until <= now) return undefined;
  return { remaining, until: Math.min(until, now + HELD_MS_MAX) };
}

/** `X-RateLimit-Reset-After` (Discord: seconds with decimals) is plainer than the other, which may be either. */
function xReset(headers: Headers, now: number): number | undefined {
  const after = decimal(headers["x-ratelimit-reset-after"]);
  return after === undefined ? untilReset(headers["x-ratelimit-reset"], now) : now + after * 1_000;
}

/** HubSpot names the length of its window and not its end, which is no later than that. */
function hubspotReset(headers: Headers, now: number): number | undefined {
  const intervalMs = wholeNumber(headers["x-hubspot-ratelimit-interval-milliseconds"]);
  return intervalMs === undefined ? undefined : now + intervalMs;
}

/** A reset: seconds from now (Klaviyo, Segment), or since 1970 (Braze, Intercom, Discord), or milliseconds since then. */
function untilReset(text: string | undefined, now: number): number | undefined {
  const value = decimal(text);
  if (value === undefined) return undefined;
  if (value >= EPOCH_MS_MIN) return value;
  return value >= EPOCH_SECONDS_MIN ? value * 1_000 : now + value * 1_000;
}

/** `RateLimit: "default";r=50;t=30`, several of them with commas, or the older `limit=100, remaining=50, reset=5`. */
function listedQuotas(text: string | undefined, now: number): (Quota | undefined)[] {
  if (text === undefined) return [];
  const older = /^(?:limit=\d{1,15}, ?)?remaining=(\d{1,15}), ?reset=(\d{1,15})$/.exec(text);
  if (older !== null) return [quotaOf(older[1], untilReset(older[2], now), now)];
  return text.split(",").map((item) => {
    const parameters = /^\s*"[^"\\]{0,64}"((?:;[a-z]{1,8}=[^;,"]{1,64})+)\s*$/.exec(item)?.[1];
    const parameter = (name: string) => new RegExp(`;${name}=(\\d{1,15})(?:;|$)`).exec(parameters ?? "")?.[1];
    return quotaOf(parameter("r"), untilReset(parameter("t"), now), now);
  });
}

function percentQuota(text: string | undefined, now: number): Quota | undefined {
  const percent = decimal(text);
  return percent !== undefined && percent >= PERCENT_USED_MAX ? { remaining: 0, until: now + 1_000 } : undefined;
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function decimal(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}(?:\.\d{1,9})?$/.test(text) ? Number(text) : undefined;
}
