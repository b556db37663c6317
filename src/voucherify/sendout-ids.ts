// The ids of Voucherify's sendouts in whatever text they stand, like a page of its log. Pure: the dashboard reads what is
// pasted before it asks the admin API, which reads it as well.

/** `whs_` and, in all that were seen, 18 hexadecimal digits. */
const SENDOUT_ID = /\bwhs_[0-9a-zA-Z]{6,60}\b/g;

/** The ids in a text, each once, in its order. */
export function sendoutIdsIn(text: string): string[] {
  return [...new Set(text.match(SENDOUT_ID))];
}

/** A text without the ids in it. */
export function withoutSendoutIds(text: string): string {
  return text.replaceAll(SENDOUT_ID, " ");
}

/** How many ids are looked up in one call of the admin API: each takes a hash, and the free plan has ten milliseconds. */
export const LOOKED_UP_MAX = 1_000;
