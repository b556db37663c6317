// The part of the routing table's settings that lets Signalbox look after its own webhook in Voucherify: which project, with
// whose credentials, and what may be done there without asking.
// https://docs.voucherify.io/api-reference/management/create-webhook (read 2026-11-29)

import * as v from "valibot";
import { SecretNameSchema } from "../delivery/authentication.ts";
import { isOrigin } from "../origin.ts";

/** Voucherify's shared clusters, of which `api` is the European one. Enterprise projects may have one of their own. */
const CLUSTERS = ["https://api.voucherify.io", "https://us1.api.voucherify.io", "https://as1.api.voucherify.io"];

/** The names of this machine, for a stand-in while developing. */
const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "[::1]"]);

const ApiSchema = v.pipe(
  v.string(),
  v.check(
    isApiAddress,
    `expected the scheme and host of Voucherify's API and nothing behind it: ${CLUSTERS.join(", ")}, or https://<your cluster>.voucherify.io`,
  ),
  v.description(
    "Where the project's Management API is: https://api.voucherify.io, https://us1.api.voucherify.io, https://as1.api.voucherify.io, or https://<cluster>.voucherify.io.",
  ),
  v.transform((text) => new URL(text).origin),
);

const OriginSchema = v.pipe(
  v.string(),
  v.check(isOrigin, "expected scheme and host alone, like https://signalbox.example.com"),
  v.description(
    "Scheme and host under which Voucherify reaches this Worker. When left out, a call of the admin API goes by its own, and the watchdog by SIGNALBOX_HOST.",
  ),
  v.transform((text) => new URL(text).origin),
);

export const UpstreamSettingsSchema = v.pipe(
  v.strictObject({
    api: ApiSchema,
    project: v.pipe(
      v.string(),
      v.regex(/^proj_\w{1,60}$/, "expected a project's id, like proj_…"),
      v.description("The project's id, proj_…."),
    ),
    managementId: v.pipe(SecretNameSchema, v.description("The secret that holds the X-Management-Id.")),
    managementToken: v.pipe(SecretNameSchema, v.description("The secret that holds the X-Management-Token.")),
    inlet: v.pipe(v.string(), v.description("The inlet that the webhook posts to.")),
    origin: v.optional(OriginSchema),
    webhook: v.optional(
      v.pipe(
        v.string(),
        v.regex(/^wh_\w{1,60}$/, "expected a webhook's id, like wh_…"),
        v.description("The webhook's id, wh_…. When left out, it is the one whose URL is the inlet's."),
      ),
    ),
    reenable: v.optional(
      v.pipe(
        v.picklist(["ask", "by itself"]),
        v.description(
          "What to do when Voucherify has disabled the webhook: ask (also when left out) tells people, by itself enables it again, three times a day at most.",
        ),
      ),
      "ask",
    ),
  }),
  v.description(
    "Credentials of Voucherify's Management API, with which Signalbox sets its webhook up, sees that it has been disabled, and enables it again.",
  ),
);
export type UpstreamSettings = v.InferOutput<typeof UpstreamSettingsSchema>;

/** Why an API address may not be used here; undefined when it may. One on this machine is for development only. */
export function apiAddressIssue(api: string, localTargets: boolean): string | undefined {
  const isLocal = LOOPBACK.has(new URL(api).hostname);
  return isLocal && !localTargets ? "expected an address of Voucherify, https://….voucherify.io" : undefined;
}

function isApiAddress(text: string): boolean {
  if (!isOrigin(text)) return false;
  const { protocol, hostname, port } = new URL(text);
  if (LOOPBACK.has(hostname)) return true;
  return protocol === "https:" && port === "" && /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.voucherify\.io$/.test(hostname);
}
