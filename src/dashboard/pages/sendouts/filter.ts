// The filter of the list of sendouts: the page's address has it, so that a link shows the same. Its names are those of the
// admin API and of `signalbox search`. Pure.

import type { FILTER } from "../../../admin/filter.ts";

/** What `GET /admin/sendouts` is filtered by. */
type Parameter = keyof typeof FILTER | "state" | "deliveryState";

/** What is looked for. `since` and `until` are instants, or how long ago: `15m`, `24h`, `7d`. */
export type SendoutFilter = { readonly [parameter in Parameter]?: string };

/** What a field is called, and where nobody would guess, how it is filled in. */
interface FieldWords {
  label: string;
  placeholder?: string;
}

/** Every field, in the order of the menu. */
export const FIELDS = {
  event: { label: "Event type", placeholder: "redemption.succeeded" },
  target: { label: "Target" },
  route: { label: "Route" },
  deliveryState: { label: "Delivery state" },
  state: { label: "Sendout state" },
  status: { label: "Answered with", placeholder: "429 or 5xx" },
  reason: { label: "Reason", placeholder: "breaker_open" },
  inlet: { label: "Inlet" },
  customer: { label: "Customer", placeholder: "id, e-mail or phone number" },
  voucher: { label: "Voucher", placeholder: "the code, as it is written" },
  group: { label: "Group", placeholder: "what one request to Voucherify caused" },
  id: { label: "Voucherify's id", placeholder: "whs_… or an event's" },
  source: { label: "Source", placeholder: "wh_… or distr_…" },
  sourceKind: { label: "Source kind" },
  since: { label: "Since" },
  until: { label: "Until" },
} as const satisfies Record<Parameter, FieldWords>;

/** A field of the filter. */
export type Field = keyof typeof FIELDS;

const NAMES = Object.keys(FIELDS) as Field[]; // its own keys

/** What some fields choose from. */
export const SENDOUT_STATES = ["routed", "unrouted", "quarantined"] as const;
export const DELIVERY_STATES = ["failed", "expired", "held", "scheduled", "pending", "delivered", "cancelled"] as const;
export const SOURCE_KINDS = ["webhook", "distribution"] as const;

/** Times that are chosen with one click, as the address has them. */
export const RANGES = [
  ["15m", "Last 15 minutes"],
  ["1h", "Last hour"],
  ["24h", "Last 24 hours"],
  ["7d", "Last 7 days"],
  ["30d", "Last 30 days"],
] as const;

/** The filter of an address. What it does not know it leaves out. */
export function readFilter(search: string): SendoutFilter {
  const params = new URLSearchParams(search);
  const given = NAMES.flatMap((name) => {
    const value = params.get(name)?.trim() ?? "";
    return value === "" ? [] : [[name, value]];
  });
  return Object.fromEntries(given);
}

/** The part of an address that is the filter, with its question mark; empty where everything is shown. */
export function writeFilter(filter: SendoutFilter): string {
  const params = new URLSearchParams();
  for (const name of NAMES) {
    const value = filter[name];
    if (value !== undefined && value !== "") params.set(name, value);
  }
  const written = params.toString();
  return written === "" ? "" : `?${written}`;
}

/** The filter with a field set, or without it. */
export function withField(filter: SendoutFilter, field: Field, value: string | undefined): SendoutFilter {
  const { [field]: _, ...rest } = filter;
  return value === undefined || value.trim() === "" ? rest : { ...rest, [field]: value.trim() };
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The filter with instants for lengths. What is no time goes along as it is: the router says what is wrong with it. */
export function toQuery(filter: SendoutFilter, now: number): SendoutFilter {
  const { since, until, ...rest } = filter;
  return {
    ...rest,
    ...(since !== undefined && { since: toInstant(since, now) }),
    ...(until !== undefined && { until: toInstant(until, now) }),
  };
}

function toInstant(text: string, now: number): string {
  const [, count, unit = ""] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  return count === undefined ? text : new Date(now - Number(count) * (UNIT_MS[unit] ?? 0)).toISOString();
}

/** The same search in a terminal. */
export function toCommand(filter: SendoutFilter): string {
  const flags = NAMES.flatMap((name) => {
    const value = filter[name];
    return value === undefined ? [] : [`--${toFlag(name)} ${quote(value)}`];
  });
  return ["npx signalbox search", ...flags].join(" ");
}

function toFlag(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** A word for a shell; quoted where it would mean something else there. */
function quote(text: string): string {
  return /^[\w.,:@+/=-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
