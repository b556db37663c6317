// Where the customer is: Voucherify puts them in a different place for almost every kind of event.

import { valueAt } from "./json-path.ts";
import { isJsonObject, textOf, type JsonObject } from "./read-json.ts";

/** The customer of an event, and the path where they were found. What the body does not say is null. */
export interface FoundCustomer {
  id: string | null;
  sourceId: string | null;
  email: string | null;
  /** From the root of the sendout: `data.customer`. */
  foundAt: string;
}

/** Places with the customer as an object, the most telling first. */
const OBJECT_PLACES = [
  ["customer"],
  ["holder"],
  ["publication", "customer"],
  ["redemption", "customer"],
  ["redemption_rollback", "customer"],
  ["order", "customer"],
];

/** Places with nothing but the customer's id. */
const ID_PLACES = [
  ["voucher", "holder_id"],
  ["publication", "customer_id"],
  ["redemption", "customer_id"],
  ["redemption_rollback", "customer_id"],
  ["order", "customer_id"],
];

/** The customer of an event's `data`, or null when it names none. */
export function findCustomer(data: JsonObject): FoundCustomer | null {
  for (const place of OBJECT_PLACES) {
    const found = valueAt(data, place);
    if (!isJsonObject(found)) continue;
    const [id, sourceId, email] = [textOf(found["id"]), textOf(found["source_id"]), textOf(found["email"])];
    if (id ?? sourceId ?? email) return { id, sourceId, email, foundAt: `data.${place.join(".")}` };
  }
  for (const place of ID_PLACES) {
    const id = textOf(valueAt(data, place));
    if (id !== null) return { id, sourceId: null, email: null, foundAt: `data.${place.join(".")}` };
  }
  return null;
}
