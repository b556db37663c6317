// Where Voucherify sends from, and addresses in one spelling, so that they can be compared as texts.
// https://docs.voucherify.io/guides/introduction-to-webhooks (read 2026-11-22); dedicated regions ask the support.

/** The addresses that Voucherify publishes for its shared regions. It had one in each until autumn 2024. */
export const VOUCHERIFY_ADDRESSES = {
  eu1: ["34.247.197.22", "63.32.191.141", "52.215.148.84"],
  us1: ["100.25.106.67", "18.209.236.215", "34.192.255.99"],
  as1: ["52.76.98.82", "54.169.8.101", "13.214.87.160"],
} as const satisfies Record<string, readonly string[]>;

const PUBLISHED: ReadonlySet<string> = new Set(Object.values(VOUCHERIFY_ADDRESSES).flat());
const REGIONS: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(VOUCHERIFY_ADDRESSES));

/** Whether an address, as `normaliseAddress` writes it, is one that Voucherify publishes for any region. */
export function isVoucherifyAddress(address: string): boolean {
  return PUBLISHED.has(address);
}

/** The addresses that a region (`eu1`) or an address in any spelling stands for; none when it is neither. */
export function expandAddress(text: string): readonly string[] {
  const region = REGIONS.get(text);
  if (region !== undefined) return region;
  const address = normaliseAddress(text);
  return address === undefined ? [] : [address];
}

/**
 * An address in its one spelling: IPv4 as four numbers, IPv6 as RFC 5952 writes it, an IPv4 address that is written as
 * an IPv6 one (`::ffff:203.0.113.7`) as the IPv4 address it is. Undefined when the text is no address; ranges, ports
 * and zones are none.
 */
export function normaliseAddress(text: string): string | undefined {
  if (IPV4.test(text)) return text;
  // Only characters of an address: nothing in it can end the host of the URL below.
  if (!/^[0-9a-f:.]{2,45}$/i.test(text) || !text.includes(":")) return undefined;
  const host = parseHost(`[${text}]`)?.slice(1, -1);
  return host === undefined ? undefined : (mappedIpv4(host) ?? host);
}

/** Four numbers up to 255 without leading zeros, which some readers take for octal. */
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

function parseHost(host: string): string | undefined {
  try {
    return new URL(`http://${host}/`).hostname;
  } catch {
    return undefined; // not an address; the parser says no more than that
  }
}

function mappedIpv4(host: string): string | undefined {
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(host) ?? [];
  if (high === undefined || low === undefined) return undefined;
  return [high, low].flatMap((part) => [Number.parseInt(part, 16) >> 8, Number.parseInt(part, 16) & 255]).join(".");
}
