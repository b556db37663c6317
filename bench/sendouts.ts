// Our own sendouts for load: the v2024-01-01 envelope around an order's redemption, about 2 KB, signed as Voucherify
// signs. Every name and number in them is made up.

import { signBody, SIGNATURE_HEADER } from "../src/voucherify/signature.ts";

/** The secret that signs every sendout here. */
export const SIGNING_SECRET = "bench-signing-secret";

/** A sendout ready to be posted. */
export interface SignedSendout {
  /** Voucherify's id of it, `whs_…`; also in the body, where a sink can find it. */
  id: string;
  body: Buffer<ArrayBuffer>;
  headers: Record<string, string>;
}

/**
 * Signed sendouts, each with an id of its own.
 *
 * @param series tells the ids of one call from those of another; below 65,536
 */
export async function createSendouts(count: number, series: number): Promise<SignedSendout[]> {
  return Promise.all(Array.from({ length: count }, async (_, index) => createSendout(series, index)));
}

async function createSendout(series: number, index: number): Promise<SignedSendout> {
  const serial = `${series.toString(16).padStart(4, "0")}${index.toString(16).padStart(8, "0")}`;
  const id = `whs_bench0${serial}`;
  const body = Buffer.from(JSON.stringify(createEnvelope(id, serial, index)));
  const signature = await signBody(new Uint8Array(body), SIGNING_SECRET);
  return { id, body, headers: { "content-type": "application/json", [SIGNATURE_HEADER]: signature } };
}

function createEnvelope(id: string, serial: string, index: number) {
  const createdAt = new Date(1_790_000_000_000 + index * 1_000).toISOString();
  return {
    id,
    project_id: "proj_bench0000000001",
    created_at: createdAt,
    type: "redemption.succeeded",
    data: createData(serial, index, createdAt),
    source: { id: "wh_bench000000000001", object: "webhook", target_url: "https://signalbox.example/in/voucherify" },
    event: {
      id: `ev_bench${serial}`,
      type: "redemption.succeeded",
      created_at: createdAt,
      entity_id: `r_bench${serial}`,
      group_id: `v0-${serial}`,
    },
  };
}

function createData(serial: string, index: number, createdAt: string) {
  const customer = {
    id: `cust_bench${serial}`,
    source_id: `shopper-${index}@mail.example`,
    name: `Shopper ${index}`,
    email: `shopper-${index}@mail.example`,
    phone: "+31 20 555 0100",
    address: { city: "Zwolle", line_1: "Sassenstraat 12", postal_code: "8011 PC", country: "NL" },
    metadata: { "first-seen": "2025-03-01", locale: "nl-NL", newsletter: true, stores: ["zwolle", "kampen"] },
    object: "customer",
  };
  return {
    customer,
    order: {
      id: `ord_bench${serial}`,
      source_id: `shop-${100_000 + index}`,
      created_at: createdAt,
      status: "PAID",
      amount: 8_450,
      discount_amount: 845,
      total_discount_amount: 845,
      total_amount: 7_605,
      items: ["kettle", "teapot", "strainer"].map((name, position) => ({
        object: "order_item",
        product_id: `prod_bench_${name}`,
        quantity: position + 1,
        price: 1_250 + 100 * position,
        amount: (position + 1) * (1_250 + 100 * position),
        product: { id: `prod_bench_${name}`, source_id: name, name: `Copper ${name}`, metadata: { shelf: "C4" } },
      })),
      customer: { id: customer.id, object: "customer" },
      metadata: { channel: "web", gift: false },
      object: "order",
    },
    voucher: {
      id: `v_bench${serial}`,
      code: `TEA-${serial.toUpperCase()}`,
      campaign: "Tea season",
      type: "DISCOUNT_VOUCHER",
      discount: { type: "PERCENT", percent_off: 10 },
      redemption: { quantity: 1, redeemed_quantity: 1 },
      object: "voucher",
    },
    redemption: {
      id: `r_bench${serial}`,
      result: "SUCCESS",
      status: "SUCCEEDED",
      date: createdAt,
      object: "redemption",
    },
    campaign: { id: "camp_bench00000001", name: "Tea season", campaign_type: "DISCOUNT_COUPONS", object: "campaign" },
    promotion_tier: null,
    created_at: createdAt,
  };
}
