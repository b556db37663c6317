// One delivery, to look into and to send again.

import { Hono } from "hono";
import type { Bindings } from "../env.ts";
import { parseDeliveryId } from "../delivery/delivery-id.ts";
import { readSendoutRecord, type DeliveryRecord, type SendoutRecord } from "../ledger/search.ts";
import { problem } from "../problem.ts";
import { retryDelivery } from "../routing/retry-delivery.ts";
import { describeDelivery } from "./sendouts.ts";

/** `GET /admin/deliveries/<id>` and `POST /admin/deliveries/<id>/retry`. */
export const deliveryRoutes = new Hono<{ Bindings: Bindings }>()
  .get("/:id", async (c) => {
    const found = await findDelivery(c.env, c.req.param("id"));
    if (found === undefined) return problem(c, "not_found");
    return c.json(await describeDelivery(found.record.sendout.id, found.delivery, c.env));
  })
  .post("/:id/retry", async (c) => {
    const id = c.req.param("id");
    const found = await findDelivery(c.env, id);
    if (found === undefined) return problem(c, "not_found");
    const retried = await retryDelivery(c.env, found.record, found.delivery, Date.now());
    if (!retried.ok) return problem(c, retried.reason, { detail: `The delivery is not sent: ${retried.detail}.` });
    return c.json({ id, state: "pending" }, 202);
  });

async function findDelivery(
  env: Bindings,
  id: string,
): Promise<{ record: SendoutRecord; delivery: DeliveryRecord } | undefined> {
  const parsed = parseDeliveryId(id);
  const record = parsed === undefined ? undefined : await readSendoutRecord(env.LEDGER, parsed.sendoutId);
  const delivery = record?.deliveries.find(({ target }) => target === parsed?.target);
  return record === undefined || delivery === undefined ? undefined : { record, delivery };
}
