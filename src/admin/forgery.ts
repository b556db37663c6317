// Other sites can have a browser call us, and it sends along what it has of ours: the cookie of a session, or that of
// Cloudflare Access, which arrives here as an assertion. What tells their calls from those of our own pages: where the browser says they come from, and a header that other sites cannot send
// because nobody answers their browsers' preflight requests, which is to say that there is no CORS here for anybody.
// https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html (read 2026-11-29)

import { isSameText } from "../constant-time.ts";
import type { Proof } from "./caller.ts";
import { CSRF_HEADER } from "./session-cookie.ts";

/** Why a call is taken for another site's. */
export type Forgery = "origin_foreign" | "csrf_invalid";

/**
 * What speaks for another site having made a call; undefined where nothing does. A bearer token speaks for itself, but
 * not when it opens a session: whose cookie a browser has is nobody else's to choose.
 */
export async function findForgery(request: Request, by: Proof, isSignIn: boolean): Promise<Forgery | undefined> {
  if (by.kind === "token" && !isSignIn) return undefined;
  const origin = originOf(request);
  if (origin === "foreign" && !isOpenedLink(request)) return "origin_foreign";
  if (isReading(request)) return undefined;
  const sent = request.headers.get(CSRF_HEADER) ?? "";
  switch (by.kind) {
    case "token":
      return undefined;
    case "assertion":
      // No browser has a service token. Of others the header is enough, whatever it says: theirs cannot be made to send it.
      return by.mayBeBrowser && sent === "" ? "csrf_invalid" : undefined;
    case "session":
      // Every browser says where a call comes from that is not a GET.
      if (origin === "unsaid") return "origin_foreign";
      return (await isSameText(sent, by.csrf)) ? undefined : "csrf_invalid";
  }
}

/** Where a request comes from, by what the browser says, which pages cannot change. */
function originOf({ headers, url }: Request): "own" | "foreign" | "unsaid" {
  const [origin, site] = [headers.get("origin"), headers.get("sec-fetch-site")];
  if (origin === null && site === null) return "unsaid";
  const isOwn = (origin === null || origin === new URL(url).origin) && (site === null || OWN_SITES.has(site));
  return isOwn ? "own" : "foreign";
}

/** `none` is the person: an address typed in. A subdomain's page is of the same site, but not one of ours. */
const OWN_SITES: ReadonlySet<string> = new Set(["same-origin", "none"]);

/** Whether somebody has followed a link, from a chat for example; the page that it stood on does not see the answer. */
function isOpenedLink(request: Request): boolean {
  const { headers } = request;
  return (
    isReading(request) && headers.get("sec-fetch-mode") === "navigate" && headers.get("sec-fetch-dest") === "document"
  );
}

function isReading({ method }: Request): boolean {
  return method === "GET" || method === "HEAD";
}
