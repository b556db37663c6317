// The mapping that templates and hand-written code are compared by: a redemption with 15 fields for a CRM.

import type { RequestTemplateSource } from "../src/translation/request.ts";

const REST = {
  method: "PUT",
  url: "https://crm.example.com/people/{{ customer.source_id }}/redemptions",
  headers: { "x-event": "{{ $webhook.event.type }}" },
  encoding: "json",
  missing: "omit",
} as const;

const PATHS = {
  event: "{{ $webhook.event.type }}",
  time: "{{ $webhook.event.created_at }}",
  id: "{{ redemption.id }}",
  email: "{{ customer.email }}",
  name: "{{ customer.name }}",
  phone: "{{ customer.phone }}",
  language: "{{ customer.metadata.language }}",
  code: "{{ voucher.code }}",
  percent: "{{ voucher.discount.percent_off }}",
  campaign: "{{ campaign.name }}",
  order: { id: "{{ order.source_id }}", amount: "{{ order.amount }}", paid: "{{ order.total_amount }}" },
  first: "{{ order.items.0.source_id }}",
  note: "{{ voucher.code }} by {{ customer.name }}",
};

const FIVE = {
  time: "{{ $unix($webhook.event.created_at) }}",
  code: "{{ $default(voucher.code, promotion_tier.name) }}",
  order: { ...PATHS.order, amount: "{{ $money(order.amount) }}", paid: "{{ $money(order.total_amount, 'EUR') }}" },
  first: "{{ order.items[0].source_id & '/' & order.items[0].quantity }}",
};

const ALL = {
  ...FIVE,
  event: "{{ $title($webhook.event.type) }}",
  id: "{{ $required(redemption.id, 'no redemption') }}",
  email: "{{ $lowercase(customer.email) }}",
  name: "{{ $uppercase(customer.name) }}",
  phone: "{{ $default(customer.phone, 'none') }}",
  language: "{{ customer.metadata.language = 'nb' ? 'Norwegian' : 'English' }}",
  percent: "{{ voucher.discount.percent_off / 100 }}",
  campaign: "{{ campaign.name ?? 'none' }}",
  order: { ...FIVE.order, id: "{{ $join(order.items.sku.sku, ', ') }}" },
  note: "{{ $sum(order.items.(quantity * price)) }} by {{ customer.name & '' }}",
};

/** Templates by name; they differ in how many of their 15 fields are expressions beyond plain paths. */
export const MAPPINGS: Readonly<Record<string, RequestTemplateSource>> = {
  paths: { ...REST, body: PATHS },
  one: { ...REST, body: { ...PATHS, time: FIVE.time } },
  five: { ...REST, body: { ...PATHS, ...FIVE } },
  all: { ...REST, body: ALL },
};

/** A redemption, as far as the mapping reads it. */
interface Redemption {
  event: { type: string; created_at: string };
  data: {
    redemption: { id: string };
    customer: { source_id: string; email?: string; name?: string; phone?: string; metadata?: { language?: string } };
    voucher: { code: string; discount?: { percent_off?: number } };
    campaign: { name: string };
    order: { source_id: string; amount: number; total_amount: number; items: { source_id: string }[] };
  };
}

/** A request as `fetch` takes it. */
export interface WrittenRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** The same request as the template of plain paths makes, as somebody would write it for this one event. */
export function handWritten(envelope: object): WrittenRequest {
  const { event, data } = envelope as Redemption; // what the benchmark puts in
  const { redemption, customer, voucher, campaign, order } = data;
  return {
    method: "PUT",
    url: `https://crm.example.com/people/${encodeURIComponent(customer.source_id)}/redemptions`,
    headers: { "x-event": event.type, "content-type": "application/json" },
    body: JSON.stringify({
      event: event.type,
      time: event.created_at,
      id: redemption.id,
      email: customer.email,
      name: customer.name,
      phone: customer.phone,
      language: customer.metadata?.language,
      code: voucher.code,
      percent: voucher.discount?.percent_off,
      campaign: campaign.name,
      order: { id: order.source_id, amount: order.amount, paid: order.total_amount },
      first: order.items[0]?.source_id,
      note: `${voucher.code} by ${customer.name ?? ""}`,
    }),
  };
}
