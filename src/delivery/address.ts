// Which addresses a target may have. Checked on the parsed host, after `new URL` has undone every spelling of an
// address; the platform resolves names and reaches only the public internet. Pure.

/** Names that never mean a public system. */
const PRIVATE_SUFFIXES = [".local", ".internal", ".localhost", ".home.arpa", ".localdomain", ".lan", ".intranet"];

/** What an installation says of hosts. */
export interface HostRules {
  /** Its own, which it does not send to. */
  own: readonly string[];
  /** The only ones it sends to, when it says so; `*.example.com` is any name below. */
  only: readonly string[] | undefined;
}

const NO_RULES: HostRules = { own: [], only: undefined };

/**
 * Why a target's address is refused, as a sentence; undefined when it is fine.
 *
 * @param localTargets allows http, any port and hosts on this machine or network; for local development only
 */
export function addressIssue(url: URL, localTargets: boolean, { own, only }: HostRules = NO_RULES): string | undefined {
  if (url.username !== "" || url.password !== "") return "an address has no user or password; use auth";
  if (url.protocol !== "https:" && !(localTargets && url.protocol === "http:"))
    return "an address begins with https://";
  if (own.some((host) => isOwn(url, host))) return "an address is not Signalbox's own";
  if (only !== undefined && !only.some((pattern) => matches(url.hostname, pattern)))
    return "the host is none of those that SIGNALBOX_TARGET_HOSTS allows";
  if (localTargets) return undefined;
  return hostIssue(url.hostname) ?? (url.port === "" ? undefined : "an address has no port; requests go to 443");
}

function hostIssue(hostname: string): string | undefined {
  // `new URL` writes every spelling of an IPv4 address (hex, octal, one number) in four decimal parts, and IPv6 in [].
  if (hostname.startsWith("[") || /^\d+(\.\d+){3}$/.test(hostname)) return "an address has a host name, not a number";
  if (hostname.endsWith(".")) return "a host name does not end in a dot";
  if (!hostname.includes(".")) return "a host name has a domain, like api.example.com";
  if (PRIVATE_SUFFIXES.some((suffix) => `.${hostname}`.endsWith(suffix))) return "a host name is public";
  return undefined;
}

/** Whether an address is an installation's: the host, with its port where one is said, or a preview of it. */
function isOwn({ host, hostname }: URL, own: string): boolean {
  const name = hostname.replace(/\.$/, "");
  if (name === own || host === own) return true;
  // Cloudflare serves every version of a Worker under <version>-<name>.<account>.workers.dev as well.
  return own.endsWith(".workers.dev") && name.endsWith(`-${own}`);
}

function matches(hostname: string, pattern: string): boolean {
  return pattern.startsWith("*.") ? hostname.endsWith(pattern.slice(1)) : hostname === pattern;
}
