// Quarantine: what is authentic and could not be read or routed. To look into, to route once more as it is or corrected,
// and to leave there for good.

import { Hono } from "hono";
import * as v from "valibot";
import {
  countQuarantined,
  discardQuarantined,
  listQuarantined,
  QUARANTINE_STATES,
  readQuarantined,
  type Quarantined,
} from "../ledger/quarantined.ts";
import { readPlanned } from "../ledger/search.ts";
import { PlannedSchema } from "../ledger/sendouts.ts";
import { problem } from "../problem.ts";
import { reroute } from "../routing/reroute.ts";
import { allows, type AdminEnv } from "./access.ts";
import { InstantTextSchema, NextSchema, toInstant } from "./answers.ts";
import { createContentView, PayloadSchema } from "./content-view.ts";
import { CursorSchema, toCursor } from "./cursor.ts";
import { describe } from "./describe.ts";
import { validDocument } from "./document-body.ts";
import { REVEAL, sightOf } from "./sight.ts";
import { limitSchema, validBody, validQuery } from "./validate.ts";

const LIMIT_DEFAULT = 50;
const LIMIT_MAX = 200;

/** Largest request with a corrected payload, in bytes: a sendout has 2 MiB at most, and a third more as a JSON string. */
const CORRECTION_BYTES_MAX = 3 * 1024 * 1024;

const ListQuerySchema = v.strictObject({
  state: v.pipe(v.optional(v.picklist(QUARANTINE_STATES), "open"), v.description("Whether it was discarded.")),
  reason: v.pipe(v.optional(v.string()), v.description("Only what is there for this reason, like `envelope_missing`.")),
  cursor: v.pipe(v.optional(CursorSchema), v.description("An earlier answer's `next`.")),
  limit: limitSchema(LIMIT_DEFAULT, LIMIT_MAX),
});

const ReplayBodySchema = v.strictObject({
  body: v.optional(
    v.pipe(
      v.string(),
      v.minLength(1, "expected the text of a sendout"),
      v.description("The corrected payload, as text. What arrived is kept beside it. Needs the scope `payload`."),
    ),
  ),
});

const DiscardBodySchema = v.strictObject({
  note: v.pipe(
    v.string(),
    v.trim(),
    v.minLength(1, "expected a reason, for whoever looks later"),
    v.maxLength(500, "expected 500 characters at most"),
  ),
});

const ITEM = {
  id: v.string(),
  acceptedId: v.string(),
  receivedAt: InstantTextSchema,
  inlet: v.string(),
  reason: v.nullable(v.string()),
  detail: v.nullable(v.string()),
  eventType: v.pipe(v.nullable(v.string()), v.description("Null where the payload was not understood.")),
  sendoutRef: v.nullable(v.string()),
  bytes: v.number(),
  discarded: v.nullable(v.object({ at: InstantTextSchema, note: v.nullable(v.string()) })),
};
const ItemSchema = v.object(ITEM);

const PATH = { id: "The sendout's own id, `so_…`." };

