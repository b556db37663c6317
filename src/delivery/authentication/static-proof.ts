// Proofs that are a secret in its place: bearer, basic, a header, a query parameter. Pure.

import type { Authentication } from "../authentication.ts";
import type { Proof } from "./proof.ts";

/** The kinds that need nothing but their secret. */
export type StaticAuthentication = Authentication & { type: "none" | "bearer" | "basic" | "header" | "query" };

/**
 * What authenticates a request.
 *
 * @param secret resolves a name to its value; called only for names from `authenticationSecrets`
 */
export function staticProof(authentication: StaticAuthentication, secret: (name: string) => string): Proof {
  switch (authentication.type) {
    case "none":
      return { headers: [], sensitive: [] };
    case "bearer": {
      const value = secret(authentication.secret);
      return { headers: [["authorization", `Bearer ${value}`]], sensitive: [value] };
    }
    case "basic": {
      const password = secret(authentication.password);
      const credentials = new TextEncoder().encode(`${authentication.username}:${password}`).toBase64();
      return { headers: [["authorization", `Basic ${credentials}`]], sensitive: [password, credentials] };
    }
    case "header": {
      const value = secret(authentication.secret);
      const { name, prefix = "" } = authentication;
      return { headers: [[name.toLowerCase(), prefix + value]], sensitive: [value] };
    }
    case "query": {
      const value = secret(authentication.secret);
      return { headers: [], query: [[authentication.name, value]], sensitive: [value] };
    }
  }
}
