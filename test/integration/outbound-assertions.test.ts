// How a client proves itself to a token endpoint, by its secret or by an assertion that jose verifies.

import { exportJWK, exportPKCS8, generateKeyPair, importJWK, jwtVerify, type JWK, type JWTVerifyResult } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Authentication } from "../../src/delivery/authentication.ts";
import type { Target } from "./target.ts";
import { CLIENT_SECRET, startTokens, type Tokens } from "./token-endpoint.ts";

let target: Target;
let endpoint: Target;
let send: Tokens["send"];
let client: Tokens["client"];
let asked: Tokens["asked"];
let behave: Tokens["behave"];
let stop: Tokens["stop"];
let keys: { rsa: JWK; ec: JWK };

beforeAll(async () => {
  const rsa = await generateKeyPair("RS256", { extractable: true });
  const ec = await generateKeyPair("ES256", { extractable: true });
  keys = { rsa: await exportJWK(rsa.publicKey), ec: await exportJWK(ec.publicKey) };
  const pem = await exportPKCS8(rsa.privateKey);
  ({ target, endpoint, send, client, asked, behave, stop } = await startTokens({
    RSA_PEM: pem,
    RSA_ONE_LINE: pem.replaceAll("\n", String.raw`\n`),
    EC_JWK: JSON.stringify(await exportJWK(ec.privateKey)),
    PUBLIC_JWK: JSON.stringify(await exportJWK(ec.publicKey)),
    GOOGLE_KEY: JSON.stringify({
      type: "service_account",
      client_email: "router@project.iam.gserviceaccount.com",
      private_key: pem,
      private_key_id: "key-7",
      token_uri: "https://evil.example/token",
    }),
  }));
});
afterAll(async () => stop());
beforeEach(() => behave());

/** The form of an authentication's first token request. */
function formOf(auth: Authentication): Record<string, string> {
  return asked(auth)[0]?.form ?? {};
}

describe("client credentials", () => {
  it("are proven by the secret in a header, and the token goes to the target", async () => {
    const auth = client({ scope: "a b", audience: "https://api", parameters: { resource: "r" } });
    expect(await send(auth, "/first")).toMatchObject({ result: { kind: "answered", status: 200 }, ambiguous: false });
    expect(target.to("/first")[0]?.headers.authorization).toBe("Bearer token-1");
    const [request] = asked(auth);
    expect(request?.form).toEqual({
      grant_type: "client_credentials",
      scope: "a b",
      audience: "https://api",
      resource: "r",
    });
    const [id = "", secret = ""] = Buffer.from(String(request?.headers.authorization).slice(6), "base64")
      .toString()
      .split(":");
    expect([id, secret].map((text) => new URLSearchParams(`v=${text}`).get("v"))).toEqual(["client:1", CLIENT_SECRET]);
  });

  it("are proven by the secret in the body", async () => {
    const auth = client({ clientAuthentication: "client_secret_post" });
    await send(auth);
    expect(asked(auth)[0]?.form).toEqual({
      grant_type: "client_credentials",
      client_id: "client:1",
      client_secret: CLIENT_SECRET,
    });
    expect(asked(auth)[0]?.headers.authorization).toBeUndefined();
  });

  it.each([
    ["RSA_PEM", "RS256", "rsa"],
    ["RSA_ONE_LINE", "RS256", "rsa"],
    ["RSA_PEM", "PS256", "rsa"],
    ["EC_JWK", "ES256", "ec"],
  ] as const)("are proven by an assertion that jose verifies: %s, %s", async (privateKey, algorithm, key) => {
    const method = { clientAuthentication: "private_key_jwt", clientSecret: undefined };
    const auth = client({ ...method, privateKey, algorithm, keyId: "key-1" });
    await send(auth);
    const form = formOf(auth);
    expect(form).toMatchObject({
      grant_type: "client_credentials",
      client_id: "client:1",
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    });
    const { protectedHeader, payload } = await verified(form["client_assertion"], key, algorithm, {
      issuer: "client:1",
      subject: "client:1",
      audience: "tokenUrl" in auth ? (auth.tokenUrl ?? "") : "",
    });
    expect(protectedHeader).toEqual({ alg: algorithm, typ: "JWT", kid: "key-1" });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(300);
    expect(payload.jti).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each(["CLIENT_SECRET", "PUBLIC_JWK"])("hold the delivery when the key is none: %s", async (privateKey) => {
    const method = { clientAuthentication: "private_key_jwt", clientSecret: undefined, algorithm: "ES256" };
    const sent = await send(client({ ...method, privateKey }));
    expect(sent).toMatchObject({
      result: { kind: "not_ready", reason: "token_unavailable" },
      detail: `${privateKey} is no private key for ES256, in PEM (PKCS #8) or as a JSON Web Key`,
    });
  });
});

async function verified(
  assertion: string | undefined,
  key: "rsa" | "ec",
  algorithm: string,
  claims: { issuer: string; subject?: string; audience: string },
): Promise<JWTVerifyResult> {
  const options = { ...claims, algorithms: [algorithm], requiredClaims: ["iat", "exp", "jti"] };
  return jwtVerify(assertion ?? "", await importJWK(keys[key], algorithm), options);
}

describe("a Google service account", () => {
  it("signs an assertion for its scopes and asks where the table says, not where its key file does", async () => {
    const tokenUrl = `${endpoint.url}/google`;
    const auth: Authentication = {
      type: "google_service_account",
      key: "GOOGLE_KEY",
      scopes: ["https://www.googleapis.com/auth/bigquery.insertdata", "b"],
      tokenUrl,
    };
    await send(auth, "/google-target");
    expect(target.to("/google-target")[0]?.headers.authorization).toBe("Bearer token-1");
    const form = formOf(auth);
    expect(form["grant_type"]).toBe("urn:ietf:params:oauth:grant-type:jwt-bearer");
    const issuer = "router@project.iam.gserviceaccount.com";
    const { protectedHeader, payload } = await verified(form["assertion"], "rsa", "RS256", {
      issuer,
      audience: tokenUrl,
    });
    expect(protectedHeader["kid"]).toBe("key-7");
    expect(payload["scope"]).toBe("https://www.googleapis.com/auth/bigquery.insertdata b");
  });

  it("whose key file is none holds the delivery", async () => {
    const auth: Authentication = { type: "google_service_account", key: "CLIENT_SECRET", scopes: ["a"] };
    expect(await send(auth)).toMatchObject({
      result: { kind: "not_ready", reason: "token_unavailable" },
      detail: "CLIENT_SECRET is no service account's key file",
    });
  });
});
