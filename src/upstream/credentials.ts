// The credentials of the Management API, looked up for each use: on the Worker first, then in the vault, which gives them out
// only for the API's own host. They go into one request's headers and nowhere else.

import { allowsLocalTargets, readSecret } from "../env.ts";
import { failure, success, type Result } from "../result.ts";
import { isReservedSecretName } from "../secret-names.ts";
import { createSecretReader, type VaultBindings } from "../vault/open-secrets.ts";
import { createWebhookClient, type ClientChoices, type WebhookClient } from "./client.ts";
import { apiAddressIssue, type UpstreamSettings } from "./settings.ts";

/** Why Voucherify cannot be asked at all. */
export type ConnectReason = "secret_missing" | "secret_unavailable" | "address_refused";

/** A client with the credentials that the settings name. Never rejects. */
export async function connectUpstream(
  env: VaultBindings,
  { api, project, managementId, managementToken }: UpstreamSettings,
  now: number,
  choices: Partial<ClientChoices> = {},
): Promise<Result<WebhookClient, ConnectReason>> {
  const issue = apiAddressIssue(api, allowsLocalTargets(env));
  if (issue !== undefined) return failure("address_refused", `settings.voucherify.api: ${issue}`);
  const [id, token] = await Promise.all(
    [managementId, managementToken].map(async (name) => lookUp(env, name, api, now)),
  );
  if (id?.ok !== true) return id ?? NEVER;
  if (token?.ok !== true) return token ?? NEVER;
  return success(createWebhookClient({ api, project, credentials: { id: id.value, token: token.value } }, choices));
}

/** Two names make two secrets; the compiler does not count. */
const NEVER = failure("secret_missing", "no secret is named");

async function lookUp(
  env: VaultBindings,
  name: string,
  origin: string,
  now: number,
): Promise<Result<string, "secret_missing" | "secret_unavailable">> {
  if (isReservedSecretName(name)) return failure("secret_missing", `${name} belongs to Signalbox itself`);
  const own = readSecret(env, name);
  if (own !== undefined) return success(own);
  const opened = await createSecretReader(env, () => now)(name, [origin]);
  const again = `set it again: npx signalbox secret set ${name}`;
  switch (opened.kind) {
    case "opened":
      return success(opened.value);
    case "missing":
      return failure("secret_missing", `the secret ${name} is not set; run: wrangler secret put ${name}`);
    case "elsewhere":
      return failure("secret_missing", `the secret ${name} was not set for ${opened.host}; ${again}`);
    case "unreadable":
      return failure("secret_missing", `the secret ${name} cannot be opened: ${opened.detail}; ${again}`);
    case "unavailable":
      return failure("secret_unavailable", `the vault cannot be read: ${opened.detail}`);
  }
}
