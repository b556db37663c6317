// Which addresses a target may have. Checked on the parsed host, after `new URL` has undone every spelling of an
// address; the platform resolves names and reaches only the public internet.

/** Names that never mean a public system. */
const PRIVATE_SUFFIXES = [".local", ".internal", ".localhost", ".home.arpa", ".localdomain", ".lan", ".intranet"];

/**
 * Why a target's address is refused, as a sentence; undefined when it is fine.
 *
 * @param localTargets allows http and hosts on this machine or network; for local development only
 */
export function addressIssue(url: URL, localTargets: boolean): string | undefined {
  if (url.username !== "" || url.password !== "") return "an address has no user or password; use auth";
  if (url.protocol !== "https:" && !(localTargets && url.protocol === "http:"))
    return "an address begins with https://";
  if (localTargets) return undefined;
  return hostIssue(url.hostname);
}

function hostIssue(hostname: string): string | undefined {
  // `new URL` writes every spelling of an IPv4 address (hex, octal, one number) in four decimal parts, and IPv6 in [].
  if (hostname.startsWith("[") || /^\d+(\.\d+){3}$/.test(hostname)) return "an address has a host name, not a number";
  if (hostname.endsWith(".")) return "a host name does not end in a dot";
  if (!hostname.includes(".")) return "a host name has a domain, like api.example.com";
  if (PRIVATE_SUFFIXES.some((suffix) => `.${hostname}`.endsWith(suffix))) return "a host name is public";
  return undefined;
}
