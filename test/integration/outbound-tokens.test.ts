// Tokens from a real token endpoint that works, expires tokens, stalls, answers in HTML and lies; assertions verified by
// jose. Every test has a client of its own, because tokens are kept for as long as the Worker lives.

import { exportJWK, exportPKCS8, generateKeyPair, importJWK, jwtVerify, type JWK, type JWTVerifyResult } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Authentication } from "../../src/delivery/authentication.ts";
import { startSender, type Sender } from "./send-in-workerd.ts";
import { startTarget, status, type Behaviour, type Target } from "./target.ts";

const CLIENT_SECRET = "s3cret/+&=~ ü";

let target: Target;
let endpoint: Target;
let sender: Sender;
let keys: { rsa: JWK; ec: JWK };

beforeAll(async () => {
  const rsa = await generateKeyPair("RS256", { extractable: true });
  const ec = await generateKeyPair("ES256", { extractable: true });
  keys = { rsa: await exportJWK(rsa.publicKey), ec: await exportJWK(ec.publicKey) };
  const pem = await exportPKCS8(rsa.privateKey);
  target = await startTarget();
  endpoint = await startTarget();
  sender = await startSender({
    SIGNALBOX_LOCAL_TARGETS: "allow",
    CLIENT_ID: "client:1",
    CLIENT_SECRET,
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
  });
});
afterAll(async () => {
  await sender.stop();
  await endpoint.stop();
  await target.stop();
});
beforeEach(() => {
  endpoint.behave(giveTokens());
  target.behave(status(200));
});

let clients = 0;

/** An authentication whose tokens no other test has. */
function client(more: object = {}): Authentication {
  return {
    type: "oauth2_client_credentials",
    tokenUrl: `${endpoint.url}/token/${++clients}`,
    clientId: "CLIENT_ID",
    clientSecret: "CLIENT_SECRET",
    ...more,
  };
}

function giveTokens(more: object = { expires_in: 3_600 }): Behaviour {
  return (res, _request, count) =>
    void res
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify({ access_token: `token-${count}`, token_type: "Bearer", ...more }));
}

/** A target that takes some tokens only. */
function take(...tokens: string[]): Behaviour {
  const known = new Set(tokens.map((token) => `Bearer ${token}`));
  return (res, { headers }) => void res.writeHead(known.has(String(headers.authorization)) ? 200 : 401).end();
}

const send = async (auth: Authentication, path = "/hook") => sender.send({ url: target.url + path, auth });

/** The token requests of an authentication, as forms. */
function asked(auth: Authentication) {
  if (!("tokenUrl" in auth) || auth.tokenUrl === undefined) throw new Error("it has no token endpoint");
  return endpoint
    .to(new URL(auth.tokenUrl).pathname)
    .map(({ headers, body }) => ({ headers, form: Object.fromEntries(new URLSearchParams(body)) }));
}

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

describe("a token", () => {
  it("is asked for once by a hundred attempts at the same time, each in an invocation of its own", async () => {
    const auth = client();
    const sent = await Promise.all(Array.from({ length: 100 }, async () => send(auth, "/hundred")));
    expect(sent.map(({ result }) => result.kind)).toEqual(sent.map(() => "answered"));
    expect(asked(auth)).toHaveLength(1);
    expect(new Set(target.to("/hundred").map(({ headers }) => headers.authorization))).toEqual(
      new Set(["Bearer token-1"]),
    );
  });

  it("that the target refuses is replaced, and the second call is said to have been made", async () => {
    const auth = client();
    await send(auth);
    target.behave(take("token-2"));
    const sent = await send(auth, "/revoked");
    expect(sent).toMatchObject({ result: { kind: "answered", status: 200 }, tokenRefreshed: true });
    expect(target.to("/revoked").map(({ headers }) => headers.authorization)).toEqual([
      "Bearer token-1",
      "Bearer token-2",
    ]);
  });

  it("that expires for a hundred attempts at the same time is replaced once", async () => {
    const auth = client();
    await send(auth);
    target.behave(take("token-2"));
    const sent = await Promise.all(Array.from({ length: 100 }, async () => send(auth)));
    expect(sent.filter(({ result }) => result.kind !== "answered" || result.status !== 200)).toEqual([]);
    expect(asked(auth)).toHaveLength(2);
  });

  it("that is refused whatever it is costs two requests, not one for each attempt", async () => {
    target.behave(status(401));
    const auth = client();
    const sent = [];
    for (let count = 0; count < 10; count++) sent.push(await send(auth, "/never"));
    expect(sent.map(({ result }) => "status" in result && result.status)).toEqual(sent.map(() => 401));
    expect(sent.map(({ tokenRefreshed }) => tokenRefreshed)).toEqual([true, ...sent.slice(1).map(() => undefined)]);
    expect(asked(auth)).toHaveLength(2);
    expect(target.to("/never")).toHaveLength(11);
  });

  it("that is refused and given again by an endpoint that lies costs two requests", async () => {
    endpoint.behave((res) => void res.end('{"access_token":"always-the-same","expires_in":3600}'));
    target.behave(status(401));
    const auth = client();
    for (let count = 0; count < 5; count++) {
      expect((await send(auth, "/same")).result).toMatchObject({ kind: "answered", status: 401 });
    }
    expect(asked(auth)).toHaveLength(2);
    expect(target.to("/same")).toHaveLength(6);
  });

  it("that has a second to live, as the endpoint says, is not kept", async () => {
    endpoint.behave(giveTokens({ expires_in: 1 }));
    const auth = client();
    await send(auth);
    await expect.poll(async () => (await send(auth), asked(auth).length), { interval: 100 }).toBeGreaterThan(1);
  });

  it.each([0, -1, "soon", null, 1e300])("whose life the endpoint lies about is used all the same: %j", async (life) => {
    endpoint.behave(giveTokens({ expires_in: life }));
    const auth = client();
    for (let count = 0; count < 3; count++) expect((await send(auth)).result).toMatchObject({ status: 200 });
    expect(asked(auth)).toHaveLength(1);
  });
});

