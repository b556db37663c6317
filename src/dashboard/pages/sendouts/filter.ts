// The filter of the list of sendouts: the page's address has it, so that a link shows the same. Its names are those of the
// admin API and of `signalbox search`. Pure.

import type { FILTER } from "../../../admin/filter.ts";
import {
  readFields,
  toCommandLine,
  writeFields,
  type FieldWords,
  type ListFilter,
} from "../../components/list-filter.ts";

/** What `GET /admin/sendouts` is filtered by. */
type Parameter = keyof typeof FILTER | "state" | "deliveryState";

/** What is looked for. */
export type SendoutFilter = ListFilter<Parameter>;

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

/** The filter of an address. What it does not know it leaves out. */
export function readFilter(search: string): SendoutFilter {
  return readFields(search, NAMES);
}

/** The part of an address that is the filter, with its question mark; empty where everything is shown. */
export function writeFilter(filter: SendoutFilter): string {
  return writeFields(filter, NAMES);
}

/** The same search in a terminal. */
export function toCommand(filter: SendoutFilter): string {
  return toCommandLine("search", filter, NAMES);
}
