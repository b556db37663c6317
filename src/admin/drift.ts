// What arrived and is not in the catalogue of event types.

import { Hono } from "hono";
import * as v from "valibot";
import type { Bindings } from "../env.ts";
import { DriftSchema, listDrift, type Drift } from "../ledger/drift.ts";
import { InstantTextSchema, toInstant } from "./answers.ts";
import { describe } from "./describe.ts";
import { validQuery } from "./validate.ts";

const QuerySchema = v.strictObject({ type: v.optional(v.pipe(v.string(), v.description("Only of this event type."))) });

const AnswerSchema = v.object({
  drift: v.array(
    v.pipe(
      v.object({
        ...DriftSchema.entries,
        firstSeenAt: InstantTextSchema,
        lastSeenAt: InstantTextSchema,
        count: v.pipe(v.number(), v.description("About right: a write that is repeated counts twice.")),
      }),
      v.metadata({ ref: "Drift" }),
    ),
  ),
});

/** `GET /admin/drift`. */
export const driftRoutes = new Hono<{ Bindings: Bindings }>().get(
  "/",
  describe({
    summary: "Lists event types and fields that arrived and are not in the catalogue, the newest discovery first.",
    answer: AnswerSchema,
    example: {
      answer: {
        drift: [
          {
            kind: "field",
            type: "redemption.succeeded",
            path: "voucher.loyalty_card.tier",
            example: "text of 6 characters",
            firstSeenAt: "2026-10-05T08:15:31.000Z",
            lastSeenAt: "2026-10-05T09:02:10.000Z",
            count: 42,
          },
        ],
      },
    },
  }),
  validQuery(QuerySchema),
  async (c) => {
    const drift = await listDrift(c.env.LEDGER, c.req.valid("query").type);
    return c.json({ drift: drift.map(describeDrift) });
  },
);

function describeDrift({ firstSeenAt, lastSeenAt, ...rest }: Drift) {
  return { ...rest, firstSeenAt: toInstant(firstSeenAt), lastSeenAt: toInstant(lastSeenAt) };
}
