// What sendouts, deliveries and replays are selected by: the same names in a query and in a body. Personal values become
// tokens here, before anything else sees them.

import * as v from "valibot";
import { DELIVERY_STATES, type Filter } from "../ledger/filter.ts";
import { personalTerm, searchKeys, type PersonalKind } from "../ledger/terms.ts";
import { failure, success, type Result } from "../result.ts";
import { InstantSchema } from "./validate.ts";

/** Longest value that is looked for, in characters: as long as a column beside the payload can be. */
const VALUE_LENGTH_MAX = 500;

export const ValueSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(VALUE_LENGTH_MAX));

function described(text: string) {
  return v.optional(v.pipe(ValueSchema, v.description(text)));
}

/** A status, or a class of them, as the statuses from one to another. */
const StatusSchema = v.pipe(
  v.string(),
  v.regex(/^[1-5](?:\d\d|xx)$/, "expected a status like 429, or a class of them like 5xx"),
  v.transform((text): [number, number] => [Number(text.replace("xx", "00")), Number(text.replace("xx", "99"))]),
);

/** What every selection can have. All of it must hold; what is of deliveries must hold of one and the same. */
export const FILTER = {
  since: v.optional(v.pipe(InstantSchema, v.description("Sendouts received at or after this instant."))),
  until: v.optional(v.pipe(InstantSchema, v.description("Sendouts received before this instant."))),
  event: described("The event's type."),
  source: described("The source's id: `wh_…` or `distr_…`."),
  sourceKind: described("The source's kind: `webhook` or `distribution`."),
  inlet: described("The inlet where it arrived."),
  id: described("Voucherify's id of the sendout (`whs_…`) or of the event behind it."),
  group: described("`group_id`: what events of one request to Voucherify have in common."),
  customer: described("A customer's id, source id, e-mail or phone number."),
  voucher: described("A voucher's code."),
  target: described("A target that it goes to."),
  route: described("A route that it goes by."),
  reason: described("Why a delivery is in its state."),
  status: v.optional(v.pipe(StatusSchema, v.description("What the last attempt was answered with: `429`, or `5xx`."))),
};

/** Several states, divided by commas. */
export const DeliveryStatesSchema = v.pipe(
  v.string(),
  v.transform((text) => text.split(",")),
  v.array(v.picklist(DELIVERY_STATES)),
);

/** What was asked for, as its schema has read it. */
type Asked = { [field in keyof typeof FILTER]?: v.InferOutput<(typeof FILTER)[field]> | undefined };

/** The fields of a ledger's filter that come from `FILTER`. */
type Common = Omit<Filter, "state" | "deliveryStates">;

/** The filter for the ledger. Fails where a personal value is asked for and no key is set that could have hidden it. */
export function toFilter(asked: Asked, env: object): Result<Common, "search_key_missing"> {
  const { event, source, id, group, customer, voucher, ...rest } = asked;
  const keys = searchKeys(env);
  if (keys.length === 0 && (customer ?? voucher) !== undefined) {
    return failure("search_key_missing", "the Worker secret SIGNALBOX_SEARCH_KEY is not set");
  }
  const tokens = (kind: PersonalKind, value: string | undefined) =>
    value === undefined ? undefined : keys.map((key) => personalTerm(kind, value, key));
  return success(
    withoutUndefined({
      ...rest,
      eventType: event,
      sourceId: source,
      ref: id,
      groupId: group,
      customer: tokens("customer", customer),
      voucher: tokens("voucher", voucher),
    }),
  );
}

type Defined<T> = { [key in keyof T]?: Exclude<T[key], undefined> };

/** The same fields, less those that are undefined. */
export function withoutUndefined<T extends object>(fields: T): Defined<T> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Defined<T>; // exactly that
}
