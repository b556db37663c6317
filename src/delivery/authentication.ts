// How a request proves to its target who sends it, as the table says it. The table names secrets; their values come in
// at the last moment, in authentication/prove.ts. Pure, and free of everything that signs: the CLI reads tables too.

import * as v from "valibot";
import { SECRET_NAME_PATTERN } from "../secret-names.ts";

export const SecretNameSchema = v.pipe(
  v.string(),
  v.regex(SECRET_NAME_PATTERN, "a secret's name has capitals, digits and underscores, like BRAZE_KEY"),
  v.description("The name of a secret, like BRAZE_KEY. Its value is never part of the table."),
);

/** A client certificate goes with every kind. Service bindings look the same, so a table reaches only these names. */
const common = {
  mtls: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^MTLS_[A-Z0-9_]{1,59}$/, "an mTLS binding's name begins with MTLS_, like MTLS_CRM"),
      v.description("The name of an mTLS certificate binding, MTLS_…, through which the target is called."),
    ),
  ),
};

const HeaderNameSchema = v.pipe(v.string(), v.maxLength(100));

/** What an HMAC may be over. */
export const SIGNED_PARTS = ["body", "timestamp", "method", "host", "path", "path_and_query", "url", "id"] as const;

const HmacSchema = v.strictObject({
  type: v.literal("hmac"),
  ...common,
  secret: SecretNameSchema,
  secretEncoding: v.optional(
    v.pipe(
      v.picklist(["text", "hex", "base64"]),
      v.description("How the secret's value stands for the key: text (as when left out), hex or base64."),
    ),
  ),
  algorithm: v.optional(
    v.pipe(v.picklist(["sha256", "sha1", "sha512"]), v.description("The hash; sha256 when left out.")),
  ),
  signs: v.optional(
    v.pipe(
      v.array(v.picklist(SIGNED_PARTS)),
      v.minLength(1),
      v.maxLength(SIGNED_PARTS.length),
      v.description(
        'What is signed, in order; ["body"] when left out. id is the delivery\'s, sent as Idempotency-Key.',
      ),
    ),
  ),
  separator: v.optional(
    v.pipe(v.string(), v.maxLength(4), v.description('What stands between the signed parts; "." when left out.')),
  ),
  encoding: v.optional(
    v.pipe(
      v.picklist(["hex", "base64", "base64url"]),
      v.description("How the signature is written; hex when left out."),
    ),
  ),
  header: v.pipe(HeaderNameSchema, v.description("The header that carries the signature.")),
  prefix: v.optional(
    v.pipe(v.string(), v.maxLength(100), v.description('What stands before the signature, like "sha256=".')),
  ),
  timestampHeader: v.optional(
    v.pipe(HeaderNameSchema, v.description("The header that carries the attempt's time, in seconds since 1970.")),
  ),
});
export type Hmac = v.InferOutput<typeof HmacSchema>;

const StandardWebhooksSchema = v.strictObject({
  type: v.literal("standard_webhooks"),
  ...common,
  secrets: v.pipe(
    v.array(SecretNameSchema),
    v.minLength(1),
    v.maxLength(4),
    v.description(
      "Secrets that sign, all of them in one header: whsec_… (v1, HMAC) or whsk_… (v1a, ed25519). Two while one replaces the other.",
    ),
  ),
});
export type StandardWebhooks = v.InferOutput<typeof StandardWebhooksSchema>;

const TokenUrlSchema = v.pipe(v.string(), v.maxLength(2_000), v.description("Where tokens come from: https://…"));

const ClientCredentialsSchema = v.strictObject({
  type: v.literal("oauth2_client_credentials"),
  ...common,
  tokenUrl: TokenUrlSchema,
  clientId: SecretNameSchema,
  clientAuthentication: v.optional(
    v.pipe(
      v.picklist(["client_secret_basic", "client_secret_post", "private_key_jwt"]),
      v.description(
        "How the client proves itself to the token endpoint: client_secret_basic (as when left out), client_secret_post or private_key_jwt.",
      ),
    ),
  ),
  clientSecret: v.optional(SecretNameSchema),
  privateKey: v.optional(SecretNameSchema),
  keyId: v.optional(v.pipe(v.string(), v.maxLength(200), v.description("The key's id, `kid`, in the assertion."))),
  algorithm: v.optional(
    v.pipe(
      v.picklist(["RS256", "PS256", "ES256", "ES384", "EdDSA"]),
      v.description("How the assertion is signed; RS256 when left out."),
    ),
  ),
  scope: v.optional(v.pipe(v.string(), v.maxLength(2_000))),
  audience: v.optional(v.pipe(v.string(), v.maxLength(500), v.description("Sent as the parameter `audience`."))),
  parameters: v.optional(
    v.pipe(v.record(v.string(), v.string()), v.description("More parameters for the token endpoint.")),
  ),
});
export type ClientCredentials = v.InferOutput<typeof ClientCredentialsSchema>;

