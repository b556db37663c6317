// Signatures of requests as a real target gets them, verified by other implementations than the one that made them.

import { createHmac, generateKeyPairSync, verify } from "node:crypto";
import aws4 from "aws4";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Authentication } from "../../src/delivery/authentication.ts";
import { DELIVERY_ID, startSender, type Sender } from "./send-in-workerd.ts";
import { startTarget, type ReceivedRequest, type Target } from "./target.ts";

const ED25519 = generateKeyPairSync("ed25519");
const SEED = ED25519.privateKey.export({ format: "der", type: "pkcs8" }).subarray(-32);
const PUBLIC = ED25519.publicKey.export({ format: "der", type: "spki" }).subarray(-32);

const SECRETS = {
  SIGNALBOX_LOCAL_TARGETS: "allow",
  NEW: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  OLD: "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDHu+YZpQ4",
  PRIVATE: `whsk_${SEED.toString("base64")}`,
  PRIVATE_LONG: `whsk_${Buffer.concat([SEED, PUBLIC]).toString("base64")}`,
  ONLY_PREFIX: "whsec_",
  SHORT: `whsec_${Buffer.alloc(23, 1).toString("base64")}`,
  NOT_BASE64: "whsec_*****",
  NO_PREFIX: "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  NO_KEY: "whsk_AAAA",
  TEXT: "schlüssel-1234",
  HEX: "00ff10203040",
  AWS_ID: "AKIDEXAMPLE",
  AWS_KEY: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  AWS_SESSION: "session/token==",
};

const BODY = '{"code":"ÄÖ-10 🎟","n":1.0}';

let target: Target;
let sender: Sender;

beforeAll(async () => {
  target = await startTarget();
  sender = await startSender(SECRETS);
});
afterAll(async () => {
  await sender.stop();
  await target.stop();
});

/** The request as the target got it. */
async function received(auth: Authentication, path = "/hook", request = {}): Promise<ReceivedRequest> {
  const sent = await sender.send({ url: target.url + path, auth, request: { body: [BODY], ...request } });
  expect(sent).toMatchObject({ result: { kind: "answered", status: 200 } });
  const last = target.requests.at(-1);
  if (last === undefined) throw new Error("nothing came");
  return last;
}

/** What came instead of a call. */
async function notReady(auth: Authentication): Promise<unknown> {
  const before = target.requests.length;
  const { result, detail } = await sender.send({ url: target.url, auth });
  expect(target.requests).toHaveLength(before);
  return [result, detail];
}

describe("Standard Webhooks", () => {
  const verifies = (secret: string, { headers, body }: ReceivedRequest) =>
    new Webhook(secret).verify(body, headers as Record<string, string>); // these headers come once

  it("are verified by the package of the specification, with the new secret and the old", async () => {
    const request = await received({ type: "standard_webhooks", secrets: ["NEW", "OLD"] });
    expect(request.headers["webhook-signature"]).toMatch(/^v1,\S+ v1,\S+$/);
    for (const secret of [SECRETS.NEW, SECRETS.OLD]) expect(verifies(secret, request)).toEqual(JSON.parse(BODY));
    expect(() => verifies("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", request)).toThrow("No matching signature");
    expect(() => verifies(SECRETS.NEW, { ...request, body: `${request.body} ` })).toThrow("No matching signature");
  });

  it("have the delivery's id without its dot and the attempt's time", async () => {
    const { headers } = await received({ type: "standard_webhooks", secrets: ["NEW"] });
    expect(headers["webhook-id"]).toBe("so_0123456789abcdef0123456789abcdef_crm");
    expect(headers["idempotency-key"]).toBe(DELIVERY_ID);
    const age = Date.now() / 1_000 - Number(headers["webhook-timestamp"]);
    expect(age).toBeGreaterThanOrEqual(0);
    expect(age).toBeLessThan(60);
  });

  it.each(["PRIVATE", "PRIVATE_LONG"])("are signed with a private key, beside a shared one: %s", async (name) => {
    const request = await received({ type: "standard_webhooks", secrets: ["NEW", name] });
    const { headers, body } = request;
    const [v1, v1a = ""] = String(headers["webhook-signature"]).split(" ");
    expect(v1).toMatch(/^v1,/);
    expect(verifies(SECRETS.NEW, request)).toEqual(JSON.parse(BODY));
    const content = Buffer.from(`${String(headers["webhook-id"])}.${String(headers["webhook-timestamp"])}.${body}`);
    const signature = Buffer.from(v1a.replace(/^v1a,/, ""), "base64");
    expect(verify(null, content, ED25519.publicKey, signature)).toBe(true);
    expect(verify(null, Buffer.concat([content, Buffer.from(" ")]), ED25519.publicKey, signature)).toBe(false);
  });

  it.each([
    ["ONLY_PREFIX", "ONLY_PREFIX has under 24 bytes"],
    ["SHORT", "SHORT has under 24 bytes"],
    ["NOT_BASE64", "NOT_BASE64 is not in base64 behind whsec_"],
    ["NO_PREFIX", "NO_PREFIX begins neither with whsec_ nor whsk_"],
    ["NO_KEY", "NO_KEY is no ed25519 key in base64 behind whsk_"],
  ])("are not sent with a secret that is none: %s", async (name, detail) => {
    const auth: Authentication = { type: "standard_webhooks", secrets: ["NEW", name] };
    expect(await notReady(auth)).toEqual([{ kind: "not_ready", reason: "secret_invalid" }, detail]);
  });

  it("are not sent with an empty secret, which would let anybody sign", async () => {
    const auth: Authentication = { type: "standard_webhooks", secrets: ["EMPTY"] };
    expect(await notReady(auth)).toEqual([
      { kind: "not_ready", reason: "secret_missing" },
      "the secret EMPTY is not set",
    ]);
  });
});

