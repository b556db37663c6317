// Instants as Voucherify writes them: milliseconds in envelopes, microseconds or only a date inside data.

/** ISO 8601 with any precision; Date.parse alone would find a year in "version 5". */
const INSTANT = /^(\d{4})-(\d{2})-(\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/**
 * Milliseconds since 1970, or null when the text is no instant or no day that exists. A date alone is its midnight, and
 * a time without a zone is UTC, whatever the zone of the machine.
 */
export function readInstant(text: unknown): number | null {
  const match = typeof text === "string" ? INSTANT.exec(text) : null;
  if (match === null) return null;
  const [whole, year, month, day, zone] = match;
  // Date.parse lets 30 February become 2 March.
  if (new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() !== Number(day)) return null;
  const instant = Date.parse(whole.includes("T") && zone === undefined ? `${whole}Z` : whole);
  return Number.isNaN(instant) ? null : instant;
}
