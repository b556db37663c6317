// The values of the secrets that a request names, looked up for each attempt: on the Worker first, so that its operator
// has the last word, and then in the vault, which gives out none to a host that it is not bound to.

import { readSecret } from "../env.ts";
import { isReservedSecretName } from "../secret-names.ts";
import type { RenderedRequest } from "../translation/rendered.ts";
import type { SecretReader } from "../vault/open-secrets.ts";
import { authenticationSecrets, type Authentication } from "./authentication.ts";
import type { Result } from "./judge.ts";

/** How soon a secret that D1 did not give is asked for again, in milliseconds. */
const VAULT_RETRY_MS = 30_000;

/** The secrets of a request, or why it cannot be sent now. */
export type Resolved =
  | {
      ok: true;
      /** Those that an answer may have in it. */
      values: string[];
      value: (name: string) => string;
    }
  | {
      ok: false;
      reason: (Result & { kind: "not_ready" })["reason"];
      detail: string;
      /** In how many milliseconds to look again; not said where there is no saying. */
      afterMs?: number;
    };

/**
 * Looks up every secret that a request names. A reserved name counts as missing, whoever wrote the message.
 *
 * @param origins everywhere that the request, or what is made of a secret, goes to
 * @param vault undefined where there is none
 */
export async function resolveSecrets(
  { request, auth }: { request: RenderedRequest; auth: Authentication },
  origins: readonly string[],
  env: object,
  vault: SecretReader | undefined,
): Promise<Resolved> {
  const found = new Map<string, string>();
  for (const name of namesIn(request, auth)) {
    const own = isReservedSecretName(name) ? undefined : readSecret(env, name);
    const opened = own === undefined ? await lookInVault(name, origins, vault) : ({ ok: true, value: own } as const);
    if (!opened.ok) return opened;
    found.set(name, opened.value);
  }
  const keys = signingKeys(auth);
  const values = [...found].flatMap(([name, value]) => (keys.has(name) ? [] : [value]));
  return { ok: true, values, value: (name) => found.get(name) ?? "" };
}

function namesIn({ url, headers, body }: RenderedRequest, auth: Authentication): Set<string> {
  const texts = [url, ...headers.map(([, value]) => value), body ?? []];
  const named = texts.flat().flatMap((part) => (typeof part === "string" ? [] : [part.$secret]));
  return new Set([...named, ...authenticationSecrets(auth)]);
}

async function lookInVault(
  name: string,
  origins: readonly string[],
  vault: SecretReader | undefined,
): Promise<{ ok: true; value: string } | (Resolved & { ok: false })> {
  const opened = vault === undefined || isReservedSecretName(name) ? MISSING : await vault(name, origins);
  switch (opened.kind) {
    case "opened":
      return { ok: true, value: opened.value };
    case "missing":
      return { ok: false, reason: "secret_missing", detail: `the secret ${name} is not set` };
    case "elsewhere": {
      const detail = `the secret ${name} was not set for ${opened.host}; set it again`;
      return { ok: false, reason: "secret_host_changed", detail };
    }
    case "unreadable": {
      const detail = `the secret ${name} cannot be opened: ${opened.detail}; bring the key back, or set it again`;
      return { ok: false, reason: "secret_unreadable", detail };
    }
    case "unavailable": {
      const detail = `the secret ${name} is not on the Worker, and the vault cannot be read: ${opened.detail}`;
      return { ok: false, reason: "vault_unavailable", detail, afterMs: VAULT_RETRY_MS };
    }
  }
}

const MISSING = { kind: "missing" } as const;

/**
 * The private keys behind a token. No answer can have them in it, since they sign and are never sent; and to look for
 * them in every answer would take a hundred times as long as for everything else.
 */
function signingKeys(auth: Authentication): ReadonlySet<string | undefined> {
  if (auth.type === "google_service_account") return new Set([auth.key]);
  return new Set(auth.type === "oauth2_client_credentials" ? [auth.privateKey] : []);
}
