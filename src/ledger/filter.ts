// What a search looks for, and how that is asked of the ledger. One filter finds sendouts, deliveries, and what a replay
// takes. Personal values are in it as tokens alone, so that it can be kept. Pure.

import * as v from "valibot";
import { LAST_STATUS, OutcomeSchema } from "./deliveries.ts";
import { SendoutRowSchema } from "./sendouts.ts";
import { plainTerm, type PlainKind } from "./terms.ts";

/** States of a delivery as people see them: `pending` is planned and without an outcome yet. */
export const DELIVERY_STATES = [...OutcomeSchema.entries.state.options, "pending"] as const;

const TokensSchema = v.array(v.string());

/** What sendouts and their deliveries are looked for by. All conditions must hold; instants are milliseconds since 1970. */
export const FilterSchema = v.object({
  /** Received at or after. */
  since: v.optional(v.number()),
  /** Received before. */
  until: v.optional(v.number()),
  /** Voucherify's id of the sendout or of its event. */
  ref: v.optional(v.string()),
  state: v.optional(SendoutRowSchema.entries.state),
  eventType: v.optional(v.string()),
  sourceId: v.optional(v.string()),
  sourceKind: v.optional(v.string()),
  inlet: v.optional(v.string()),
  groupId: v.optional(v.string()),
  /** Any of these tokens: one for each key of the search. */
  customer: v.optional(TokensSchema),
  voucher: v.optional(TokensSchema),
  /** What follows must hold of one delivery. */
  route: v.optional(v.string()),
  target: v.optional(v.string()),
  deliveryStates: v.optional(v.array(v.picklist(DELIVERY_STATES))),
  reason: v.optional(v.string()),
  /** The status that the last attempt was answered with, from one to another. */
  status: v.optional(v.tuple([v.number(), v.number()])),
});
export type Filter = v.InferOutput<typeof FilterSchema>;

/** A condition in SQL with its values. `s` is a sendout's entry in an index, `r` its row, `d` a delivery. */
export interface Condition {
  sql: string;
  values: readonly (string | number)[];
}

/** Fields with a column of their own: the kind of their term, and the condition on the row. */
const PLAIN = {
  eventType: ["event", "r.event_type = ?"],
  sourceId: ["source", "r.source_id = ?"],
  sourceKind: ["sourceKind", "r.source_kind = ?"],
  inlet: ["inlet", "r.inlet = ?"],
  groupId: ["group", "r.group_id = ?"],
  ref: ["id", "? IN (r.sendout_ref, r.event_ref)"],
  target: ["target", "EXISTS (SELECT 1 FROM json_each(r.planned) WHERE value ->> 'target' = ?)"],
  route: ["route", "EXISTS (SELECT 1 FROM json_each(r.planned) WHERE value ->> 'route' = ?)"],
} as const satisfies { [field in keyof Filter]?: [PlainKind, string] };

/** One delivery has both. */
const IS_PLANNED = `EXISTS (SELECT 1 FROM json_each(r.planned)
  WHERE value ->> 'target' = ? AND value ->> 'route' = ?)`;

const PLAIN_FIELDS = Object.keys(PLAIN) as (keyof typeof PLAIN)[]; // its own keys

/** Fields whose values few sendouts have: blocks find them at once. */
const RARE_FIELDS = ["customer", "voucher", "groupId", "ref"] as const;

/** Whether a filter names what only a few sendouts have. */
export function isRare(filter: Filter): boolean {
  return RARE_FIELDS.some((field) => filter[field] !== undefined);
}

/** The terms that a filter's sendouts have: of each group at least one. */
export function termsOfFilter(filter: Filter): string[][] {
  const plain = PLAIN_FIELDS.flatMap((field) => {
    const value = filter[field];
    return value === undefined ? [] : [[plainTerm(PLAIN[field][0], value)]];
  });
  return [...[filter.customer, filter.voucher].filter((tokens) => tokens !== undefined), ...plain];
}

/**
 * Conditions on an entry of an index that has the terms. A row that has none passes where its columns can say.
 *
 * @param entry the alias of what has the terms
 */
