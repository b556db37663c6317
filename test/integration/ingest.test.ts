// What an inlet takes in and what it refuses, over real HTTP.

import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { json } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSendout } from "../fixtures/sendout.ts";
import { SECRETS, startSignalbox, type Signalbox } from "./signalbox.ts";

let signalbox: Signalbox;

beforeAll(async () => {
  signalbox = await startSignalbox();
  await signalbox.publish({
    inlets: {
      voucherify: { auth: { secrets: ["VOUCHERIFY_SECRET", "VOUCHERIFY_SECRET_OLD"] } },
      unset: { auth: { secrets: ["NOBODY_SET_THIS"] } },
      open: { auth: "none" },
    },
    targets: {},
    routes: [],
  });
});

afterAll(async () => signalbox.stop());

const sendout = (): string => JSON.stringify(createSendout());

const BODY_BYTES_MAX = 2 * 1024 * 1024;
const TOO_LARGE = { status: 413, code: "body_too_large" };

/**
 * What the open inlet answers a request with whose body has begun and never ends. `fetch` would take part in
 * a race: a server that answers and hangs up while a body is being sent looks to it like one that broke down.
 */
async function answerTo(headers: Record<string, string>, beginning: string): Promise<unknown> {
  const asked = request(new URL("/in/open", signalbox.url), { method: "POST", headers });
  asked.flushHeaders();
  if (beginning !== "") asked.write(beginning);
  const [answer] = (await once(asked, "response")) as [IncomingMessage]; // what node:http emits there
  const problem = await json(answer);
  asked.on("error", () => undefined).destroy();
  return problem;
}

describe("POST /in/<inlet> refuses", () => {
  it.each([
    ["an unsigned sendout", async () => signalbox.post(sendout()), 401, "signature_invalid"],
    [
      "a forged signature",
      async () => signalbox.post(sendout(), { "x-voucherify-signature": "a".repeat(64) }),
      401,
      "signature_invalid",
    ],
    ["an unknown inlet", async () => signalbox.post(sendout(), {}, "nowhere"), 404, "inlet_unknown"],
    ["an inlet named like a property", async () => signalbox.post(sendout(), {}, "__proto__"), 404, "inlet_unknown"],
    ["an inlet whose secret is not set", async () => signalbox.post(sendout(), {}, "unset"), 503, "inlet_unconfigured"],
  ])("%s", async (_name, post, status, code) => {
    const answer = await post();
    expect([answer.status, await answer.json()]).toMatchObject([status, { status, code }]);
  });

  it.each(["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])("the method %s, and names the right one", async (method) => {
    const answer = await fetch(new URL("/in/voucherify", signalbox.url), { method });
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, "POST"]);
  });

  it("a body of 2 MiB and one byte, before it is sent", async () => {
    expect(await answerTo({ "content-length": String(BODY_BYTES_MAX + 1) }, "")).toMatchObject(TOO_LARGE);
  });

  it("a body that goes on past the limit without saying how long it is", async () => {
    expect(await answerTo({ "transfer-encoding": "chunked" }, "x".repeat(BODY_BYTES_MAX + 1))).toMatchObject(TOO_LARGE);
  });

  it("nothing for good: with Retry-After when the secret is not set", async () => {
    const answer = await signalbox.post(sendout(), {}, "unset");
    expect(answer.headers.get("retry-after")).toMatch(/^\d+$/);
  });
});

describe("POST /in/<inlet> accepts", () => {
  it("a body of exactly 2 MiB", async () => {
    const found = await signalbox.accept("x".repeat(2 * 1024 * 1024));
    expect(found).toMatchObject({ state: "quarantined", reason: "body_not_json" });
  });

  it("an unsigned sendout where the inlet says in so many words that it wants no signature", async () => {
    expect((await signalbox.post(sendout(), {}, "open")).status).toBe(202);
  });

  it("a pretty-printed sendout signed over its compact form", async () => {
    const compact = createSendout();
    const { signBody } = await import("../../src/voucherify/signature.ts");
    const signature = await signBody(new TextEncoder().encode(JSON.stringify(compact)), SECRETS.VOUCHERIFY_SECRET);
    const pretty = JSON.stringify(compact, null, 2);
    expect((await signalbox.post(pretty, { "x-voucherify-signature": signature })).status).toBe(202);
  });

  it("a chunked body without content-length", async () => {
    const body = new Blob([sendout()]).stream();
    const answer = await fetch(new URL("/in/open", signalbox.url), { method: "POST", body, duplex: "half" });
    expect(answer.status).toBe(202);
  });
});