describe("a token endpoint", () => {
  const html: Behaviour = (res) => void res.writeHead(200, { "content-type": "text/html" }).end("<html>Sign in</html>");
  const answer =
    (text: string): Behaviour =>
    (res) =>
      void res.writeHead(200).end(text);
  const error =
    (code: number, body: object): Behaviour =>
    (res) =>
      void res.writeHead(code).end(JSON.stringify(body));

  it.each<[string, Behaviour, string]>([
    ["answers in HTML", html, "the token endpoint answered 200 without a token"],
    ["answers 500", status(500), "the token endpoint answered 500"],
    ["redirects", status(302, { location: "http://169.254.169.254/" }), "the token endpoint answered 302"],
    ["hangs up", (res) => void res.socket?.destroy(), "the token endpoint cannot be reached"],
    ["refuses the client", error(401, { error: "invalid_client" }), "the token endpoint answered 401: invalid_client"],
    [
      "puts our secret into its error",
      error(400, { error: CLIENT_SECRET, error_description: CLIENT_SECRET }),
      "the token endpoint answered 400",
    ],
    ["gives a token that is none", answer('{"access_token":7}'), "the token endpoint answered 200 without a token"],
    [
      "gives a token with a line break",
      answer(String.raw`{"access_token":"a\r\nx-evil: 1"}`),
      "the token endpoint answered 200 without a token",
    ],
    [
      "gives a token of another type",
      answer('{"access_token":"t","token_type":"mac"}'),
      "the token endpoint gives tokens of another type than Bearer",
    ],
    ["gives null", answer("null"), "the token endpoint answered 200 without a token"],
    [
      "answers without end",
      (res) => {
        res.writeHead(200);
        res.write(`{"access_token":"${"a".repeat(100_000)}`);
      },
      "the token endpoint's answer has over 65536 bytes",
    ],
  ])("that %s holds the delivery, and is asked once by a hundred", async (_name, behaviour, detail) => {
    endpoint.behave(behaviour);
    const auth = client();
    const before = target.requests.length;
    const startedAt = Date.now();
    const sent = await Promise.all(Array.from({ length: 100 }, async () => send(auth)));
    expect(sent.map(({ result, detail: said }) => ({ result, said }))).toEqual(
      sent.map(() => ({ result: { kind: "not_ready", reason: "token_unavailable" }, said: detail })),
    );
    expect(sent[0]?.readyAt).toBeGreaterThanOrEqual(startedAt + 5_000);
    expect(asked(auth)).toHaveLength(1);
    expect(target.requests).toHaveLength(before);
  });

  it.each<[string, Behaviour]>([
    ["stalls", () => undefined],
    ["stalls in the middle of its answer", (res) => void res.writeHead(200).write('{"access_token":"to')],
  ])("that %s is given ten seconds, in which all wait for one request", async (_name, behaviour) => {
    endpoint.behave(behaviour);
    const auth = client();
    const startedAt = Date.now();
    const sent = await Promise.all(Array.from({ length: 20 }, async () => send(auth)));
    expect(Date.now() - startedAt).toBeLessThan(15_000);
    expect(new Set(sent.map(({ detail }) => detail))).toEqual(
      new Set(["the token endpoint did not answer within 10000 ms"]),
    );
    expect(asked(auth)).toHaveLength(1);
  });

  it("is held to the rules of a target's address", async () => {
    const strict = await startSender({ CLIENT_ID: "a", CLIENT_SECRET: "b" });
    try {
      for (const tokenUrl of ["https://169.254.169.254/token", "http://auth.example.com/", "https://localhost/"]) {
        const auth = { ...client(), tokenUrl } as Authentication; // a client with another address
        expect(await strict.send({ url: "https://crm.example.com/", auth })).toMatchObject({
          result: { kind: "refused", reason: "address_refused" },
          detail: expect.stringMatching(/^the token's address: /),
        });
      }
    } finally {
      await strict.stop();
    }
  });
});

describe("a target that repeats the token", () => {
  it("does not get it into what is kept, nor the one before it", async () => {
    endpoint.behave(
      (res, _request, count) =>
        void res.end(JSON.stringify({ access_token: `ya29.${"x".repeat(20)}-${count}`, token_type: "bearer" })),
    );
    target.behave(
      (res, { headers }, count) =>
        void res
          .writeHead(count === 1 ? 401 : 400, { "x-echo": String(headers.authorization) })
          .end(`bad ${String(headers.authorization)} ${Buffer.from(String(headers.authorization)).toString("base64")}`),
    );
    const sent = await send(client(), "/echo");
    expect(sent.tokenRefreshed).toBe(true);
    expect(sent.headers).toContainEqual(["x-echo", "Bearer [secret]"]);
    const kept = JSON.stringify({ excerpt: sent.excerpt, headers: sent.headers, detail: sent.detail });
    expect(kept).not.toContain("ya29");
    expect(sent.excerpt).toMatch(/^bad Bearer \[secret\] \S{0,12}\[secret\]\S{0,4}$/);
  });
});
