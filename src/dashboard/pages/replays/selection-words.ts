// What a replay takes, in words and as the list of sendouts shows it. Pure.

import { FIELDS, writeFilter, type Field } from "../sendouts/filter.ts";

/** Fields that a replay has under another name than a search: its states are always those of deliveries. */
const NAMED_ELSE: { readonly [field in Field]?: string } = { deliveryState: "state", state: "" };

/** A condition as people read it. */
export interface Words {
  name: string;
  value: string;
  /** Whether the value is an instant, which is shown in the reader's zone. */
  isInstant: boolean;
}

/** Each condition, in the order of the filter's fields. */
export function wordsOf({ named, ...select }: Readonly<Record<string, unknown>>): Words[] {
  const own = Object.keys(FIELDS) as Field[]; // its own keys
  const conditions = own.flatMap((field) => {
    const value = select[NAMED_ELSE[field] ?? field];
    const isInstant = field === "since" || field === "until";
    return value === undefined ? [] : [{ name: FIELDS[field].label, value: textOf(value, " or "), isInstant }];
  });
  if (typeof named !== "number") return conditions;
  // A plan takes nothing that arrives after it. Of sendouts that are named this says nothing.
  return [
    { name: "Chosen one by one", value: String(named), isInstant: false },
    ...conditions.filter(({ isInstant }) => !isInstant),
  ];
}

/**
 * The address of the sendouts that a replay was made of, at their state of today. Undefined where it cannot be said: the
 * replay keeps neither the ids that were chosen nor whom it is about.
 */
export function addressOf(select: Readonly<Record<string, unknown>>, more: Readonly<Record<string, string>> = {}) {
  if ("named" in select || select["customer"] !== undefined || select["voucher"] !== undefined) return undefined;
  const own = Object.keys(FIELDS) as Field[]; // its own keys
  const fields = own.flatMap((field) => {
    const value = select[NAMED_ELSE[field] ?? field];
    return value === undefined ? [] : [[field, textOf(value, ",")]];
  });
  return `/sendouts${writeFilter({ ...Object.fromEntries(fields), ...more })}`;
}

function textOf(value: unknown, between: string): string {
  if (Array.isArray(value)) return value.join(between);
  return typeof value === "string" ? value : JSON.stringify(value);
}
