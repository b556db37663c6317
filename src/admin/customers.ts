// Deleting everything about one customer: first what it would be, then, confirmed, a run that the cron takes to its end.

import { Hono } from "hono";
import * as v from "valibot";
import { createMarks } from "../erasure/customer-marks.ts";
import { countAllByTerms } from "../ledger/everywhere.ts";
import { insertErasure, listErasures, readWholeErasure, type Erasure } from "../ledger/erasures.ts";
import { personalTerm, searchKeys } from "../ledger/terms.ts";
import { problem } from "../problem.ts";
import type { AdminEnv } from "./access.ts";
import { InstantTextSchema, MaybeInstantSchema, toInstant, toMaybeInstant } from "./answers.ts";
import { describe } from "./describe.ts";
import { validBody } from "./validate.ts";

/** How many a customer may be known by. */
const VALUES_MAX = 20;

/** Deletions that are listed. */
const LISTED_MAX = 100;

const ValueSchema = v.pipe(v.string(), v.trim(), v.minLength(1, "expected a value"), v.maxLength(500));

const DeleteBodySchema = v.strictObject({
  customer: v.pipe(
    v.union([ValueSchema, v.pipe(v.array(ValueSchema), v.minLength(1), v.maxLength(VALUES_MAX))]),
    v.description("Everything the customer is known by: id, source id, e-mail addresses, phone numbers."),
  ),
  open: v.optional(
    v.pipe(
      v.picklist(["refuse", "wait", "cancel"]),
      v.description("With a delivery under way: refuse, delete once it has ended, or cancel it."),
    ),
    "refuse",
  ),
  confirm: v.optional(
    v.pipe(v.boolean(), v.description("Without it nothing is deleted: the answer is the plan.")),
    false,
  ),
});

const PlanSchema = v.object({
  id: v.null(),
  state: v.literal("planned"),
  found: v.pipe(
    v.nullable(v.number()),
    v.description(
      "Sendouts that are the customer's by their terms; null without a search key. Others show in the run.",
    ),
  ),
  open: v.pipe(v.array(v.string()), v.description("Of those with something under way, the first twenty.")),
  toLookThrough: v.pipe(v.number(), v.description("Sendouts in the ledger.")),
});

const DeletionSchema = v.pipe(
  v.object({
    id: v.string(),
    state: v.picklist(["running", "done"]),
    subject: v.pipe(v.string(), v.description("The customer, as a keyed hash.")),
    open: v.picklist(["wait", "cancel"]),
    startedAt: InstantTextSchema,
    endedAt: MaybeInstantSchema,
    lookedThrough: v.number(),
    deleted: v.pipe(v.number(), v.description("Sendouts that say nothing any more.")),
    waiting: v.pipe(v.number(), v.description("Sendouts with something under way.")),
  }),
  v.metadata({ ref: "CustomerDeletion" }),
);

const EXAMPLE: v.InferOutput<typeof DeletionSchema> = {
  id: "ers_0199b3f2a1c05f0c1a2b3c4d5e6f",
  state: "running",
  subject: "kJ8sQ2xV",
  open: "wait",
  startedAt: "2026-10-05T08:15:31.000Z",
  endedAt: null,
  lookedThrough: 4_000,
  deleted: 17,
  waiting: 0,
};

/** `POST /admin/customers/delete`, `GET /admin/customers/deletions` and `GET /admin/customers/deletions/<id>`. */
export const customerRoutes = new Hono<AdminEnv>()
  .post(
    "/delete",
    describe({
      summary: "Deletes everything about one customer: the plan, or with `confirm` the run.",
      description:
        "The run goes through the whole ledger in the cron's steps. Payloads, requests, answers and the archive's copies go; that a sendout came and what became of it stays.",
      body: DeleteBodySchema,
      answer: v.union([PlanSchema, DeletionSchema]),
      problems: ["body_not_json", "request_invalid", "customer_open"],
      example: {
        body: { customer: ["crm-20417", "ada@example.com"] },
        answer: { id: null, state: "planned", found: 17, open: [], toLookThrough: 120_000 },
      },
    }),
    validBody(DeleteBodySchema),
    async (c) => {
      const { customer, open, confirm } = c.req.valid("json");
      const values = [customer].flat();
      const keys = searchKeys(c.env);
      const terms = keys.flatMap((key) => values.map((value) => personalTerm("customer", value, key)));
      const known = await countAllByTerms(c.env, terms);
      const found = keys.length === 0 ? null : known.sendouts;
      if (!confirm) {
        return c.json({ id: null, state: "planned" as const, found, open: known.open, toLookThrough: known.all });
      }
      if (open === "refuse" && known.open.length > 0) {
        return problem(c, "customer_open", { detail: `Something is under way: ${known.open.join(", ")}.` });
      }
      const now = Date.now();
      const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES)).toHex();
      const marks = createMarks(values, salt);
      const id = `ers_${now.toString(16).padStart(12, "0")}${crypto.randomUUID().replaceAll("-", "").slice(0, 20)}`;
      const subject = terms[0] ?? [...marks.anywhere, ...marks.inPlace][0] ?? "";
      await insertErasure(c.env, {
        id,
        subject,
        open: open === "cancel" ? "cancel" : "wait",
        marks,
        terms,
        startedAt: now,
        until: now,
      });
      c.set("change", { after: { deletion: id, subject, open } });
      const erasure = await readWholeErasure(c.env, id);
      return erasure === undefined ? problem(c, "internal_error") : c.json(describeErasure(erasure));
    },
  )
  .get(
    "/deletions",
    describe({
      summary: "Lists the last deletions of customers, the newest first.",
      answer: v.object({ deletions: v.array(DeletionSchema) }),
      example: { answer: { deletions: [EXAMPLE] } },
    }),
    async (c) => c.json({ deletions: (await listErasures(c.env, LISTED_MAX)).map(describeErasure) }),
  )
  .get(
    "/deletions/:id",
    describe({
      summary: "How far a deletion has come.",
      path: { id: "The deletion's id, `ers_…`." },
      answer: DeletionSchema,
      problems: ["not_found"],
      example: { answer: EXAMPLE },
    }),
    async (c) => {
      const erasure = await readWholeErasure(c.env, c.req.param("id"));
      return erasure === undefined ? problem(c, "not_found") : c.json(describeErasure(erasure));
    },
  );

/** Nobody guesses it. */
const SALT_BYTES = 16;

function describeErasure({ id, state, subject, open, startedAt, endedAt, lookedAt, erased, waiting }: Erasure) {
  return {
    id,
    state,
    subject,
    open,
    startedAt: toInstant(startedAt),
    endedAt: toMaybeInstant(endedAt),
    lookedThrough: lookedAt,
    deleted: erased,
    waiting,
  };
}
