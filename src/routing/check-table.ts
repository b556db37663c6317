// What is wrong with a table that compiles: fields that nothing coming by has, and requests that no event could be made
// into. Every template runs against our examples of every event type that its routes can bring. Pure.

import type { Issue } from "../issues.ts";
import { exampleSendout } from "../voucherify/examples.ts";
import { findEvent } from "../voucherify/catalogue.ts";
import { hasField, suggestField } from "../voucherify/field-index.ts";
import { writePath } from "../voucherify/json-path.ts";
import { normalise, type NormalisedEvent } from "../voucherify/normalise.ts";
import type { CompiledTable } from "./compile.ts";
import { renderDelivery } from "./render-delivery.ts";
import { tableReads, typesByTarget, type TableRead } from "./table-reads.ts";

/** What a check found. Errors keep a table from being published; warnings are for people to look at. */
export interface TableCheck {
  errors: Issue[];
  warnings: string[];
}

/** How many event types a better path is looked for in; the first has it, or it is special to one. */
const SUGGESTED_FROM_MAX = 5;

/** How many event types a warning names. */
const NAMED_MAX = 3;

/** Checks a compiled table. */
export async function checkTable(table: CompiledTable): Promise<TableCheck> {
  const check: TableCheck = { errors: [], warnings: [] };
  for (const read of tableReads(table.source)) checkRead(read, check);
  await checkRequests(table, check);
  return check;
}

/**
 * A field that none of the events has is an error, one that some lack a warning. Nothing is said where types come by
 * that the catalogue does not know, or in forms of the payload that have no index of fields.
 */
function checkRead(read: TableRead, check: TableCheck): void {
  const { place, payload, types, unheardOf, designed, tolerant } = read;
  if (tolerant || payload === "v2018-08-01" || payload === "as received" || unheardOf || types.length === 0) return;
  const path = writePath(read.path).replaceAll(".`[]`", "[]"); // any item of a list, as the field index writes it
  const lacking = types.filter((type) => hasField(type, path) === "no");
  if (lacking.length === 0) return;
  if (lacking.length < types.length) {
    // A condition asks for what some events lack: that is what it is for.
    if (!IN_CONDITION.test(place)) check.warnings.push(`${place}: ${path} is not in ${listOf(lacking, types)}`);
    return;
  }
  const better = suggest(read, path);
  const meant = better === undefined ? "" : `; did you mean ${better}?`;
  const message = types.length === 1 ? `${types[0]} has no ${path}` : `none of the events coming by has ${path}`;
  if (designed) check.warnings.push(`${place}: ${message}, unless somebody designed the payload so${meant}`);
  else check.errors.push({ path: place, message: `${message}${meant}` });
}

/** Where the conditions of routes stand. */
const IN_CONDITION = /^routes\.\d+\.when\./;

function suggest({ types }: TableRead, path: string): string | undefined {
  for (const type of types.slice(0, SUGGESTED_FROM_MAX)) {
    const better = suggestField(type, path);
    if (better !== undefined) return better;
  }
  return undefined;
}

/** Some of the types, counted. */
function listOf(some: readonly string[], all: readonly string[]): string {
  const named = some.slice(0, NAMED_MAX).join(", ");
  const more = some.length > NAMED_MAX ? ` and ${some.length - NAMED_MAX} more` : "";
  return `${some.length} of ${all.length} event types that come by: ${named}${more}`;
}

/** Renders every target for every type that can come by. */
async function checkRequests(table: CompiledTable, check: TableCheck): Promise<void> {
  for (const [id, types] of typesByTarget(table.source)) {
    const target = table.targets.get(id);
    if (target === undefined || types.length === 0) continue;
    const failures = new Map<string, { reason: string; failing: string[] }>();
    for (const type of types) {
      const event = exampleOf(type);
      if (event === undefined) continue;
      const rendered = await renderDelivery(target, { event, ...EXAMPLE });
      if (rendered.ok) continue;
      const { failing } = failures.get(rendered.detail) ?? { failing: [] };
      failures.set(rendered.detail, { reason: rendered.reason, failing: [...failing, type] });
    }
    for (const [detail, { reason, failing }] of failures) {
      const path = `targets.${id}`;
      if (failing.length < types.length) check.warnings.push(`${path}: ${detail}, for ${listOf(failing, types)}`);
      // What our examples lack your events may have: metadata, fields that are not always there.
      else if (IS_MISSING.has(reason))
        check.warnings.push(`${path}: ${detail}, in our example of each event that comes by`);
      else check.errors.push({ path, message: `no event can be sent: ${detail}` });
    }
  }
}

/** Reasons that tell of a value that is not there rather than of a template that cannot work. */
const IS_MISSING: ReadonlySet<string> = new Set(["template_value_missing", "template_value_required"]);

/** What stands around the examples. */
const EXAMPLE = {
  received: new TextEncoder().encode("{}"),
  receivedAt: Date.UTC(2026, 9, 5, 8, 15, 31),
  sendoutId: "so_00000000000000000000000000000000",
  route: "check",
};

// Our examples, understood: as many as the catalogue has types, for the isolate's life; they never change.
const examples = new Map<string, NormalisedEvent>();

function exampleOf(type: string): NormalisedEvent | undefined {
  const known = examples.get(type);
  if (known !== undefined || findEvent(type) === undefined) return known;
  const event = normalise(new TextEncoder().encode(JSON.stringify(exampleSendout(type))));
  if (event.ok) examples.set(type, event.value);
  return event.ok ? event.value : undefined;
}
