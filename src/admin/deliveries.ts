// One delivery, to look into and to send again.

import { Hono } from "hono";
import type { Bindings } from "../env.ts";
import { parseDeliveryId } from "../delivery/delivery-id.ts";
import { cancel, release } from "../ledger/holds.ts";
import { readSendoutRecord, type DeliveryRecord, type SendoutRecord } from "../ledger/search.ts";
import { problem } from "../problem.ts";
import { retryDelivery } from "../routing/retry-delivery.ts";
import { allows, type AdminEnv } from "./access.ts";
import { describeDelivery } from "./sendouts.ts";

/** `GET /admin/deliveries/<id>`, and `POST` with `/retry`, `/release` or `/cancel` behind it. */
export const deliveryRoutes = new Hono<AdminEnv>()
  .get("/:id", async (c) => {
    const found = await findDelivery(c.env, c.req.param("id"));
    if (found === undefined) return problem(c, "not_found");
    const isShown = allows(c.get("caller"), "payload");
    return c.json(await describeDelivery(found.record.sendout.id, found.delivery, c.env, isShown));
  })
  .post("/:id/retry", async (c) => {
    const id = c.req.param("id");
    const found = await findDelivery(c.env, id);
    if (found === undefined) return problem(c, "not_found");
    const retried = await retryDelivery(c.env, found.record, found.delivery, Date.now());
    if (!retried.ok) return problem(c, retried.reason, { detail: `The delivery is not sent: ${retried.detail}.` });
    return c.json({ id, state: "pending" }, 202);
  })
  .post("/:id/release", async (c) => {
    const key = parseDeliveryId(c.req.param("id"));
    if (key === undefined) return problem(c, "not_found");
    const released = await release(c.env.LEDGER, key, Date.now());
    return released ? c.json({ id: c.req.param("id"), state: "scheduled" }) : problem(c, "delivery_ended");
  })
  .post("/:id/cancel", async (c) => {
    const key = parseDeliveryId(c.req.param("id"));
    if (key === undefined) return problem(c, "not_found");
    const cancelled = await cancel(c.env.LEDGER, key, Date.now());
    return cancelled ? c.json({ id: c.req.param("id"), state: "cancelled" }) : problem(c, "delivery_ended");
  });

async function findDelivery(
  env: Bindings,
  id: string,
): Promise<{ record: SendoutRecord; delivery: DeliveryRecord } | undefined> {
  const parsed = parseDeliveryId(id);
  const record = parsed === undefined ? undefined : await readSendoutRecord(env.LEDGER, parsed.sendoutId);
  const delivery = record?.deliveries.find(({ target, copy }) => target === parsed?.target && copy === parsed.copy);
  return record === undefined || delivery === undefined ? undefined : { record, delivery };
}
