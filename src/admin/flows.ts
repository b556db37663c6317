// How much went which way through the routing table: what its picture draws on the lines.

import { Hono } from "hono";
import * as v from "valibot";
import type { Bindings } from "../env.ts";
import { countAllFlows } from "../ledger/everywhere.ts";
import { FlowSchema } from "../ledger/flows.ts";
import { InstantTextSchema, toInstant } from "./answers.ts";
import { describe } from "./describe.ts";
import { InstantSchema, validQuery } from "./validate.ts";

/** How far back is looked when nobody says, in milliseconds. */
const SINCE_DEFAULT_MS = 24 * 3_600_000;

const QuerySchema = v.strictObject({
  since: v.pipe(v.optional(InstantSchema), v.description("An ISO 8601 instant; a day ago when left out.")),
});

const AnswerSchema = v.object({
  since: v.pipe(
    InstantTextSchema,
    v.description("From when on was counted: later than asked where more than 10,000 sendouts came in since."),
  ),
  flows: v.array(v.pipe(FlowSchema, v.metadata({ ref: "Flow" }))),
});

/** `GET /admin/flows`. */
export const flowRoutes = new Hono<{ Bindings: Bindings }>().get(
  "/",
  describe({
    summary: "How much went which way: deliveries planned, by inlet, route and target.",
    answer: AnswerSchema,
    example: {
      answer: {
        since: "2026-10-05T00:00:00.000Z",
        flows: [{ inlet: "voucherify", route: "customers", target: "crm", deliveries: 318 }],
      },
    },
  }),
  validQuery(QuerySchema),
  async (c) => {
    const { since = Date.now() - SINCE_DEFAULT_MS } = c.req.valid("query");
    const counted = await countAllFlows(c.env, since);
    return c.json({ since: toInstant(counted.since), flows: counted.flows });
  },
);
