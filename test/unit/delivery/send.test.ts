import { describe, expect, it, vi } from "vitest";
import { callTarget, mayHaveBeenSent } from "../../../src/delivery/call-target.ts";
import { HOPS_HEADER, readHops } from "../../../src/hops.ts";
import { excerptOf, headersOf, hostOfLocation, redactedLocation } from "../../../src/delivery/read-answer.ts";
import { reservedHeaderIssue } from "../../../src/delivery/reserved-headers.ts";
import { createScrubber } from "../../../src/delivery/scrub.ts";
import { send, type Sending } from "../../../src/delivery/send.ts";
import { mockTarget } from "./target.ts";

const SENDING: Sending = {
  request: { method: "POST", url: ["https://crm.example.com/hook"], headers: [], body: ["{}"] },
  auth: { type: "none" },
  timeoutMs: 1_000,
  idempotencyKey: "so_1.crm",
};

const asItIs = (text: string): string => text;

describe("a target behind an mTLS binding", () => {
  const auth = { type: "bearer", secret: "CRM_KEY", mtls: "MTLS_CRM" } as const;

  it("is called through it, with the rest of its authentication, and through nothing else", async () => {
    const calls = mockTarget(500);
    const binding = { fetch: vi.fn(async (_url: string, _init: RequestInit) => new Response("ok")) };
    const sent = await send({ ...SENDING, auth }, { MTLS_CRM: binding, CRM_KEY: "key-1234" });
    expect(sent).toMatchObject({ result: { kind: "answered", status: 200 }, excerpt: "ok", ambiguous: false });
    const [url, init] = binding.fetch.mock.calls[0] ?? [];
    expect(url).toBe("https://crm.example.com/hook");
    expect(new Headers(init?.headers).get("authorization")).toBe("Bearer key-1234");
    expect(init?.redirect).toBe("manual");
    expect(calls).toEqual([]);
  });

  it.each([
    ["is not there", {}],
    ["is a text", { MTLS_CRM: "fetch" }],
    ["has no fetch", { MTLS_CRM: { get: () => undefined } }],
    ["is null", { MTLS_CRM: null }],
  ])("waits while the binding %s", async (_name, env) => {
    const calls = mockTarget(200);
    expect(await send({ ...SENDING, auth }, { CRM_KEY: "key-1234", ...env })).toEqual({
      result: { kind: "not_ready", reason: "binding_missing" },
      detail: "there is no mTLS binding MTLS_CRM",
      ambiguous: false,
    });
    expect(calls).toEqual([]);
  });
});

describe("redactedLocation", () => {
  it.each([
    ["https://a.example/b?token=c#d", "https://a.example/b?…"],
    ["https://user:pass@a.example/", "https://a.example/"],
    ["https://аpi.braze.com/x", "https://xn--pi-6kc.braze.com/x"],
    ["/login?next=x", "/login?…"],
    ["//evil.example/x", "//evil.example/x"],
    ["javascript:alert(1)", "javascript:alert(1)"],
    ["", ""],
  ])("shows %s as %s", (location, shown) => {
    expect(redactedLocation(location)).toBe(shown);
  });
});

describe("excerptOf", () => {
  it("keeps 20,000 bytes and cuts no character in two", () => {
    const kept = (text: string): string => excerptOf({ text, whole: true }, asItIs);
    expect(kept(`${"a".repeat(19_999)}é`)).toBe("a".repeat(19_999));
    expect(kept(`${"a".repeat(19_998)}éb`)).toBe(`${"a".repeat(19_998)}é`);
    expect(kept(`${"a".repeat(19_997)}🎟`)).toBe("a".repeat(19_997));
    expect(kept("\ufeffa")).toBe("\ufeffa");
  });

  it("has no half of a secret where no more was read", () => {
    const scrub = createScrubber(["key-1234-5678"]);
    expect(excerptOf({ text: "key-1234-5678 key-1234", whole: false }, scrub)).toBe("[secret] [secret]");
    expect(excerptOf({ text: "key-1234-5678 key-1234", whole: true }, scrub)).toBe("[secret] key-1234");
  });
});

describe("hostOfLocation", () => {
  it.each([
    ["https://user:pass@a.example/zoe@example.com?token=c#d", "https://a.example/…"],
    ["http://a.example:8080", "http://a.example:8080/…"],
    ["/contacts/zoe@example.com", "elsewhere on the same host"],
    ["mailto:zoe@example.com", "elsewhere on the same host"],
    ["https://", "elsewhere on the same host"],
  ])("shows of %s nothing but %s", (location, shown) => {
    expect(hostOfLocation(location)).toBe(shown);
  });
});

describe("headersOf", () => {
  it("keeps no cookie, names and values without secrets", () => {
    const headers = new Headers({ "set-cookie": "a=b", "x-key-1234": "key-1234", "content-type": "text/plain" });
    expect(headersOf(headers, createScrubber(["key-1234"]))).toEqual([
      ["content-type", "text/plain"],
      ["x-[secret]", "[secret]"],
    ]);
  });

  it("masks before it cuts, so that no part of a secret stays", () => {
    const headers = new Headers({ "x-a": `${"a".repeat(4_085)}key-1234` });
    const [[, value] = ["", ""]] = headersOf(headers, createScrubber(["key-1234"]));
    expect(value.slice(4_080)).toBe("aaaaa[secret]".slice(0, 13));
  });
});

describe("mayHaveBeenSent", () => {
  it.each([
    [new Error("Network connection lost."), true],
    [new Error("The script will never generate a response."), true],
    ["text", true],
    [new Error("internal error; reference = abc"), false],
    [new TypeError("Invalid URL"), false],
  ])("of %s: %s", (error, expected) => {
    expect(mayHaveBeenSent(error)).toBe(expected);
  });

  it("is so of whatever goes wrong once there was an answer", async () => {
    const body = new ReadableStream({ pull: (controller) => controller.error(new Error("internal error; x")) });
    const fetcher = async () => new Response(body);
    expect(await callTarget("https://crm.example.com/", {}, 1_000, [], fetcher)).toMatchObject({
      result: { kind: "unreachable" },
      ambiguous: true,
    });
  });
});

describe("readHops", () => {
  it.each([
    [undefined, 0],
    ["0", 0],
    ["2", 2],
    ["03", 3],
    ["99", 99],
    ["100", 0],
    ["-1", 0],
    ["1.5", 0],
    ["0x1", 0],
    ["1, 2", 0],
    ["", 0],
  ])("reads %s as %s", (value, hops) => {
    expect(readHops(new Headers(value === undefined ? {} : { [HOPS_HEADER]: value }))).toBe(hops);
  });
});

describe("reservedHeaderIssue", () => {
  it.each(["x-amz-target", "x-api-key", "cookie", "accept", "authorization", "x-goog-user-project", "x-forwarded"])(
    "lets %s pass",
    (name) => {
      expect(reservedHeaderIssue(name)).toBeUndefined();
    },
  );

  it.each([
    "Webhook-Signature",
    "signalbox-hops",
    "X-Forwarded-For",
    "Metadata-Flavor",
    "X-aws-ec2-metadata-token",
    "Access-Control-Request-Method",
    "X-Amz-Date",
  ])("reserves %s", (name) => {
    expect(reservedHeaderIssue(name)).toMatch(/ is reserved: /);
  });
});
