// How a request proves to its target who sends it. The table names secrets; their values come in at the last moment.

import * as v from "valibot";
import { SECRET_NAME_PATTERN } from "../secret-names.ts";

export const SecretNameSchema = v.pipe(
  v.string(),
  v.regex(SECRET_NAME_PATTERN, "a secret's name has capitals, digits and underscores, like BRAZE_KEY"),
  v.description("The name of a Worker secret, like BRAZE_KEY. Its value is never part of the table."),
);

export const AuthenticationSchema = v.pipe(
  v.variant("type", [
    v.strictObject({ type: v.literal("none") }),
    v.strictObject({ type: v.literal("bearer"), secret: SecretNameSchema }),
    v.strictObject({ type: v.literal("basic"), username: v.string(), password: SecretNameSchema }),
    v.strictObject({
      type: v.literal("header"),
      name: v.string(),
      secret: SecretNameSchema,
      prefix: v.optional(v.pipe(v.string(), v.description('What stands before the secret, like "Key ".'))),
    }),
  ]),
  v.description("How the target knows the sender: none, bearer, basic or header."),
);
export type Authentication = v.InferOutput<typeof AuthenticationSchema>;

/** The names of the secrets an authentication needs. */
export function authenticationSecrets(authentication: Authentication): string[] {
  switch (authentication.type) {
    case "none":
      return [];
    case "bearer":
    case "header":
      return [authentication.secret];
    case "basic":
      return [authentication.password];
  }
}

/**
 * The header that authenticates a request, and every value in it that must not be seen again.
 *
 * @param secret resolves a name to its value; called only for names from `authenticationSecrets`
 */
export function authenticationHeader(
  authentication: Authentication,
  secret: (name: string) => string,
): { name: string; value: string; sensitive: string[] } | undefined {
  switch (authentication.type) {
    case "none":
      return undefined;
    case "bearer": {
      const value = secret(authentication.secret);
      return { name: "authorization", value: `Bearer ${value}`, sensitive: [value] };
    }
    case "basic": {
      const password = secret(authentication.password);
      const credentials = encoder.encode(`${authentication.username}:${password}`).toBase64();
      return { name: "authorization", value: `Basic ${credentials}`, sensitive: [password, credentials] };
    }
    case "header": {
      const value = secret(authentication.secret);
      const { name, prefix = "" } = authentication;
      return { name: name.toLowerCase(), value: prefix + value, sensitive: [value] };
    }
  }
}

const encoder = new TextEncoder();
