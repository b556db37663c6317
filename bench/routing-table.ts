// The routing tables of the benchmarks: one inlet, some targets with a route each, and a translation of ordinary size.

import { DEFAULT_INLET_SECRET_NAME } from "../src/secret-names.ts";
import { ADMIN_TOKEN } from "./harness.ts";

/** A target and what its definition has beside a request. */
export interface BenchTarget {
  url: string;
  retry?: readonly number[];
  timeoutMs?: number;
  limits?: Record<string, number>;
}

/**
 * Publishes a table that sends every redemption to each of the targets.
 *
 * @param targets by name
 * @throws when Signalbox does not take it
 */
export async function publishRoutes(signalboxUrl: string, targets: Record<string, BenchTarget>): Promise<void> {
  const response = await fetch(`${signalboxUrl}/admin/table`, {
    method: "PUT",
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify(createTable(targets)),
  });
  if (!response.ok) throw new Error(`PUT /admin/table: ${response.status} ${await response.text()}`);
}

/** A table that sends every redemption to each of the targets. */
export function createTable(targets: Record<string, BenchTarget>) {
  const define = ({ url, ...policy }: BenchTarget) => ({
    ...policy,
    request: { url, headers: { "x-event": "{{ $webhook.event.type }}" }, body: BODY },
  });
  return {
    inlets: { voucherify: { auth: { secrets: [DEFAULT_INLET_SECRET_NAME] } } },
    targets: Object.fromEntries(Object.entries(targets).map(([name, target]) => [name, define(target)])),
    routes: Object.keys(targets).map((name) => ({ id: `to-${name}`, events: ["redemption.*"], to: [name] })),
  };
}

/** About 20 values of a sendout, as a marketing system takes them. */
const BODY = {
  id: "{{ $webhook.id }}",
  event: "{{ $webhook.event.type }}",
  occurred_at: "{{ $webhook.event.created_at }}",
  profile: {
    external_id: "{{ customer.source_id }}",
    voucherify_id: "{{ customer.id }}",
    email: "{{ customer.email }}",
    full_name: "{{ customer.name }}",
    locale: "{{ customer.metadata.locale }}",
    first_seen: "{{ customer.metadata.first-seen }}",
    newsletter: "{{ customer.metadata.newsletter }}",
  },
  purchase: {
    order_id: "{{ order.source_id }}",
    currency: "EUR",
    status: "{{ order.status }}",
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