describe("an HMAC", () => {
  const base = { type: "hmac", secret: "TEXT", header: "X-Signature" } as const;
  const hmac = (algorithm: string, key: string | Buffer, text: string) => createHmac(algorithm, key).update(text);

  it("is over the body, in hexadecimal, when nothing else is said", async () => {
    const { headers, body } = await received(base);
    expect(body).toBe(BODY);
    expect(headers["x-signature"]).toBe(hmac("sha256", SECRETS.TEXT, BODY).digest("hex"));
  });

  it.each(["sha1", "sha256", "sha512"] as const)("is made with %s", async (algorithm) => {
    const { headers } = await received({ ...base, algorithm, prefix: `${algorithm}=` });
    expect(headers["x-signature"]).toBe(`${algorithm}=${hmac(algorithm, SECRETS.TEXT, BODY).digest("hex")}`);
  });

  it.each(["hex", "base64", "base64url"] as const)("is written in %s", async (encoding) => {
    const { headers } = await received({ ...base, encoding });
    expect(headers["x-signature"]).toBe(hmac("sha256", SECRETS.TEXT, BODY).digest(encoding));
  });

  it.each([
    ["HEX", "hex", Buffer.from(SECRETS.HEX, "hex")],
    ["NO_PREFIX", "base64", Buffer.from(SECRETS.NO_PREFIX, "base64")],
  ] as const)("takes a key in another encoding: %s", async (secret, secretEncoding, key) => {
    const { headers } = await received({ ...base, secret, secretEncoding });
    expect(headers["x-signature"]).toBe(hmac("sha256", key, BODY).digest("hex"));
  });

  it("is over a time and the body, and the time is sent", async () => {
    const { headers } = await received({ ...base, signs: ["timestamp", "body"], timestampHeader: "X-Time" });
    expect(headers["x-time"]).toMatch(/^\d{10}$/);
    const content = `${String(headers["x-time"])}.${BODY}`;
    expect(headers["x-signature"]).toBe(hmac("sha256", SECRETS.TEXT, content).digest("hex"));
  });

  it("is over parts of the request, with a separator of the target's choosing", async () => {
    const signs = ["method", "host", "path", "path_and_query", "url", "id"] as const;
    const { headers } = await received({ ...base, signs: [...signs], separator: "\n" }, "/a%20b?c=%2F&d=1");
    const { host } = new URL(target.url);
    const path = "/a%20b?c=%2F&d=1";
    const content = ["POST", host, "/a%20b", path, target.url + path, DELIVERY_ID].join("\n");
    expect(headers["x-signature"]).toBe(hmac("sha256", SECRETS.TEXT, content).digest("hex"));
  });

  it("is over nothing where there is no body", async () => {
    await sender.send({ url: `${target.url}/empty`, auth: base, request: { method: "GET", body: undefined } });
    expect(target.to("/empty")[0]?.headers["x-signature"]).toBe(hmac("sha256", SECRETS.TEXT, "").digest("hex"));
  });

  it("is not sent with a key in another encoding than the table says", async () => {
    expect(await notReady({ ...base, secretEncoding: "hex" })).toEqual([
      { kind: "not_ready", reason: "secret_invalid" },
      "TEXT is not in hex",
    ]);
  });
});

