// Finds the proof of a request by the kind of its authentication. Each kind lives in a file of its own.

import { authenticationSecrets, tokenUrlOf, type Authentication, type TokenAuthentication } from "../authentication.ts";
import { googleTokenRequest } from "./google.ts";
import { hmacProof } from "./hmac.ts";
import { clientCredentialsRequest } from "./oauth2.ts";
import type { Draft, Proof, ProofInputs } from "./proof.ts";
import { SecretFormError } from "./proof.ts";
import { sigV4Proof } from "./sigv4.ts";
import { standardWebhooksProof } from "./standard-webhooks.ts";
import { staticProof } from "./static-proof.ts";
import { createTokenCache, type Obtained, type TokenCache, type TokenOutcome } from "./token-cache.ts";
import { requestToken } from "./token-request.ts";

/** How a token is had. */
export interface TokenSource {
  cache: TokenCache;
  fetch: typeof fetch;
  now: () => number;
}

// Tokens of this isolate, for as long as it lives and each is good: authentication/token-cache.ts says how long.
const isolateTokens = createTokenCache();

/** The cache that all deliveries of this isolate share. */
export function sharedTokens(): TokenCache {
  return isolateTokens;
}

/** Whether an authentication's proof is a token that is fetched. */
export function usesToken(authentication: Authentication): authentication is TokenAuthentication {
  return tokenUrlOf(authentication) !== undefined;
}

/**
 * What authenticates a request by a kind that needs no token.
 *
 * @throws SecretFormError when a secret's value is not what its kind needs
 */
export async function prove(
  authentication: Exclude<Authentication, TokenAuthentication>,
  draft: Draft,
  inputs: ProofInputs,
): Promise<Proof> {
  switch (authentication.type) {
    case "none":
    case "bearer":
    case "basic":
    case "header":
    case "query":
      return staticProof(authentication, inputs.secret);
    case "hmac":
      return hmacProof(authentication, draft, inputs);
    case "standard_webhooks":
      return standardWebhooksProof(authentication, draft, inputs);
    case "aws_sigv4":
      return sigV4Proof(authentication, draft, inputs);
  }
}

/**
 * A token for an authentication.
 *
 * @param refused one that the target did not take
 */
export async function obtainToken(
  authentication: TokenAuthentication,
  secret: (name: string) => string,
  { cache, fetch: fetcher, now }: TokenSource,
  refused?: string,
): Promise<TokenOutcome> {
  const key = await cacheKey(authentication, secret);
  const obtain = async (): Promise<Obtained> => {
    try {
      const inputs = { secret, now: now() };
      const request =
        authentication.type === "google_service_account"
          ? await googleTokenRequest(authentication, inputs)
          : await clientCredentialsRequest(authentication, inputs);
      return await requestToken(request, fetcher);
    } catch (error) {
      return { ok: false, detail: error instanceof SecretFormError ? error.message : "the token request failed" };
    }
  };
  return cache.get(key, obtain, now, refused);
}

/** Everything a token depends on, as a digest: another secret or scope is another token. */
async function cacheKey(auth: TokenAuthentication, secret: (name: string) => string): Promise<string> {
  const { mtls: _, ...request } = auth;
  const values = authenticationSecrets(auth).map(secret);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify([request, values])));
  return new Uint8Array(digest).toHex();
}