const GoogleServiceAccountSchema = v.strictObject({
  type: v.literal("google_service_account"),
  ...common,
  key: v.pipe(SecretNameSchema, v.description("The Worker secret with the service account's key file, JSON.")),
  scopes: v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(20)),
  subject: v.optional(v.pipe(v.string(), v.maxLength(200), v.description("Whom the service account acts for."))),
  tokenUrl: v.optional(TokenUrlSchema),
});
export type GoogleServiceAccount = v.InferOutput<typeof GoogleServiceAccountSchema>;

const SigV4Schema = v.strictObject({
  type: v.literal("aws_sigv4"),
  ...common,
  service: v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,40}$/, "a service looks like events")),
  region: v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,40}$/, "a region looks like eu-central-1")),
  accessKeyId: SecretNameSchema,
  secretAccessKey: SecretNameSchema,
  sessionToken: v.optional(SecretNameSchema),
});
export type SigV4 = v.InferOutput<typeof SigV4Schema>;

export const AuthenticationSchema = v.pipe(
  v.variant("type", [
    v.strictObject({ type: v.literal("none"), ...common }),
    v.strictObject({ type: v.literal("bearer"), ...common, secret: SecretNameSchema }),
    v.strictObject({ type: v.literal("basic"), ...common, username: v.string(), password: SecretNameSchema }),
    v.strictObject({
      type: v.literal("header"),
      ...common,
      name: v.string(),
      secret: SecretNameSchema,
      prefix: v.optional(v.pipe(v.string(), v.description('What stands before the secret, like "Key ".'))),
    }),
    v.strictObject({
      type: v.literal("query"),
      ...common,
      name: v.pipe(v.string(), v.minLength(1), v.maxLength(100), v.description("The query parameter.")),
      secret: SecretNameSchema,
    }),
    HmacSchema,
    StandardWebhooksSchema,
    ClientCredentialsSchema,
    GoogleServiceAccountSchema,
    SigV4Schema,
  ]),
  v.description(
    "How the target knows the sender: none, bearer, basic, header, query, hmac, standard_webhooks, oauth2_client_credentials, google_service_account or aws_sigv4.",
  ),
);
export type Authentication = v.InferOutput<typeof AuthenticationSchema>;

/** An authentication whose proof is a token that is fetched. */
export type TokenAuthentication = ClientCredentials | GoogleServiceAccount;

/** Where Google hands out tokens. https://developers.google.com/identity/protocols/oauth2/service-account */
const GOOGLE_TOKEN_URL = "https://oauth2.googleapis.com/token";

/** The address that tokens come from; undefined where none are fetched. */
export function tokenUrlOf(authentication: Authentication): string | undefined {
  if (authentication.type === "oauth2_client_credentials") return authentication.tokenUrl;
  return authentication.type === "google_service_account" ? (authentication.tokenUrl ?? GOOGLE_TOKEN_URL) : undefined;
}

/** The names of the secrets an authentication needs. */
export function authenticationSecrets(authentication: Authentication): string[] {
  switch (authentication.type) {
    case "none":
      return [];
    case "bearer":
    case "header":
    case "query":
    case "hmac":
      return [authentication.secret];
    case "basic":
      return [authentication.password];
    case "standard_webhooks":
      return [...authentication.secrets];
    case "oauth2_client_credentials": {
      const { clientId, clientAuthentication, clientSecret, privateKey } = authentication;
      const proof = clientAuthentication === "private_key_jwt" ? privateKey : clientSecret;
      return [clientId, ...(proof === undefined ? [] : [proof])];
    }
    case "google_service_account":
      return [authentication.key];
    case "aws_sigv4": {
      const { accessKeyId, secretAccessKey, sessionToken } = authentication;
      return [accessKeyId, secretAccessKey, ...(sessionToken === undefined ? [] : [sessionToken])];
    }
  }
}

/** The headers an authentication sets, in lowercase: no template may set them as well. */
export function authenticationHeaders(authentication: Authentication): string[] {
  switch (authentication.type) {
    case "none":
    case "query":
      return [];
    case "bearer":
    case "basic":
    case "oauth2_client_credentials":
    case "google_service_account":
      return ["authorization"];
    case "header":
      return [authentication.name.toLowerCase()];
    case "hmac": {
      const { header, timestampHeader } = authentication;
      return [header, ...(timestampHeader === undefined ? [] : [timestampHeader])].map((name) => name.toLowerCase());
    }
    case "standard_webhooks":
      return ["webhook-id", "webhook-timestamp", "webhook-signature"];
    case "aws_sigv4":
      return ["authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256"];
  }
}
