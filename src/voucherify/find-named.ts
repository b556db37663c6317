// Everybody and every code that an event names, to find it by. Wider than find-customer.ts, which picks the one the event
// is about: a referral has two customers, a bulk publication many codes.

import { isJsonObject, textOf, type JsonObject } from "./read-json.ts";

/** The customers and the voucher codes that an event names, each value once. */
export interface Named {
  /** Ids, source ids, e-mails and phone numbers. */
  customers: ReadonlySet<string>;
  vouchers: ReadonlySet<string>;
}

/** The most values of each kind that count, in the order of the body: a sendout's row must stay small. */
export const NAMED_MAX = 50;

/** Keys with a customer, or a list of them. */
const CUSTOMER_KEYS = new Set(["customer", "holder", "referrer", "customers"]);

/** Keys with a customer's id. */
const CUSTOMER_ID_KEYS = new Set(["customer_id", "holder_id", "referrer_id"]);

/** Keys with a voucher, its code, or a list of either. */
const VOUCHER_KEYS = new Set(["voucher", "vouchers", "voucher_code", "voucher_codes", "related_voucher"]);

/** What a customer is looked for by. */
const CUSTOMER_FIELDS = ["id", "source_id", "email", "phone"];

/** The customers and vouchers of an event's `data`, wherever they stand in it. */
export function findNamed(data: JsonObject): Named {
  const named = { customers: new Set<string>(), vouchers: new Set<string>() };
  visit(data, named);
  return named;
}

type Found = { [kind in keyof Named]: Set<string> };

function visit(value: unknown, found: Found): void {
  if (Array.isArray(value)) for (const one of value) visit(one, found);
  if (!isJsonObject(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    if (CUSTOMER_KEYS.has(key)) each(inner, (one) => addCustomer(one, found));
    else if (CUSTOMER_ID_KEYS.has(key)) add(found.customers, inner);
    else if (VOUCHER_KEYS.has(key)) each(inner, (one) => addVoucher(one, found));
    else if (key === "redeemable" || key === "redeemables") each(inner, (one) => addRedeemable(one, found));
    if (typeof inner === "object") visit(inner, found);
  }
}

function each(value: unknown, take: (one: unknown) => void): void {
  if (Array.isArray(value)) value.forEach(take);
  else take(value);
}

function addCustomer(value: unknown, { customers }: Found): void {
  if (!isJsonObject(value)) return;
  for (const field of CUSTOMER_FIELDS) add(customers, value[field]);
}

/** A voucher, or nothing but its code. */
function addVoucher(value: unknown, { vouchers }: Found): void {
  if (isJsonObject(value)) add(vouchers, value["code"]);
  else add(vouchers, value);
}

/** The id of a redeemable that is a voucher is its code. */
function addRedeemable(value: unknown, { vouchers }: Found): void {
  if (isJsonObject(value) && value["object"] === "voucher") add(vouchers, value["id"]);
}

function add(values: Set<string>, value: unknown): void {
  const text = textOf(value);
  if (text !== null && values.size < NAMED_MAX) values.add(text);
}
