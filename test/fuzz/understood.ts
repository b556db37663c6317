// What must hold of a body that was understood.

import type { DriftObservation } from "../../src/voucherify/drift.ts";
import type { NormalisedEvent } from "../../src/voucherify/normalise.ts";
import { isJsonObject } from "../../src/voucherify/read-json.ts";
import { sameValue } from "./same-value.ts";

const FOUND_AT =
  /^data\.(?:customer|holder|(?:publication|redemption|redemption_rollback|order)\.customer(?:_id)?|voucher\.holder_id)$/;

const SHOWN = /^(?:null|flag|number|list of \d+|(?:text of \d+ character|object with \d+ key)s?)$/;

/** The kinds of source that a body without one may get: none, or what its inlet expects. */
const MADE_UP: ReadonlySet<unknown> = new Set([null, "distribution"]);

const ROLES: ReadonlySet<unknown> = new Set([null, "redeemable", "stack"]);

/** What does not hold of an event and its drift, as sentences. */
export function problemsOfEvent(body: unknown, event: NormalisedEvent, drift: readonly DriftObservation[]): string[] {
  const { type, version, source, envelope, unknown, customer, occurredAt, dedupeKey, dedupeBy, stack } = event;
  const holds: readonly (readonly [boolean, string])[] = [
    [type !== "", "the type is empty"],
    [typeof envelope["type"] === "string", "the envelope's type is no text"],
    [version !== "v2024-01-01" || sameValue(envelope, body), "the envelope is not the body"],
    [version === "v2024-01-01" || unknown.length > 0, "nothing is unknown of a body that says less"],
    [unknown.every((path) => at(envelope, path) === null), "something that the body does not say is not null"],
    [customer === null || FOUND_AT.test(customer.foundAt), "the customer was found in an unheard-of place"],
    [customer === null || isFound(envelope, customer.foundAt), "the customer is not where it was found"],
    [occurredAt === null || Number.isFinite(occurredAt), "the time is no time"],
    [(dedupeKey === null) === (dedupeBy === "body"), "the dedupe key and what it is made of disagree"],
    [version === "v2024-01-01" || MADE_UP.has(source.kind), "a source is made up that nobody named"],
    [ROLES.has(stack), "the role in the stack is unheard-of"],
    [hasPlainObjects(envelope), "a name has become a prototype"],
    [JSON.stringify(event).length > 0, "the event cannot be written as JSON"],
    [drift.length <= 50, "there are more than 50 observations of drift"],
    [drift.every(({ example }) => SHOWN.test(example)), "an observation of drift shows more than kind and size"],
    [drift.every((one) => one.path.length <= 200 && one.type.length <= 200), "an observation of drift is too long"],
  ];
  return holds.filter(([held]) => !held).map(([, problem]) => problem);
}

function at(value: unknown, path: string): unknown {
  return path.split(".").reduce((found, key) => (isJsonObject(found) ? found[key] : undefined), value);
}

function isFound(envelope: NormalisedEvent["envelope"], path: string): boolean {
  const found = at(envelope, path);
  return isJsonObject(found) || typeof found === "string";
}

/** Whether every object and list is of the ordinary kind: assigning `__proto__` instead of defining it changes that. */
function hasPlainObjects(root: object): boolean {
  const containers = [root];
  // The list grows while it is read.
  for (const container of containers) {
    const ordinary = Array.isArray(container) ? Array.prototype : Object.prototype;
    if (Object.getPrototypeOf(container) !== ordinary) return false;
    for (const inner of Object.values(container)) {
      if (typeof inner === "object" && inner !== null) containers.push(inner);
    }
  }
  return true;
}
