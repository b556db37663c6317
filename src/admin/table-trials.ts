// A table tried before it is published: checked as a publication would be, and run dry against what has come in.

import { Hono } from "hono";
import * as v from "valibot";
import type { Issue } from "../issues.ts";
import { readLoggedBodies } from "../ledger/logged-bodies.ts";
import { problem } from "../problem.ts";
import { MASK } from "../masking/mask-json.ts";
import type { Masker } from "../masking/masker.ts";
import { compareTables, FATES } from "../routing/compare-tables.ts";
import { compileTable, type CompiledTable } from "../routing/compile.ts";
import { SELF_TEST_TYPE } from "../routing/self-test.ts";
import { newestTable } from "../routing/table-store.ts";
import { Tally, type Example } from "../routing/tally-comparison.ts";
import { describeKind } from "../voucherify/describe-kind.ts";
import type { AdminEnv } from "./access.ts";
import { NextSchema } from "./answers.ts";
import { checkDocument } from "./check-document.ts";
import { describe } from "./describe.ts";
import { DryRunCursorSchema, toDryRunCursor, withDryRunEntry } from "./dry-run-entry.ts";
import { TABLE_BYTES_MAX, validDocument } from "./document-body.ts";
import { secretWarnings } from "./publish-warnings.ts";
import { maskerOf, REVEAL, sightOf, type Sight } from "./sight.ts";
import { InstantSchema, validQuery } from "./validate.ts";

/** How many sendouts a call compares when nothing else is said, and at most: each is rendered twice for each target. */
const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 250;

/** A table in a request, beside what else it asks. */
const TRIAL_BYTES_MAX = TABLE_BYTES_MAX + 1_024;

const TableSchema = v.pipe(v.unknown(), v.description("The table that is tried, as `PUT /admin/table` takes it."));

/** A table that does nothing, as an example of one. */
const EMPTY_TABLE = { inlets: { voucherify: { auth: "none" } }, targets: {}, routes: [] };

const CheckBodySchema = v.strictObject({ table: TableSchema });

const DryRunBodySchema = v.strictObject({
  table: TableSchema,
  since: v.optional(v.pipe(InstantSchema, v.description("Of sendouts received at or after; all when left out."))),
  limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(LIMIT_MAX)), LIMIT_DEFAULT),
  cursor: v.optional(DryRunCursorSchema),
});

const CheckedSchema = v.object({
  valid: v.boolean(),
  errors: v.array(v.object({ path: v.string(), message: v.string() })),
  warnings: v.array(v.string()),
});

const CountSchema = v.number();

const ExampleSchema = v.object({
  sendout: v.string(),
  route: v.string(),
  target: v.string(),
  fate: v.picklist(FATES),
  changes: v.pipe(
    v.array(v.object({ path: v.string(), before: v.optional(v.unknown()), after: v.optional(v.unknown()) })),
    v.description("Without the scope `payload`, kind and size of each value in its place."),
  ),
  error: v.nullable(v.object({ code: v.string(), detail: v.string() })),
});

const DryRunSchema = v.object({
  tableVersion: v.pipe(v.number(), v.description("The version in force, which the table was compared with.")),
  sendouts: v.object({
    compared: CountSchema,
    routed: CountSchema,
    unrouted: CountSchema,
    newlyRouted: CountSchema,
    newlyUnrouted: CountSchema,
    notUnderstood: CountSchema,
    bodiesGone: v.pipe(CountSchema, v.description("Not compared, because their payloads are not kept any more.")),
  }),
  deliveries: v.array(
    v.object({
      route: v.string(),
      target: v.string(),
      ...Object.fromEntries(FATES.map((fate) => [fate, CountSchema])),
    }),
  ),
  examples: v.pipe(v.array(ExampleSchema), v.description("Up to three of each fate, for each route and target.")),
  warnings: v.array(v.string()),
  next: NextSchema,
});

