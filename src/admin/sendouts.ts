// Sendouts, to list and to look into.

import { Hono } from "hono";
import * as v from "valibot";
import { findSendout } from "../ledger/find-sendout.ts";
import { listSendouts } from "../ledger/list-sendouts.ts";
import { mergePages } from "../ledger/merge-pages.ts";
import { SendoutRowSchema } from "../ledger/sendouts.ts";
import { problem } from "../problem.ts";
import { allows, type AdminEnv } from "./access.ts";
import { CompleteSchema, InstantTextSchema, NextSchema, toInstant } from "./answers.ts";
import { createContentView, PayloadSchema } from "./content-view.ts";
import { CursorSchema, toCursor } from "./cursor.ts";
import { DeliverySchema, describeDelivery } from "./delivery-answers.ts";
import { describe } from "./describe.ts";
import { DeliveryStatesSchema, FILTER, toFilter } from "./filter.ts";
import {
  DeliveryStandingSchema,
  describeDeliveryStanding,
  describeListedSendout,
  describeSendout,
  describeSignature,
  ListedSendoutSchema,
  SENDOUT,
  SignatureSchema,
} from "./sendout-answers.ts";
import { REVEAL, sightOf } from "./sight.ts";
import { limitSchema, validQuery } from "./validate.ts";

const LIMIT_DEFAULT = 50;
const LIMIT_MAX = 200;

const ListQuerySchema = v.strictObject({
  ...FILTER,
  state: v.optional(v.pipe(SendoutRowSchema.entries.state, v.description("What became of the sendout."))),
  deliveryState: v.optional(
    v.pipe(DeliveryStatesSchema, v.description("States of a delivery, divided by commas; one of them is enough.")),
  ),
  cursor: v.optional(CursorSchema),
  limit: limitSchema(LIMIT_DEFAULT, LIMIT_MAX),
});

const WholeSendoutSchema = v.pipe(
  v.object({
    ...SENDOUT,
    signature: SignatureSchema,
    repeats: v.array(v.object({ acceptedId: v.string(), receivedAt: InstantTextSchema, same: v.boolean() })),
    deliveries: v.array(DeliverySchema),
    payload: PayloadSchema,
  }),
  v.metadata({ ref: "WholeSendout" }),
);

/** How deliveries stand, without the sendout's own. */
const StandingSchema = v.object({
  id: SENDOUT.id,
  state: SENDOUT.state,
  deliveries: v.array(DeliveryStandingSchema),
});

const show = (text: string): string => text;
const hide = (): null => null;

/**
 * `GET /admin/sendouts` and `GET /admin/sendouts/<id>`. What customers' events say is for callers with the scope `payload`.
 */
export const sendoutRoutes = new Hono<AdminEnv>()
  .get(
    "/",
    describe({
      summary: "Lists sendouts, the newest first.",
      description: "All conditions must hold; those on deliveries must hold of one and the same delivery.",
      answer: v.object({ sendouts: v.array(ListedSendoutSchema), next: NextSchema, complete: CompleteSchema }),
      problems: ["request_invalid", "search_key_missing"],
    }),
    validQuery(ListQuerySchema),
    async (c) => {
      const { cursor, limit, state, deliveryState, ...asked } = c.req.valid("query");
      const filter = toFilter(asked, c.env);
      if (!filter.ok) return problem(c, filter.reason);
      const wanted = { ...filter.value, state, deliveryStates: deliveryState };
      const showLabel = allows(c.get("caller"), "payload") ? show : hide;
      const { items, next, isComplete } = await mergePages(
        c.env,
        limit,
        async (db) => listSendouts(db, wanted, { after: cursor, limit }),
        ({ received_at, id }) => ({ receivedAt: received_at, id }),
      );
      return c.json({
        sendouts: items.map((row) => describeListedSendout(row, showLabel)),
        next: toCursor(next),
        complete: isComplete,
      });
    },
  )
  .get(
    "/:id",
    describe({
      summary: "A sendout with its payload, repeats, deliveries, and the requests as sent.",
      description: "The id is its own (`so_…`), the one of a 202 (`acc_…`), or Voucherify's (`whs_…`).",
      path: { id: "One of its ids." },
      answer: WholeSendoutSchema,
      problems: ["not_found"],
    }),
    validQuery(v.strictObject(REVEAL)),
    async (c) => {
      const found = await findSendout(c.env, c.req.param("id"));
      if (found === undefined) return problem(c, "not_found");
      const sight = await sightOf(c, c.req.valid("query").reveal);
      if (sight instanceof Response) return sight;
      const view = await createContentView(c.env, found.sendout, sight);
      return c.json({
        ...describeSendout(found.sendout, view.text),
        signature: describeSignature(found.sendout),
        repeats: found.repeats.map(({ receivedAt, ...repeat }) => ({ ...repeat, receivedAt: toInstant(receivedAt) })),
        deliveries: await Promise.all(
          found.deliveries.map(async (one) => describeDelivery(found.sendout.id, one, view)),
        ),
        payload: view.payload,
      });
    },
  )
  .get(
    "/:id/standing",
    describe({
      summary: "How a sendout's deliveries stand, without anything that it says: for who waits for one of them.",
      description: "The audit log notes whoever reads a whole sendout, and nobody who reads this.",
      path: { id: "One of its ids." },
      answer: StandingSchema,
      problems: ["not_found"],
    }),
    async (c) => {
      const found = await findSendout(c.env, c.req.param("id"));
      if (found === undefined) return problem(c, "not_found");
      const { id, state } = found.sendout;
      return c.json({ id, state, deliveries: found.deliveries.map((one) => describeDeliveryStanding(id, one)) });
    },
  );
