// Deliveries, to list, to look into and to send again.

import { Hono, type Context } from "hono";
import * as v from "valibot";
import type { Bindings } from "../env.ts";
import { parseDeliveryId } from "../delivery/delivery-id.ts";
import { findSendout, type FoundSendout } from "../ledger/find-sendout.ts";
import { cancel, release } from "../ledger/holds.ts";
import { listDeliveries, type DeliveryPlace, type ListedDelivery } from "../ledger/list-deliveries.ts";
import { mergePages } from "../ledger/merge-pages.ts";
import type { DeliveryRecord } from "../ledger/search.ts";
import { problem } from "../problem.ts";
import { retryDelivery } from "../routing/retry-delivery.ts";
import type { AdminEnv } from "./access.ts";
import { CompleteSchema, NextSchema } from "./answers.ts";
import { createContentView } from "./content-view.ts";
import { CursorSchema, toCursor } from "./cursor.ts";
import { DeliverySchema, describeDelivery, describeListed, ListedDeliverySchema } from "./delivery-answers.ts";
import { describe } from "./describe.ts";
import { DeliveryStatesSchema, FILTER, toFilter } from "./filter.ts";
import { REVEAL, sightOf } from "./sight.ts";
import { limitSchema, validQuery } from "./validate.ts";

const LIMIT_DEFAULT = 50;
const LIMIT_MAX = 200;

const ListQuerySchema = v.strictObject({
  ...FILTER,
  state: v.optional(v.pipe(DeliveryStatesSchema, v.description("One or several, divided by commas."))),
  cursor: v.optional(CursorSchema),
  limit: limitSchema(LIMIT_DEFAULT, LIMIT_MAX),
});

const NAMED = { id: "The delivery's id, `so_….<target>`." };

/** How a delivery stands after a person has changed it. */
function changed<const TState extends string>(state: TState) {
  return v.object({ id: v.string(), state: v.literal(state) });
}

/** `GET /admin/deliveries` and `GET /admin/deliveries/<id>`, and `POST` with `/retry`, `/release` or `/cancel` behind it. */
export const deliveryRoutes = new Hono<AdminEnv>()
  .get(
    "/",
    describe({
      summary: "Lists deliveries, those of the newest sendout first.",
      answer: v.object({ deliveries: v.array(ListedDeliverySchema), next: NextSchema, complete: CompleteSchema }),
      problems: ["request_invalid", "search_key_missing"],
    }),
    validQuery(ListQuerySchema),
    async (c) => {
      const { cursor, limit, state, ...asked } = c.req.valid("query");
      const filter = toFilter(asked, c.env);
      if (!filter.ok) return problem(c, filter.reason);
      const wanted = { ...filter.value, deliveryStates: state };
      const { items, next, isComplete } = await mergePages(
        c.env,
        limit,
        async (db) => listDeliveries(db, wanted, { after: cursor, limit }),
        placeOf,
      );
      return c.json({ deliveries: items.map(describeListed), next: toCursor(next), complete: isComplete });
    },
  )
  .get(
    "/:id",
    describe({
      summary: "One delivery with its attempts.",
      path: NAMED,
      answer: DeliverySchema,
      problems: ["not_found"],
    }),
    validQuery(v.strictObject(REVEAL)),
    async (c) => {
      const found = await findDelivery(c.env, c.req.param("id"));
      if (found === undefined) return problem(c, "not_found");
      const sight = await sightOf(c, c.req.valid("query").reveal);
      if (sight instanceof Response) return sight;
      const { sendout } = found.record;
      return c.json(await describeDelivery(sendout.id, found.delivery, await createContentView(c.env, sendout, sight)));
    },
  )
  .post(
    "/:id/retry",
    describe({
      summary: "Sends a failed delivery again: the same bytes, with today's credentials and retry schedule.",
      path: NAMED,
      answer: changed("pending"),
      status: 202,
      problems: ["not_found", "delivery_unsettled", "delivery_delivered", "target_gone", "delivery_unrenderable"],
    }),
    async (c) => {
      const id = c.req.param("id");
      const found = await findDelivery(c.env, id);
      if (found === undefined) return problem(c, "not_found");
      const retried = await retryDelivery(c.env, found.record, found.delivery, Date.now());
      if (!retried.ok) return problem(c, retried.reason, { detail: `The delivery is not sent: ${retried.detail}.` });
      c.set("change", { before: standingOf(found), after: { state: "pending" } });
      return c.json({ id, state: "pending" as const }, 202);
    },
  )
  .post(
    "/:id/release",
    describe({
      summary: "Lets a scheduled or held delivery go now.",
      path: NAMED,
      answer: changed("scheduled"),
      problems: ["not_found", "delivery_ended"],
    }),
    async (c) => {
      return changeOpen(c, c.req.param("id"), "scheduled", release);
    },
  )
  .post(
    "/:id/cancel",
    describe({
      summary: "Gives a scheduled or held delivery up.",
      path: NAMED,
      answer: changed("cancelled"),
      problems: ["not_found", "delivery_ended"],
    }),
    async (c) => {
      return changeOpen(c, c.req.param("id"), "cancelled", cancel);
    },
  );

function placeOf({ sendout: { id, received_at }, target, copy }: ListedDelivery): DeliveryPlace {
  return { receivedAt: received_at, id, delivery: { target, copy } };
}

/** Does something to a delivery that has not ended. */
async function changeOpen<TState extends "scheduled" | "cancelled">(
  c: Context<AdminEnv>,
  id: string,
  state: TState,
  change: typeof release,
) {
  const key = parseDeliveryId(id);
  if (key === undefined) return problem(c, "not_found");
  const found = await findDelivery(c.env, id);
  if (!(await change(c.env, key, Date.now()))) return problem(c, "delivery_ended");
  c.set("change", { before: standingOf(found), after: { state } });
  return c.json({ id, state });
}

/** What the audit log has of a delivery. */
function standingOf(found: { delivery: DeliveryRecord } | undefined) {
  return found && { state: found.delivery.state, reason: found.delivery.reason };
}

async function findDelivery(
  env: Bindings,
  id: string,
): Promise<{ record: FoundSendout; delivery: DeliveryRecord } | undefined> {
  const parsed = parseDeliveryId(id);
  const record = parsed === undefined ? undefined : await findSendout(env, parsed.sendoutId);
  const delivery = record?.deliveries.find(({ target, copy }) => target === parsed?.target && copy === parsed.copy);
  return record === undefined || delivery === undefined ? undefined : { record, delivery };
}
