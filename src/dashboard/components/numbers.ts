// Numbers as people read them, in the browser's language.

const WHOLE = new Intl.NumberFormat();
const SHORT = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 1 });

/** Every digit: 10,481. */
export function formatCount(count: number): string {
  return WHOLE.format(count);
}

/** As short as it may be: 10.5K. */
export function formatShort(count: number): string {
  return SHORT.format(count);
}

/** Bytes with a unit: 7.1 kB. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** "1 delivery", "3 deliveries". */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