describe("an authentic body that cannot be understood is accepted and quarantined", () => {
  const deep = "[".repeat(100_000);
  it.each([
    ["empty", "", "body_empty"],
    ["null", "null", "body_not_object"],
    ["an array", "[]", "body_not_object"],
    ["a string", '"text"', "body_not_object"],
    ["a number", "42", "body_not_object"],
    ["not JSON", "hello", "body_not_json"],
    ["truncated JSON", '{"id":"whs_1","data":{', "body_not_json"],
    ["invalid UTF-8", new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), "body_not_utf8"],
    ["100,000 levels deep", `${deep}${"]".repeat(100_000)}`, "body_too_deep"],
    ["100,000 levels deep and truncated", deep, "body_too_deep"],
    ["an object without an envelope", '{"code":"A-1"}', "envelope_missing"],
    [
      "only hostile keys",
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
      "envelope_missing",
    ],
    [
      "a v2018-08-01 body",
      '{"object":"event","id":"event_1","type":"voucher.published","data":{"object":{}}}',
      "envelope_invalid",
    ],
  ])("%s", async (_name, body, reason) => {
    const found = await signalbox.accept(body);
    expect(found).toMatchObject({ state: "quarantined", reason, deliveries: [] });
    const expected = typeof body === "string" ? body : Buffer.from(body).toString("base64");
    expect(found.payload.content).toBe(expected);
  });

  it("compressed", async () => {
    const body = new Uint8Array(gzipSync(sendout()));
    const answer = await signalbox.postSigned(body, { "content-encoding": "gzip" });
    const { id } = (await answer.json()) as { id: string };
    expect(await signalbox.sendout(id)).toMatchObject({ state: "quarantined", reason: "body_compressed" });
  });

  it("and the queue goes on: the next good one is handled", async () => {
    await signalbox.accept("not json");
    expect(await signalbox.accept(sendout())).toMatchObject({ state: "unrouted" });
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });

  it("and the list of quarantined sendouts has them", async () => {
    const { id } = await signalbox.accept("not json at all");
    const answer = await signalbox.admin("GET", "/sendouts?state=quarantined&limit=200");
    const { sendouts } = (await answer.json()) as { sendouts: { id: string }[] };
    expect(sendouts.map((one) => one.id)).toContain(id);
  });
});

describe("a content-length that lies", () => {
  /** Sends raw HTTP, ends the sending side, and returns what comes back. */
  const raw = async (head: string[], body: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(Number(signalbox.url.port), signalbox.url.hostname);
      let answer = "";
      socket.on("data", (chunk: Buffer) => (answer += chunk.toString()));
      socket.on("close", () => resolve(answer));
      socket.on("error", reject);
      socket.end(
        [`POST /in/open HTTP/1.1`, `Host: ${signalbox.url.host}`, "Connection: close", ...head, "", body].join("\r\n"),
      );
    });

  it("with more than comes: is not accepted", async () => {
    expect(await raw(["Content-Length: 500"], '{"a":1}')).not.toMatch(/^HTTP\/1\.1 2/);
  });

  it("with less than comes: only what was announced counts as the body", async () => {
    expect(await raw(["Content-Length: 7"], '{"a":1}{"b":2}')).toMatch(/^HTTP\/1\.1 202/);
  });

  it("that is no number: is refused", async () => {
    expect(await raw(["Content-Length: many"], '{"a":1}')).toMatch(/^HTTP\/1\.1 400/);
  });
});
