// The routing table of a busy shop, and how it came about: a version for each time that somebody changed it.

/** Its last version, for targets that are all at one origin. */
export function busyTable(origin: string) {
  return {
    inlets: {
      voucherify: { auth: { secrets: ["VOUCHERIFY_SECRET"] } },
      legacy: { auth: "none" },
    },
    targets: {
      crm: {
        description: "Customers and what they bought, in the CRM",
        request: {
          url: `${origin}/crm/contacts/{{ customer.source_id }}`,
          method: "PUT",
          body: { email: "{{ customer.email }}", name: "{{ customer.name }}", change: "{{ $webhook.event.type }}" },
        },
        auth: { type: "bearer", secret: "CRM_TOKEN" },
      },
      erp: {
        description: "Redemptions, to be booked",
        request: {
          url: `${origin}/erp/bookings`,
          body: {
            reference: "{{ redemption.id }}",
            order: "{{ order.source_id }}",
            voucher: "{{ voucher.code }}",
            amount: "{{ order.total_discount_amount }}",
          },
        },
      },
      warehouse: {
        description: "Every event, for the analysts",
        payload: "v2024-01-01",
        request: { url: `${origin}/warehouse/events` },
      },
      loyalty: {
        description: "Points and tiers, in the app",
        request: {
          url: `${origin}/loyalty/cards/{{ voucher.code }}`,
          method: "PATCH",
          body: { balance: "{{ balance.balance }}", member: "{{ customer.email }}" },
          missing: "null",
        },
      },
      mail: {
        description: "Codes that were given away, by mail",
        request: {
          url: `${origin}/mail/messages`,
          body: { to: "{{ customer.email }}", template: "your-code", values: { code: "{{ voucher.code }}" } },
        },
        limits: { perSecond: 20 },
      },
      push: {
        description: "Notifications on phones",
        request: {
          url: `${origin}/push/notifications`,
          body: { user: "{{ customer.source_id }}", text: "{{ customer.name }}, there is news for you" },
        },
      },
      archive: {
        description: "The old consumer, until nobody needs it",
        payload: "v2018-08-01",
        request: { url: `${origin}/archive`, body: { code: "{{ object.code }}", at: "{{ $webhook.created_at }}" } },
      },
    },
    routes: [
      { id: "customers", events: ["customer.created", "customer.updated", "customer.deleted"], to: ["crm"] },
      { id: "redemptions", events: ["redemption.*"], to: ["erp", "warehouse"] },
      { id: "points", events: ["voucher.loyalty_card.*", "customer.loyalty.*"], to: ["loyalty"] },
      {
        id: "codes",
        events: ["publication.succeeded", "voucher.published"],
        to: ["mail"],
        when: [{ path: "customer.email", op: "exists", value: true }],
      },
      { id: "segments", events: ["customer.segment.*"], to: ["push"] },
      { id: "large-orders", events: ["redemption.succeeded"], to: ["crm"], when: ["{{ order.total_amount > 5000 }}"] },
      { id: "old-world", inlets: ["legacy"], events: ["voucher.*"], to: ["archive"] },
    ],
  };
}

/** Who has changed it, in the order of the versions: each began with fewer routes than the next one has. */
export const CHANGES = [
  { by: "pipeline", routes: 2, note: "Customers and redemptions" },
  { by: "pipeline", routes: 5, note: "Points, codes and segments (#41)" },
  { by: "mira", routes: 6, note: "Large orders are told to the CRM too" },
  { by: "mira", routes: 7, note: "The old consumer gets its payloads from here" },
] as const;

/** Tokens that there are, by what they are called here. */
export const TOKENS = {
  mira: { name: "Mira, operations", scopes: ["read", "payload", "replay", "config", "secrets", "admin"] },
  pipeline: { name: "Table pipeline", scopes: ["read", "config"] },
  vera: { name: "Vera, support", scopes: ["read"] },
} as const;

/** Their texts. */
export type Tokens = Record<keyof typeof TOKENS, string>;