export function entryConditions(filter: Filter, entry = "s"): Condition[] {
  const personal = [filter.customer, filter.voucher].filter((tokens) => tokens !== undefined).length;
  return termsOfFilter(filter).map((tokens, index) => {
    const found = tokens.map(() => `instr(${entry}.terms, ?) > 0`).join(" OR ");
    return { sql: index < personal ? `(${found})` : `(${entry}.terms IS NULL OR ${found})`, values: tokens };
  });
}

/** Conditions on the row itself: those that its columns can answer, exactly. */
export function rowConditions(filter: Filter): Condition[] {
  const conditions: Condition[] = PLAIN_FIELDS.flatMap((field) => {
    const value = filter[field];
    return value === undefined ? [] : [{ sql: PLAIN[field][1], values: [value] }];
  });
  if (filter.target !== undefined && filter.route !== undefined) {
    conditions.push({ sql: IS_PLANNED, values: [filter.target, filter.route] });
  }
  if (filter.since !== undefined) conditions.push({ sql: "r.received_at >= ?", values: [filter.since] });
  if (filter.until !== undefined) conditions.push({ sql: "r.received_at < ?", values: [filter.until] });
  if (filter.state !== undefined) conditions.push({ sql: "r.state = ?", values: [filter.state] });
  return conditions;
}

/** Whether a filter asks for more of a delivery than its target and route, which the plan of its sendout says. */
export function asksOutcome({ deliveryStates, reason, status }: Filter): boolean {
  return deliveryStates !== undefined || reason !== undefined || status !== undefined;
}

/** Whether a filter's status is none of a success: each such delivery is in the index of unsettled ones. */
export function isNoSuccess([from, to]: readonly [number, number]): boolean {
  return to < 200 || from > 299;
}

/** Conditions on a delivery's row; none of it is pending. */
export function deliveryConditions({ target, route, deliveryStates, reason, status }: Filter): Condition[] {
  const conditions: Condition[] = [];
  if (target !== undefined) conditions.push({ sql: "d.target = ?", values: [target] });
  if (route !== undefined) conditions.push({ sql: "d.route = ?", values: [route] });
  if (reason !== undefined) conditions.push({ sql: "d.reason = ?", values: [reason] });
  if (status !== undefined) {
    const column = isNoSuccess(status) ? "d.last_status" : LAST_STATUS;
    conditions.push({ sql: `${column} BETWEEN ? AND ?`, values: status });
  }
  if (deliveryStates !== undefined) {
    conditions.push({ sql: `d.state IN (${deliveryStates.map(() => "?").join(", ")})`, values: deliveryStates });
  }
  return conditions;
}

/** Conditions on a planned delivery `plan`, as its sendout's row has it. */
export function plannedConditions({ target, route }: Filter): Condition[] {
  return [
    ...(target === undefined ? [] : [{ sql: "plan.value ->> 'target' = ?", values: [target] }]),
    ...(route === undefined ? [] : [{ sql: "plan.value ->> 'route' = ?", values: [route] }]),
  ];
}

const IS_PENDING = {
  sql: `NOT EXISTS (SELECT 1 FROM deliveries AS d
    WHERE d.sendout_id = r.id AND d.target = plan.value ->> 'target' AND d.copy = 0)`,
  values: [],
};

/** The condition that a sendout has such a delivery, recorded or pending. */
export function hasDelivery(filter: Filter): Condition {
  const recorded = joined([{ sql: "d.sendout_id = r.id", values: [] }, ...deliveryConditions(filter)]);
  const hasRecorded = `EXISTS (SELECT 1 FROM deliveries AS d WHERE ${recorded.sql})`;
  const { deliveryStates, reason, status } = filter;
  const canBePending = reason === undefined && status === undefined && (deliveryStates?.includes("pending") ?? true);
  if (!canBePending) return { sql: hasRecorded, values: recorded.values };
  const pending = joined([...plannedConditions(filter), IS_PENDING]);
  return {
    sql: `(${hasRecorded} OR EXISTS (SELECT 1 FROM json_each(r.planned) AS plan WHERE ${pending.sql}))`,
    values: [...recorded.values, ...pending.values],
  };
}

/** Conditions that must all hold, as one. */
export function joined(conditions: readonly Condition[]): Condition & { values: (string | number)[] } {
  return {
    sql: conditions.map(({ sql }) => sql).join(" AND "),
    values: conditions.flatMap(({ values }) => values),
  };
}
