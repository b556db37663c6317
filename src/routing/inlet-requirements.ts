// What an inlet may require of a sender beside the signature: a token in the URL, a header, an address. Part of the
// routing table's schema; ingest checks requests against it (src/ingest/factors.ts).

import * as v from "valibot";
import { SecretNameSchema } from "../delivery/authentication.ts";
import { expandAddress } from "../voucherify/addresses.ts";

/** Most addresses of an inlet. A dedicated region has a handful. */
const ADDRESSES_MAX = 100;

/**
 * Headers that a sender's HTTP client, what stands between, or Voucherify itself sets: to require one of these would
 * refuse every sendout, or ask for what anybody sends.
 */
const TAKEN_HEADERS = new Set([
  "accept",
  "accept-encoding",
  "accept-language",
  "cdn-loop",
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "cookie",
  "date",
  "expect",
  "forwarded",
  "host",
  "keep-alive",
  "origin",
  "referer",
  "te",
  "trailer",
  "transfer-encoding",
  "true-client-ip",
  "upgrade",
  "user-agent",
  "via",
  "x-real-ip",
]);
const TAKEN_PREFIXES = ["cf-", "proxy-", "sec-", "x-forwarded-", "x-voucherify-"];

/** Names that Voucherify's custom headers may have: lowercase letters, digits and dashes (changelog, v20250708). */
const HeaderNameSchema = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9-]{1,100}$/, "Voucherify sends headers whose names have lowercase letters, digits and dashes only"),
  v.check(
    (name) => !TAKEN_HEADERS.has(name) && !TAKEN_PREFIXES.some((prefix) => name.startsWith(prefix)),
    "this header belongs to HTTP, Cloudflare or Voucherify; choose a name of your own, like x-signalbox-key",
  ),
);

const AddressesSchema = v.pipe(
  v.array(
    v.pipe(
      v.string(),
      v.check((text) => expandAddress(text).length > 0, "expected eu1, us1, as1, or one IPv4 or IPv6 address"),
    ),
  ),
  v.minLength(1, "expected at least one region or address"),
  v.maxLength(ADDRESSES_MAX, `expected at most ${ADDRESSES_MAX} regions and addresses`),
  v.description(
    "Where sendouts come from: eu1, us1 and as1 stand for the addresses that Voucherify publishes; others are exact IPv4 or IPv6 addresses.",
  ),
);

export const InletRequirementsSchema = v.pipe(
  v.strictObject({
    pathToken: v.optional(
      v.pipe(
        SecretNameSchema,
        v.description("The Worker secret that ends the URL: POST /in/<inlet>/<its value>. It stands in URLs and logs."),
      ),
    ),
    header: v.optional(
      v.pipe(
        v.strictObject({ name: HeaderNameSchema, secret: SecretNameSchema }),
        v.description("A custom header that Voucherify sends, and the Worker secret that holds its value."),
      ),
    ),
    addresses: v.optional(AddressesSchema),
  }),
  v.minEntries(1, "expected pathToken, header or addresses"),
  v.description("What a sender must show beside the signature: each of these that is given."),
);
export type InletRequirements = v.InferOutput<typeof InletRequirementsSchema>;

/** The secrets that an inlet's requirements name, each with its place below `requires`. */
export function requiredSecrets(requires: InletRequirements | undefined): { place: string; name: string }[] {
  const { pathToken, header } = requires ?? {};
  return [
    ...(pathToken === undefined ? [] : [{ place: "pathToken", name: pathToken }]),
    ...(header === undefined ? [] : [{ place: "header.secret", name: header.secret }]),
  ];
}