describe("AWS Signature Version 4", () => {
  const base = {
    type: "aws_sigv4",
    service: "events",
    region: "eu-central-1",
    accessKeyId: "AWS_ID",
    secretAccessKey: "AWS_KEY",
  } as const;

  /** The Authorization header that aws4 makes of a request that came. */
  function signed({ method, path, headers, body }: ReceivedRequest, auth: Authentication & { type: "aws_sigv4" }) {
    const names = /SignedHeaders=([^,]+)/.exec(String(headers.authorization))?.[1]?.split(";") ?? [];
    const again = Object.fromEntries(names.map((name) => [name, String(headers[name])]));
    // It would sign these as well, which it adds by itself.
    const extraHeadersToIgnore = { "content-length": true, "content-type": true };
    const { service, region } = auth;
    const options = { method, path, headers: again, body, service, region, extraHeadersToIgnore };
    const session = auth.sessionToken === undefined ? {} : { sessionToken: SECRETS.AWS_SESSION };
    const credentials = { accessKeyId: SECRETS.AWS_ID, secretAccessKey: SECRETS.AWS_KEY, ...session };
    return { names, authorization: String(aws4.sign(options, credentials).headers?.["Authorization"]) };
  }

  const json = [["content-type", ["application/x-amz-json-1.1"]]] satisfies [string, string[]][];
  it.each<[string, Authentication & { type: "aws_sigv4" }, string, object]>([
    ["EventBridge", base, "/", { headers: [...json, ["x-amz-target", ["AWSEvents.PutEvents"]]] }],
    ["a session", { ...base, sessionToken: "AWS_SESSION" }, "/", {}],
    ["a path and a query in odd characters", { ...base, service: "execute-api" }, "/a%20b/c?z=%2F%20é&a=1&a=0", {}],
    ["no body", { ...base, service: "execute-api" }, "/things", { method: "GET", body: undefined }],
    ["S3, with the body's hash", { ...base, service: "s3" }, "/bucket/key", { method: "PUT" }],
  ])("is as aws4 makes it: %s", async (_name, auth, path, request) => {
    const got = await received(auth, path, request);
    const { names, authorization } = signed(got, auth);
    expect(names).toEqual(expect.arrayContaining(["host", "idempotency-key", "x-amz-date"]));
    expect(got.headers.authorization).toBe(authorization);
    if (auth.sessionToken !== undefined) expect(names).toContain("x-amz-security-token");
  });

  it("differs with another body", async () => {
    const got = await received(base);
    expect(got.headers.authorization).not.toBe(signed({ ...got, body: "{}" }, base).authorization);
  });
});

describe("a query parameter with a secret", () => {
  it.each([
    ["/hook", "/hook?api+key=schl%C3%BCssel-1234"],
    ["/hook?v=1", "/hook?v=1&api+key=schl%C3%BCssel-1234"],
  ])("stands behind %s, percent-encoded", async (path, expected) => {
    const { path: got } = await received({ type: "query", name: "api key", secret: "TEXT" }, path);
    expect(got).toBe(expected.replace("api+key", "api%20key"));
  });
});

describe("what is sent", () => {
  it("says who sends, which delivery it is and how many Signalboxes it came through", async () => {
    const { headers } = await received({ type: "none" });
    expect(headers).toMatchObject({ "idempotency-key": DELIVERY_ID, "signalbox-hops": "1" });
    expect(headers["user-agent"]).toMatch(/^Signalbox\//);
  });

  it("proves its sender in place of a header of the same name", async () => {
    const auth: Authentication = { type: "bearer", secret: "HEX" };
    const { headers } = await received(auth, "/hook", { headers: [["authorization", ["Bearer other"]]] });
    expect(headers.authorization).toBe(`Bearer ${SECRETS.HEX}`);
  });
});

describe("an mTLS binding", () => {
  it("that is not there holds the delivery", async () => {
    expect(await notReady({ type: "none", mtls: "MTLS_CRM" })).toEqual([
      { kind: "not_ready", reason: "binding_missing" },
      "there is no mTLS binding MTLS_CRM",
    ]);
  });
});
