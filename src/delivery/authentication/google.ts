// A Google service account: an assertion signed with its key, for a token.
// https://developers.google.com/identity/protocols/oauth2/service-account#httprest (read 2026-11-24)

import * as v from "valibot";
import { tokenUrlOf, type GoogleServiceAccount } from "../authentication.ts";
import { signAssertion } from "./private-key.ts";
import { SecretFormError, type ProofInputs } from "./proof.ts";
import type { TokenRequest } from "./token-request.ts";

/** What is used of a key file. Its own token address is not: the table says where requests go. */
const KeyFileSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ client_email: v.string(), private_key: v.string(), private_key_id: v.optional(v.string()) }),
);

/**
 * The request for a token.
 *
 * @throws SecretFormError when the secret is no key file
 */
export async function googleTokenRequest(
  auth: GoogleServiceAccount,
  { secret, now }: ProofInputs,
): Promise<TokenRequest> {
  const file = v.safeParse(KeyFileSchema, secret(auth.key));
  if (!file.success) throw new SecretFormError(`${auth.key} is no service account's key file`);
  const { client_email: iss, private_key: key, private_key_id: keyId } = file.output;
  const url = tokenUrlOf(auth) ?? "";
  const claims = {
    iss,
    scope: auth.scopes.join(" "),
    aud: url,
    ...(auth.subject !== undefined && { sub: auth.subject }),
  };
  const assertion = await signAssertion({ algorithm: "RS256", keyId, claims }, auth.key, key, now);
  const form = new URLSearchParams({ grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion });
  return { url, headers: {}, form };
}
