// The routing table of the delivery benchmark: one inlet, one target, one route, and a translation of ordinary size.

import { DEFAULT_INLET_SECRET_NAME } from "../src/secret-names.ts";
import { ADMIN_TOKEN } from "./harness.ts";

/**
 * Publishes a table that sends every redemption to one URL.
 *
 * @throws when Signalbox does not take it
 */
export async function publishRoute(signalboxUrl: string, targetUrl: string): Promise<void> {
  const response = await fetch(`${signalboxUrl}/admin/table`, {
    method: "PUT",
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify(createTable(targetUrl)),
  });
  if (!response.ok) throw new Error(`PUT /admin/table: ${response.status} ${await response.text()}`);
}

function createTable(targetUrl: string) {
  return {
    inlets: { voucherify: { auth: { secrets: [DEFAULT_INLET_SECRET_NAME] } } },
    targets: { sink: { request: { url: targetUrl, headers: { "x-event": "{{ $webhook.event.type }}" }, body: BODY } } },
    routes: [{ id: "redemptions", events: ["redemption.*"], to: ["sink"] }],
  };
}

/** About 20 values of a sendout, as a marketing system takes them. */
const BODY = {
  id: "{{ $webhook.id }}",
  event: "{{ $webhook.event.type }}",
  occurred_at: "{{ $webhook.event.created_at }}",
  profile: {
    external_id: "{{ customer.source_id }}",
    email: "{{ customer.email }}",
    phone: "{{ customer.phone }}",
    full_name: "{{ customer.name }}",
    city: "{{ customer.address.city }}",
    country: "{{ customer.address.country }}",
    locale: "{{ customer.metadata.locale }}",
    first_seen: "{{ customer.metadata.first-seen }}",
  },
  purchase: {
    order_id: "{{ order.source_id }}",
    currency: "EUR",
    amount: "{{ order.amount }}",
    discount: "{{ order.total_discount_amount }}",
    total: "{{ order.total_amount }}",
    items: "{{ order.items }}",
  },
  voucher: {
    code: "{{ voucher.code }}",
    campaign: "{{ campaign.name }}",
    percent: "{{ voucher.discount.percent_off }}",
  },
  message: "Hello {{ customer.name }}, {{ voucher.code }} took {{ voucher.discount.percent_off }}% off.",
};
