// Hooks whose address is the secret: it stays below its URL, and nothing of it is kept.

import { beforeEach, describe, expect, it, vi } from "vitest";
import { isPathSecret } from "../../../src/delivery/path-secret.ts";
import { send, type Sending } from "../../../src/delivery/send.ts";
import { mockTarget } from "./target.ts";

beforeEach(() => {
  vi.restoreAllMocks();
});

const SENDING: Sending = {
  request: {
    method: "POST",
    url: ["https://hooks.example.com/services/", { $secret: "HOOK_PATH", as: "path" }],
    headers: [["content-type", ["application/json"]]],
    body: ["{}"],
  },
  auth: { type: "none" },
  timeoutMs: 1_000,
  idempotencyKey: "so_1.hook",
};

async function sendTo(secret: string | undefined, answer = "ok") {
  const calls = mockTarget(() => new Response(answer, { status: 400 }));
  return { sent: await send(SENDING, { HOOK_PATH: secret }), urls: calls.map(({ url }) => url) };
}

const SLACK = "T01234567/B01234567/nSAMPLEsampleSAMPLEsample";

describe("a path secret", () => {
  it.each([
    ["a path of several segments", SLACK],
    ["a path with a query", "workflows/abc/triggers/manual?api-version=2016-06-01&sig=aB_c-d"],
    ["a path with escapes", "a%20b/%C3%A9"],
    ["signs that paths have", "a~b!c$d&e(f)*g+h,i;j=k:l@m"],
    ["dots in names", "v1.0/.well-known/a..b/..."],
    ["dots in the query", "a?b=../c"],
    ["a slash at the end", "abc/"],
  ])("is put behind the URL as it is: %s", async (_name, secret) => {
    const { urls } = await sendTo(secret);
    expect(urls).toEqual([`https://hooks.example.com/services/${secret}`]);
  });

  it.each([
    ["a way up", "../x"],
    ["a way up in the middle", "a/../x"],
    ["a way up at the end", "a/.."],
    ["a way up before the query", "a/..?b"],
    ["a way up, with an encoded slash", "..%2fx"],
    ["a way up, with an encoded slash in capitals", "a%2F..%2Fx"],
    ["a way up, with an encoded backslash", "..%5cx"],
    ["a way up, encoded", "%2e%2e/x"],
    ["a way up, half encoded", ".%2E/x"],
    ["a step on the spot", "./x"],
    ["a fragment", "abc#def"],
    ["a backslash", "..\\x"],
    ["a line feed", "abc\ndef"],
    ["a line feed at its end, as copied from a file", "abc\n"],
    ["a carriage return", "abc\rdef"],
    ["a tab", "abc\tdef"],
    ["a space", "abc def"],
    ["a NUL", "abc\u0000"],
    ["a quote", 'abc"def'],
    ["an angle bracket", "abc<def"],
    ["a letter beyond ASCII", "abcé"],
  ])("is not sent with %s", async (_name, secret) => {
    expect(isPathSecret(secret)).toBe(false);
    expect(await sendTo(secret)).toEqual({
      sent: {
        result: { kind: "refused", reason: "request_invalid" },
        ambiguous: false,
        detail: "a secret that is part of the URL's path has characters that cannot stand there",
      },
      urls: [],
    });
  });

  it("is not sent with a query where the URL goes on with one", async () => {
    const calls = mockTarget(200);
    const request = { ...SENDING.request, url: [...SENDING.request.url, "?wait=true"] };
    const { result } = await send({ ...SENDING, request }, { HOOK_PATH: "abc?sig=def" });
    expect(result).toEqual({ kind: "refused", reason: "request_invalid" });
    await send({ ...SENDING, request }, { HOOK_PATH: "abc" });
    expect(calls.map(({ url }) => url)).toEqual(["https://hooks.example.com/services/abc?wait=true"]);
  });

  it("changes neither host nor scheme, whatever it is", async () => {
    for (const secret of ["//evil.example/x", "@evil.example/", ":443/x", "https://evil.example/"]) {
      const { urls } = await sendTo(secret);
      expect(urls.map((url) => new URL(url).origin)).toEqual(["https://hooks.example.com"]);
    }
  });

  it("counts as missing when it is not set, or empty", async () => {
    const missing = {
      result: { kind: "not_ready", reason: "secret_missing" },
      ambiguous: false,
      detail: "the secret HOOK_PATH is not set",
    };
    for (const secret of [undefined, ""]) expect(await sendTo(secret)).toEqual({ sent: missing, urls: [] });
  });
});

describe("an answer that repeats a path secret", () => {
  const POWER = "workflows/0123456789abcdef/triggers/manual?sig=aB_c-d'eF.gH01";

  it.each([
    ["whole", SLACK, `no service ${SLACK}`],
    ["behind the URL", SLACK, `POST /services/${SLACK} not found`],
    ["with escaped slashes", SLACK, `{"path":"\\/services\\/${SLACK.replaceAll("/", "\\/")}"}`],
    ["encoded", SLACK, `?next=${encodeURIComponent(SLACK)}`],
    ["encoded in small letters", SLACK, `?next=${encodeURIComponent(SLACK).replaceAll("%2F", "%2f")}`],
    ["by its last segment", SLACK, "no_service: nSAMPLEsampleSAMPLEsample"],
    ["by a segment in base64", SLACK, btoa("nSAMPLEsampleSAMPLEsample")],
    ["by a value of its query", POWER, "the signature aB_c-d'eF.gH01 is wrong"],
    ["as it is written when it is sent", POWER, "the signature aB_c-d%27eF.gH01 is wrong"],
    ["decoded", "a%20long%2Dpath/12345678", "no hook a long-path/12345678"],
    ["decoded, by a segment", "a%20long%2Dpath/12345678", "no hook a long-path"],
  ])("is kept without it, %s", async (_name, secret, answer) => {
    const { sent } = await sendTo(secret, answer);
    expect(sent.excerpt).toContain("[secret]");
    for (const piece of secret.split(/[/?=]/).filter((part) => part.length >= 8)) {
      expect(sent.excerpt).not.toContain(piece);
      expect(sent.excerpt).not.toContain(decodeURIComponent(piece));
    }
  });

  it("is masked in what a failed connection says, too", async () => {
    vi.spyOn(globalThis, "fetch").mockRejectedValue(new TypeError(`cannot connect to /services/${SLACK}`));
    expect(await send(SENDING, { HOOK_PATH: SLACK })).toEqual({
      result: { kind: "unreachable" },
      ambiguous: false,
      detail: "cannot connect to /services/[secret]",
    });
  });
});
