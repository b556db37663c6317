// What follows from each status, and what is kept of answers that repeat our secrets: cases 53 to 60 of the list of
// hostile inputs.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SECRETS, startOutbound, tell, type Outbound } from "./outbound.ts";
import type { RawTarget } from "./raw-target.ts";
import type { Sender } from "./send-in-workerd.ts";
import { startTarget, status, type Behaviour, type Target } from "./target.ts";

let target: Target;
let raw: RawTarget;
let local: Sender;
let attempt: Outbound["attempt"];
let stop: Outbound["stop"];

beforeAll(async () => {
  ({ target, raw, local, attempt, stop } = await startOutbound());
});
afterAll(async () => stop());

describe("statuses", () => {
  const now = Date.UTC(2026, 10, 24, 12);

  it.each([
    ["120", 120],
    ["120.6", 121],
    ["Tue, 24 Nov 2026 12:01:00 GMT", 60],
    ["Tue, 24 Nov 2026 11:00:00 GMT", 0],
    ["-5", 0],
    ["0x10", 0],
    ["1000000000", 86_400],
    ["invalid", 0],
    ["1, 2", 0],
  ])("case 53: 429 with Retry-After: %s", async (retryAfter, seconds) => {
    const sent = await attempt(status(429, { "retry-after": retryAfter, "x-ratelimit-remaining": "0" }));
    const line = `answered 429 → retry target_unavailable${seconds === 0 ? "" : ` after ${seconds} s`}`;
    expect(tell(53, `Retry-After: ${retryAfter}`, sent, undefined, now)).toBe(line);
    expect(sent.result).toMatchObject({ retryAfter, answer: { headers: { "x-ratelimit-remaining": "0" } } });
  });

  it("case 53: two Retry-After", async () => {
    raw.behave((s) => s.end("HTTP/1.1 429 Slow\r\nretry-after: 1\r\nretry-after: 2\r\ncontent-length: 0\r\n\r\n"));
    const sent = await local.send({ url: raw.url });
    expect(tell(53, "two Retry-After", sent)).toBe("answered 429 → retry target_unavailable");
  });

  it.each([
    ...[408, 425, 500, 502, 503, 504, 520, 529].map((code) => [54, code, "retry target_unavailable"] as const),
    ...[501, 505].map((code) => [54, code, "failed target_rejected"] as const),
    ...[400, 404, 405, 406, 409, 413, 415, 422].map((code) => [55, code, "failed target_rejected"] as const),
    ...[401, 403].map((code) => [56, code, "credentials target_credentials"] as const),
    [57, 410, "gone target_gone"] as const,
  ])("case %s: %s", async (number, code, verdict) => {
    const line = tell(number, `status ${code}`, await attempt(status(code)));
    expect(line.replace(", ambiguous", "")).toBe(`answered ${code} → ${verdict}`);
  });

  it("case 56: 401 has a token replaced once, and case 58: an endpoint that is down holds the delivery", async () => {
    const tokens = await startTarget();
    tokens.behave((res, _request, count) => void res.end(`{"access_token":"token-${count}","expires_in":3600}`));
    const auth = {
      type: "oauth2_client_credentials",
      tokenUrl: `${tokens.url}/token`,
      clientId: "AWS_ID",
      clientSecret: "AWS_KEY",
    } as const;
    const refused = await attempt(status(401), "/token-refused", { auth });
    expect(tell(56, "401, with a token", refused)).toBe("answered 401 → credentials target_credentials");
    expect([tokens.requests.length, target.to("/token-refused").length, refused.tokenRefreshed]).toEqual([2, 2, true]);
    tokens.behave((res) => void res.writeHead(200, { "content-type": "text/html" }).end("<html>"));
    const held = await attempt(status(200), "/held", { auth: { ...auth, scope: "other" } });
    await tokens.stop();
    expect(tell(58, "a token endpoint in HTML", held)).toBe("not_ready → not_ready token_unavailable");
    expect(target.to("/held")).toHaveLength(0);
  });

  it("case 59: a signature that AWS does not take is a matter of credentials", async () => {
    const auth = {
      type: "aws_sigv4",
      service: "events",
      region: "eu-central-1",
      accessKeyId: "AWS_ID",
      secretAccessKey: "AWS_KEY",
    } as const;
    const skewed: Behaviour = (res) => void res.writeHead(403).end('{"__type":"InvalidSignatureException"}');
    const sent = await attempt(skewed, "/aws", { auth });
    expect(tell(59, "403 InvalidSignatureException", sent)).toBe("answered 403 → credentials target_credentials");
    expect(JSON.stringify(sent)).not.toContain(SECRETS.AWS_KEY);
  });
});

describe("targets that repeat our secrets", () => {
  const key = SECRETS.CRM_KEY;
  const hex = Buffer.from(key).toString("hex");

  it.each<[string, string]>([
    ["as it is", key],
    ["in JSON", JSON.stringify({ key })],
    ["in JSON all in ASCII", JSON.stringify({ key }).replaceAll("é", String.raw`\u00e9`)],
    ["in JSON that is safe in HTML", JSON.stringify({ key }).replaceAll("&", String.raw`\u0026`)],
    ["in HTML", `<p>${key.replaceAll("&", "&amp;").replaceAll('"', "&quot;")}</p>`],
    ["in a URL", encodeURIComponent(key)],
    ["in a URL with small digits", encodeURIComponent(key).toLowerCase()],
    ["in a form", new URLSearchParams({ key }).toString()],
    ["in base64", Buffer.from(key).toString("base64")],
    ["in base64 for URLs", Buffer.from(key).toString("base64url")],
    ["in base64 of the header", Buffer.from(`authorization: Bearer ${key}\n`).toString("base64")],
    ["in hexadecimal", hex],
    ["in hexadecimal with capitals", hex.toUpperCase()],
  ])("case 60: %s", async (what, text) => {
    const auth = { type: "query", name: "key", secret: "CRM_KEY" } as const;
    const inHeader = Buffer.from(text).toString("latin1");
    const sent = await attempt((res) => void res.writeHead(400, { "x-echo": inHeader }).end(text), "/echo", { auth });
    expect(target.requests.at(-1)?.path).toBe(`/echo?key=${encodeURIComponent(key)}`);
    tell(60, `echoed ${what}`, sent);
    expect(sent.excerpt).toContain("[secret]");
    expect(sent.excerpt).not.toContain(text);
    const header = Object.fromEntries(sent.headers ?? [])["x-echo"];
    expect(header).toContain("[secret]");
    expect(header).not.toContain(text);
  });

  it("case 60: in a redirect, a header's name, and across the end of what is kept", async () => {
    const secret = SECRETS.PATH.slice(10);
    const auth = { type: "query", name: "key", secret: "PATH" } as const;
    const headers = { location: `https://x.example/${encodeURIComponent(SECRETS.PATH)}`, [`x-${secret}`]: "1" };
    const text = "a".repeat(19_990) + SECRETS.PATH;
    const sent = await attempt((res) => void res.writeHead(302, headers).end(text), "/echo", { auth });
    tell(60, "echoed in a redirect", sent);
    expect(sent.detail).toBe("not followed: https://x.example/…");
    expect(sent.headers).toContainEqual(["location", "https://x.example/[secret]"]);
    expect(sent.excerpt?.endsWith("a[secret]")).toBe(true);
  });
});