/** `GET /admin/quarantine` and `/admin/quarantine/<id>`, and `POST` with `/replay` or `/discard` behind it. */
export const quarantineRoutes = new Hono<AdminEnv>()
  .get(
    "/",
    describe({
      summary: "Lists what lies in quarantine, the newest first: what is open, unless something else is asked for.",
      answer: v.object({ open: v.number(), items: v.array(ItemSchema), next: NextSchema }),
    }),
    validQuery(ListQuerySchema),
    async (c) => {
      const { cursor, limit, ...filter } = c.req.valid("query");
      const [items, open] = await Promise.all([
        listQuarantined(c.env.LEDGER, { ...filter, after: cursor, limit: limit + 1 }),
        countQuarantined(c.env.LEDGER),
      ]);
      const page = items.slice(0, limit);
      const next = toCursor(items.length > limit ? page.at(-1) : undefined);
      return c.json({ open, items: page.map(describeItem), next });
    },
  )
  .get(
    "/:id",
    describe({
      summary: "A sendout that is in quarantine, or was routed from there with a corrected payload.",
      path: PATH,
      answer: v.object({
        ...ITEM,
        state: v.picklist(["quarantined", "routed", "unrouted"]),
        payload: PayloadSchema,
        original: v.pipe(v.nullable(PayloadSchema), v.description("What arrived, where it was corrected since.")),
      }),
      problems: ["not_found"],
    }),
    validQuery(v.strictObject(REVEAL)),
    async (c) => {
      const found = await readQuarantined(c.env.LEDGER, c.req.param("id"));
      if (found === undefined) return problem(c, "not_found");
      const sight = await sightOf(c, c.req.valid("query").reveal);
      if (sight instanceof Response) return sight;
      const { item, sendout, original } = found;
      const show = async (body: string) => (await createContentView(c.env, { ...sendout, body }, sight)).payload;
      return c.json({
        ...describeItem(item),
        state: sendout.state,
        payload: await show(sendout.body),
        original: original === undefined ? null : await show(original),
      });
    },
  )
  .post(
    "/:id/replay",
    describe({
      summary: "Routes a quarantined sendout again, as it is or with a corrected payload, by the table in force.",
      description:
        "Its id stays, and so do the idempotency keys of its deliveries. They go to the queue at once; what keeps them from it, the cron makes good.",
      path: PATH,
      answer: v.object({
        id: v.string(),
        state: v.picklist(["routed", "unrouted"]),
        planned: v.array(PlannedSchema),
      }),
      example: { body: {} },
      problems: ["not_found", "not_quarantined", "payload_gone", "not_understood"],
    }),
    validDocument(ReplayBodySchema, CORRECTION_BYTES_MAX),
    async (c) => {
      const { body } = c.req.valid("json");
      if (body !== undefined && !allows(c.get("caller"), "payload")) {
        return problem(c, "scope_missing", { detail: "The token lacks payload, which a correction needs." });
      }
      const found = await readQuarantined(c.env.LEDGER, c.req.param("id"));
      if (found === undefined) return problem(c, "not_found");
      const { sendout } = found;
      if (sendout.state !== "quarantined") return problem(c, "not_quarantined");
      const rerouted = await reroute(c.env, sendout, body, Date.now());
      if (!rerouted.ok) {
        return problem(c, rerouted.reason, { detail: `The sendout stays where it is: ${rerouted.detail}.` });
      }
      const { id, state } = rerouted.value;
      const { reason } = sendout;
      c.set("change", { before: { state: sendout.state, reason }, after: { state, corrected: body !== undefined } });
      // What stays in quarantine was told above.
      return c.json({ id, state: state === "routed" ? state : "unrouted", planned: readPlanned(rerouted.value) });
    },
  )
  .post(
    "/:id/discard",
    describe({
      summary: "Leaves a sendout in quarantine for good: it is kept, and counted as open no more.",
      description: "It can be replayed all the same.",
      path: PATH,
      answer: ItemSchema,
      problems: ["not_found", "not_quarantined"],
      example: { body: { note: "a scanner, nothing of Voucherify's" } },
    }),
    validBody(DiscardBodySchema),
    async (c) => {
      const id = c.req.param("id");
      const { note } = c.req.valid("json");
      if (!(await discardQuarantined(c.env.LEDGER, id, note, Date.now()))) {
        return problem(c, (await readQuarantined(c.env.LEDGER, id)) === undefined ? "not_found" : "not_quarantined");
      }
      const found = await readQuarantined(c.env.LEDGER, id);
      if (found === undefined) return problem(c, "not_quarantined");
      c.set("change", { after: { discarded: note } });
      return c.json(describeItem(found.item));
    },
  );

function describeItem({ receivedAt, bodyBytes, discarded, ...item }: Quarantined): v.InferOutput<typeof ItemSchema> {
  return {
    ...item,
    receivedAt: toInstant(receivedAt),
    bytes: bodyBytes,
    discarded: discarded === null ? null : { ...discarded, at: toInstant(discarded.at) },
  };
}
