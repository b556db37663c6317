// A sendout to try things with: our own, in the shape Voucherify sends, new at every call.

import { randomBytes } from "node:crypto";

/** A `redemption.succeeded` sendout of payload version v2024-01-01, as compact JSON. */
export function createSampleSendout(now: Date): string {
  const at = now.toISOString();
  const id = (prefix: string): string => `${prefix}_${randomBytes(9).toString("hex")}`;
  const customer = {
    id: "cust_8bFhT2nVqQmS4wYdKzLr01Xe",
    source_id: "crm-20417",
    name: "Ada Okafor",
    email: "ada@example.com",
    metadata: {},
    object: "customer",
  };
  const items = [{ source_id: "oak-desk", quantity: 1, amount: 24_900, price: 24_900, object: "order_item" }];
  const order = { id: id("ord"), status: "PAID", amount: 24_900, total_discount_amount: 2_490, total_amount: 22_410 };
  return JSON.stringify({
    id: id("whs"),
    project_id: "proj_signalbox",
    created_at: at,
    type: "redemption.succeeded",
    data: {
      customer,
      order: { ...order, items, object: "order" },
      voucher: { id: "v_ZkW3bqT0nM6yHc", code: "AUTUMN-10", type: "DISCOUNT_VOUCHER", object: "voucher" },
      redemption: { id: id("r"), result: "SUCCESS", status: "SUCCEEDED", date: at, object: "redemption" },
    },
    source: { id: "wh_4cV9pTq1", object: "webhook", target_url: "https://signalbox.example.com/in/voucherify" },
    event: {
      id: id("evred"),
      type: "redemption.succeeded",
      created_at: at,
      entity_id: order.id,
      group_id: `v-${randomBytes(9).toString("hex")}`,
      event_source: { channel: "API", api_key: { name: "shop", app_id: "5f0c" } },
    },
  });
}
