// How many Signalboxes a sendout has come through, so that two that send to each other stop. Pure.

/** The header that counts. */
export const HOPS_HEADER = "signalbox-hops";

/** What has come through this many is not sent on. */
export const HOPS_MAX = 3;

/** The count that a request came with; none for what is not a small number, which only somebody else would write. */
export function readHops(headers: Headers): number {
  const value = headers.get(HOPS_HEADER) ?? "";
  return /^\d{1,2}$/.test(value) ? Number(value) : 0;
}
