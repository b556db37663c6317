// OAuth 2.0 client credentials: what is asked of the token endpoint, and how the client proves itself to it.
// https://www.rfc-editor.org/rfc/rfc6749#section-4.4, https://www.rfc-editor.org/rfc/rfc7523 (read 2026-11-24)

import type { ClientCredentials } from "../authentication.ts";
import { signAssertion } from "./private-key.ts";
import { SecretFormError, type ProofInputs } from "./proof.ts";
import type { TokenRequest } from "./token-request.ts";

/**
 * The request for a token.
 *
 * @throws SecretFormError when a private key cannot sign
 */
export async function clientCredentialsRequest(auth: ClientCredentials, inputs: ProofInputs): Promise<TokenRequest> {
  const { tokenUrl: url, scope, audience, parameters = {} } = auth;
  const clientId = inputs.secret(auth.clientId);
  const form = new URLSearchParams({ ...parameters, grant_type: "client_credentials" });
  if (scope !== undefined) form.set("scope", scope);
  if (audience !== undefined) form.set("audience", audience);
  const headers: Record<string, string> = {};
  switch (auth.clientAuthentication ?? "client_secret_basic") {
    case "client_secret_basic":
      headers["authorization"] = basic(clientId, inputs.secret(named(auth.clientSecret)));
      break;
    case "client_secret_post":
      form.set("client_id", clientId);
      form.set("client_secret", inputs.secret(named(auth.clientSecret)));
      break;
    case "private_key_jwt":
      form.set("client_id", clientId);
      form.set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
      form.set("client_assertion", await assertion(auth, clientId, inputs));
      break;
  }
  return { url, headers, form };
}

/** What a value of client_secret_basic is written in. https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1 */
function basic(clientId: string, clientSecret: string): string {
  const [id, secret] = [clientId, clientSecret].map((value) => new URLSearchParams({ v: value }).toString().slice(2));
  return `Basic ${new TextEncoder().encode(`${id}:${secret}`).toBase64()}`;
}

async function assertion(auth: ClientCredentials, clientId: string, { secret, now }: ProofInputs): Promise<string> {
  const { algorithm = "RS256", keyId, tokenUrl } = auth;
  const name = named(auth.privateKey);
  const claims = { iss: clientId, sub: clientId, aud: tokenUrl };
  return signAssertion({ algorithm, keyId, claims }, name, secret(name), now);
}

/** A secret's name that a published table has: compiling it checks that. */
function named(name: string | undefined): string {
  if (name === undefined) throw new SecretFormError("the table names no secret for the client");
  return name;
}
