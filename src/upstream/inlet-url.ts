// An inlet's URL: as Voucherify has to know it, and as people may see it. A token in it is a secret, so what is shown has the
// secret's name, and of a URL that Voucherify has as much as is not one. Pure.

/** An inlet as far as its URL goes. */
export interface InletAddress {
  inlet: string;
  /** The secret that ends the URL; undefined where there is none. Its value is undefined while it is not set. */
  token: { name: string; value: string | undefined } | undefined;
  /** Scheme and host; undefined where nobody has said them. */
  origin: string | undefined;
}

/** The URL to give to Voucherify; undefined while its host is not known, or its token not set. */
export function inletUrl(address: InletAddress): string | undefined {
  const path = pathOf(address);
  return address.origin === undefined || path === undefined ? undefined : `${address.origin}${path}`;
}

/** The same for people to read: `https://signalbox.example.com/in/shop/<SHOP_TOKEN>`. */
export function shownInletUrl({ inlet, token, origin }: InletAddress): string {
  const path = token === undefined ? `/in/${inlet}` : `/in/${inlet}/<${token.name}>`;
  return `${origin ?? "https://<this Worker>"}${path}`;
}

/** Whether a webhook's URL is the inlet's. Where the inlet's host is not known any will do. */
export function isInletUrl(targetUrl: string, address: InletAddress): boolean {
  const url = URL.parse(targetUrl);
  if (url === null || url.search !== "") return false;
  const isHere = address.origin === undefined || url.origin === address.origin;
  return isHere && url.pathname === pathOf(address);
}

/** Whether a webhook's URL leads to the inlet as far as can be told without its token. */
export function leadsToInlet(targetUrl: string, { inlet, origin }: InletAddress): boolean {
  const url = URL.parse(targetUrl);
  if (url === null || (origin !== undefined && url.origin !== origin)) return false;
  return url.pathname === `/in/${inlet}` || url.pathname.startsWith(`/in/${inlet}/`);
}

/** A webhook's URL as far as it can be shown: what stands behind an inlet's name, in a query or before the host is not. */
export function shownTargetUrl(targetUrl: string): string {
  const url = URL.parse(targetUrl);
  if (url === null) return "(not a URL)";
  const path = url.pathname.replace(/^(\/in\/[^/]+\/).+$/, "$1…");
  return `${url.origin}${path}${url.search === "" ? "" : "?…"}`;
}

function pathOf({ inlet, token }: InletAddress): string | undefined {
  if (token === undefined) return `/in/${inlet}`;
  return token.value === undefined ? undefined : `/in/${inlet}/${encodeURIComponent(token.value)}`;
}