/** `POST /admin/table/check` and `/admin/table/dry-run`. */
export const tableTrialRoutes = new Hono<AdminEnv>()
  .post(
    "/check",
    describe({
      summary: "Checks a table as a publication would, and publishes nothing.",
      answer: CheckedSchema,
      example: { body: { table: EMPTY_TABLE }, answer: { valid: true, errors: [], warnings: [] } },
      problems: ["body_too_large", "body_not_json", "request_invalid"],
    }),
    validDocument(CheckBodySchema, TRIAL_BYTES_MAX),
    async (c) => {
      const checked = await checkDocument(c.env, c.req.valid("json").table);
      if (!checked.ok) return c.json({ valid: false, errors: checked.errors, warnings: [] });
      const warnings = [...(await secretWarnings(c.env, checked.table)), ...checked.warnings];
      return c.json({ valid: true, errors: [] as Issue[], warnings });
    },
  )
  .post(
    "/dry-run",
    describe({
      summary: "What a table would make of logged sendouts, compared with the one in force.",
      description:
        "The newest sendouts first, so many a call; `next` continues, and whoever calls adds up. Nothing is sent or kept.",
      answer: DryRunSchema,
      example: { body: { table: EMPTY_TABLE, since: "2026-10-05T00:00:00Z", limit: 200 } },
      problems: ["body_too_large", "body_not_json", "request_invalid", "table_invalid"],
    }),
    validQuery(v.strictObject(REVEAL)),
    validDocument(DryRunBodySchema, TRIAL_BYTES_MAX),
    async (c) => {
      const sight = await sightOf(c, c.req.valid("query").reveal);
      if (sight instanceof Response) return sight;
      const { table, since = 0, limit, cursor } = c.req.valid("json");
      const compiled = compileTable(table);
      if (!compiled.ok) return problem(c, "table_invalid", { errors: compiled.issues.map(inTable) });
      const page = { table, revealed: sight.sees === "everything", entry: cursor?.entry };
      return withDryRunEntry(c, page, async (entry) => {
        const inForce = await newestTable(c.env, Date.now());
        const { sendouts, next } = await readLoggedBodies(c.env, { since, after: cursor?.after, limit });
        const tally = new Tally();
        // Only what is shown is masked: a masker costs more than a comparison.
        const bodies = new Map(sendouts.map(({ id, body }) => [id, body]));
        for (const { body, eventType, ...sendout } of sendouts) {
          if (eventType === SELF_TEST_TYPE) continue; // no table has a say in it
          if (body === undefined) tally.addGone();
          else tally.add(sendout.id, await compareTables(inForce.table, compiled.value, { ...sendout, body }));
        }
        return c.json({
          tableVersion: inForce.version,
          sendouts: tally.sendouts,
          deliveries: tally.deliveries,
          examples: tally.examples.map((example) => seen(example, bodies.get(example.sendout), sight)),
          warnings: inletWarnings(inForce.table, compiled.value),
          next: toDryRunCursor(next, entry),
        });
      });
    },
  );

function inTable({ path, message }: Issue): Issue {
  return { path: `table.${path}`, message };
}

/** An example as its reader may see it. */
function seen(example: Example, body: Uint8Array<ArrayBuffer> | undefined, sight: Sight): Example {
  if (sight.sees === "nothing") return withoutValues(example);
  return sight.sees === "masked" ? masked(example, maskerOf(body, sight)) : example;
}

/** An example without what the table masks; without a masker, of a payload that is no JSON, with nothing but places. */
function masked({ changes, error, ...example }: Example, masker: Masker | undefined): Example {
  const hide = (value: unknown): unknown => (masker === undefined ? MASK : masker.values(value));
  return {
    ...example,
    changes: changes.map(({ path, ...sides }) => ({
      path,
      ...Object.fromEntries(Object.entries(sides).map(([side, value]) => [side, hide(value)])),
    })),
    error: error && { ...error, detail: masker?.text(error.detail) ?? MASK },
  };
}

/** An example that shows where requests differ, and nothing of what stands there. */
function withoutValues({ changes, ...example }: Example): Example {
  return {
    ...example,
    changes: changes.map(({ path, ...sides }) => ({
      path,
      ...Object.fromEntries(Object.entries(sides).map(([side, value]) => [side, describeKind(value)])),
    })),
  };
}

/** What a comparison of requests does not show: an inlet that is gone takes nothing in, and Voucherify gives up on it. */
function inletWarnings(before: CompiledTable, after: CompiledTable): string[] {
  const gone = [...before.inlets.keys()].filter((inlet) => !after.inlets.has(inlet));
  return gone.map(
    (inlet) => `The table has no inlet "${inlet}" any more: what is sent there would be refused with 404.`,
  );
}
