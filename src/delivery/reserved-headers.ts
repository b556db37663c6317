// Header names that no table may set, beside those the platform decides (translation/headers.ts): what Signalbox itself
// or a signature says, what only a browser or a proxy may claim, and what opens metadata services. Follows Svix's list,
// without x-amz-target, which requests to AWS need. Pure.

/** Set by a proxy or a browser; a target may trust them. */
const NAMES: ReadonlySet<string> = new Set([
  "accept-encoding",
  "cdn-loop",
  "date",
  "forwarded",
  "max-forwards",
  "metadata",
  "metadata-flavor",
  "origin",
  "set-cookie",
  "true-client-ip",
  "via",
  "webhook-id",
  "webhook-signature",
  "webhook-timestamp",
  "x-amz-content-sha256",
  "x-amz-date",
  "x-amz-security-token",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-google-metadata-request",
  "x-real-ip",
]);

const PREFIXES = ["access-control-", "signalbox-", "x-aws-", "x-goog-iam-"];

/** Why no table may set a header; undefined when one may. */
export function reservedHeaderIssue(name: string): string | undefined {
  const lower = name.toLowerCase();
  if (!NAMES.has(lower) && !PREFIXES.some((prefix) => lower.startsWith(prefix))) return undefined;
  return `the header ${name} is reserved: for Signalbox, for signatures, or for what stands between it and the target`;
}
