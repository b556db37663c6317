// How the API shows a delivery: in a list, and whole with its attempts and what was sent.

import * as v from "valibot";
import { deliveryId } from "../delivery/delivery-id.ts";
import { AttemptSchema } from "../ledger/deliveries.ts";
import { DELIVERY_STATES } from "../ledger/filter.ts";
import type { ListedDelivery } from "../ledger/list-deliveries.ts";
import type { DeliveryRecord } from "../ledger/search.ts";
import { InstantTextSchema, MaybeInstantSchema, toInstant, toMaybeInstant } from "./answers.ts";
import type { ContentView } from "./content-view.ts";

const DELIVERY = {
  id: v.pipe(v.string(), v.description("`so_….<target>`, which is its `Idempotency-Key` too.")),
  target: v.string(),
  route: v.string(),
  state: v.picklist(DELIVERY_STATES),
  reason: v.nullable(v.string()),
  attemptsMade: v.number(),
  updatedAt: v.pipe(MaybeInstantSchema, v.description("Null while nothing has come of it.")),
  dueAt: MaybeInstantSchema,
};

/** A delivery as a list has it, with what its sendout was. */
export const ListedDeliverySchema = v.pipe(
  v.object({
    ...DELIVERY,
    status: v.pipe(v.nullable(v.number()), v.description("What the last attempt was answered with.")),
    sendout: v.object({
      id: v.string(),
      receivedAt: InstantTextSchema,
      inlet: v.string(),
      event: v.nullable(v.string()),
      sourceId: v.nullable(v.string()),
    }),
  }),
  v.metadata({ ref: "ListedDelivery" }),
);

/** A delivery of a list as the API shows it. */
export function describeListed(listed: ListedDelivery): v.InferOutput<typeof ListedDeliverySchema> {
  const { sendout, target, copy, route, state, reason, attemptsMade, status } = listed;
  return {
    id: deliveryId(sendout.id, target, copy),
    target,
    route,
    state,
    reason,
    attemptsMade,
    updatedAt: toMaybeInstant(listed.updatedAt),
    dueAt: toMaybeInstant(listed.dueAt),
    status,
    sendout: {
      id: sendout.id,
      receivedAt: toInstant(sendout.received_at),
      inlet: sendout.inlet,
      event: sendout.event_type,
      sourceId: sendout.source_id,
    },
  };
}

/** A whole delivery. What customers' events say is null for those who may not see it. */
export const DeliverySchema = v.pipe(
  v.object({
    ...DELIVERY,
    round: v.number(),
    attempts: v.array(
      v.object({
        ...v.omit(AttemptSchema, ["at", "headers", "excerpt"]).entries,
        at: InstantTextSchema,
        headers: v.optional(v.nullable(v.array(v.tuple([v.string(), v.string()])))),
        excerpt: v.optional(v.nullable(v.string())),
      }),
    ),
    request: v.pipe(v.unknown(), v.description("What was sent, secrets as names; null where it is not to be seen.")),
  }),
  v.metadata({ ref: "Delivery" }),
);

/**
 * A delivery as the API shows it; secrets appear as names, because values were never kept.
 *
 * @param view what the caller sees of its contents
 */
export async function describeDelivery(
  sendoutId: string,
  delivery: DeliveryRecord,
  view: ContentView,
): Promise<v.InferOutput<typeof DeliverySchema>> {
  const { request, updatedAt, dueAt, attempts, copy: _, ...rest } = delivery;
  return {
    id: deliveryId(sendoutId, delivery.target, delivery.copy),
    ...rest,
    updatedAt: toMaybeInstant(updatedAt),
    dueAt: toMaybeInstant(dueAt),
    attempts: attempts.map((attempt) => ({ ...view.attempt(attempt), at: toInstant(attempt.at) })),
    request: await view.request(request),
  };
}
