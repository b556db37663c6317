// How Voucherify's Management API spells event types. Its schema has four of them wrong (`…_aded`) and lacks
// `customer.updated`, its examples have them right, and nobody says which it takes. So both are read, and both are tried.
// https://docs.voucherify.io/api-reference/management/create-webhook (read 2026-11-29). Pure.

/** What the schema has instead of four types. */
const MISSPELT: ReadonlyMap<string, string> = new Map([
  ["campaign.vouchers.added", "campaign.vouchers.aded"],
  ["voucher.gift.balance_added", "voucher.gift.balance_aded"],
  ["voucher.loyalty_card.pending_points.added", "voucher.loyalty_card.pending_points.aded"],
  ["voucher.loyalty_card.points_added", "voucher.loyalty_card.points_aded"],
]);
const RIGHT: ReadonlyMap<string, string> = new Map([...MISSPELT].map(([right, wrong]) => [wrong, right]));

/** What the schema does not have at all. */
const UNLISTED = "customer.updated";

/** An event type as it is sent, however the API spells it. */
export function spellAsSent(type: string): string {
  return RIGHT.get(type) ?? type;
}

/**
 * A list of event types in every spelling in which the API may take it, the likeliest first, each once. The last ones do
 * without `customer.updated`, which the API may not have.
 *
 * @param types as they are sent
 * @param seen event types as the API has shown them: how it spells those is how it likes them
 */
export function spellings(types: readonly string[], seen: readonly string[] = []): string[][] {
  const asSent = [...types];
  const asInSchema = types.map((type) => MISSPELT.get(type) ?? type);
  const both = seen.some((type) => RIGHT.has(type)) ? [asInSchema, asSent] : [asSent, asInSchema];
  const without = both.map((list) => list.filter((type) => type !== UNLISTED));
  return [...new Map([...both, ...without].map((list) => [list.join(), list])).values()];
}
