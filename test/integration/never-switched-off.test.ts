// Voucherify switches a webhook off after twelve failed tries. Here its stand-in posts one authentic but unreadable body
// after the other at the built Worker: every one must be taken at the first try and be visible afterwards, as it was.

import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSendout } from "../fixtures/sendout.ts";
import type { Sendout } from "../voucherify/sendout.ts";
import { SECRETS, startSignalbox, type Signalbox } from "./signalbox.ts";
import { createVoucherify, DAY_MS, valueOf } from "./voucherify.ts";

interface Case {
  name: string;
  body: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
  /** Null when it can be read after all. */
  reason: string | null;
}

const bytes = (source: ArrayLike<number>): Uint8Array<ArrayBuffer> => Uint8Array.from(source);

/** A good sendout with one part replaced. */
const envelope = (part: object = {}): string => JSON.stringify({ ...createSendout(), ...part });

/** A good sendout whose data is the given JSON text, which need not be what `JSON.stringify` would write. */
const around = (data: string): string => envelope({ data: null }).replace('"data":null', () => `"data":${data}`);

const LARGE_BYTES = 1_900_000;
const large = randomBytes(LARGE_BYTES / 2).toString("hex");
/** Every byte above 127, so that chance makes no brackets or quotes of it. */
const noise = randomBytes(LARGE_BYTES).map((byte) => byte | 0x80);
const deep = "[".repeat(100_000) + "]".repeat(100_000);

const UNREADABLE: Case[] = [
  { name: "0 bytes", body: "", reason: "body_empty" },
  { name: "only whitespace", body: " \r\n\t ", reason: "body_not_json" },
  { name: "only a byte order mark", body: bytes([0xef, 0xbb, 0xbf]), reason: "body_not_json" },
  { name: "not UTF-8", body: bytes([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]), reason: "body_not_utf8" },
  { name: "UTF-8 cut in a character", body: bytes([0x7b, 0x22, 0xc5]), reason: "body_not_utf8" },
  { name: "surrogates as UTF-8", body: bytes([0x22, 0xed, 0xa0, 0x80, 0x22]), reason: "body_not_utf8" },
  { name: "UTF-16", body: bytes(Buffer.from('{"id":"whs_1"}', "utf16le")), reason: "body_not_json" },
  { name: "truncated JSON", body: envelope().slice(0, -40), reason: "body_not_json" },
  { name: "two JSON values", body: "{}\n{}", reason: "body_not_json" },
  { name: "NaN", body: '{"amount":NaN}', reason: "body_not_json" },
  { name: "a form", body: "payload=%7B%7D&token=1", reason: "body_not_json" },
  { name: "HTML", body: "<!doctype html><title>502 Bad Gateway</title>", reason: "body_not_json" },
  { name: "1.9 MB of noise", body: bytes(noise), reason: "body_not_utf8" },
  { name: "a JSON array", body: "[{}]", reason: "body_not_object" },
  { name: "null", body: "null", reason: "body_not_object" },
  { name: "a string", body: '"{}"', reason: "body_not_object" },
  { name: "1e999 alone", body: "1e999", reason: "body_not_object" },
  { name: "100,000 levels", body: deep, reason: "body_too_deep" },
  { name: "100,000 levels in the data", body: around(deep), reason: "body_too_deep" },
  {
    name: "gzip",
    body: bytes(gzipSync(envelope())),
    headers: { "content-encoding": "gzip" },
    reason: "body_compressed",
  },
  { name: "called gzip", body: envelope(), headers: { "content-encoding": "gzip" }, reason: "body_compressed" },
  { name: "gzip, not said", body: bytes(gzipSync(envelope())), reason: "body_not_utf8" },
  { name: "an empty object", body: "{}", reason: "envelope_missing" },
  { name: "1e999 without an envelope", body: '{"amount":1e999}', reason: "envelope_missing" },
  { name: "lone surrogates", body: String.raw`{"\ud800":"\udfff"}`, reason: "envelope_missing" },
  { name: "hostile keys", body: '{"__proto__":{"a":1},"constructor":{"prototype":{}}}', reason: "envelope_missing" },
  { name: "1.9 MB without an envelope", body: `{"noise":"${large}"}`, reason: "envelope_missing" },
  { name: "data null", body: envelope({ data: null }), reason: "envelope_invalid" },
  { name: "an event that is a list", body: envelope({ event: [] }), reason: "envelope_invalid" },
  { name: "an event without a type", body: envelope({ event: { id: "evred_1" } }), reason: "envelope_invalid" },
  { name: "1e999 for an id", body: envelope({ id: 0 }).replace('"id":0', '"id":1e999'), reason: "envelope_invalid" },
  { name: "half a v2018-08-01 body", body: '{"object":"event","data":{"object":{}}}', reason: "envelope_invalid" },
];

const READABLE: Case[] = [
  { name: "1e999 in the data", body: around('{"amount":1e999,"less":-1e999}'), reason: null },
  { name: "lone surrogates in the data", body: around(String.raw`{"\ud800":"\udfff"}`), reason: null },
  { name: "hostile keys in the data", body: around('{"__proto__":{"a":1},"toString":1}'), reason: null },
  { name: "a key twice", body: around('{"a":1,"a":{"b":2}}'), reason: null },
  { name: "NUL in the data", body: around(String.raw`{"a":"\u0000"}`), reason: null },
  { name: "a byte order mark", body: `\uFEFF${envelope()}`, reason: null },
  {
    name: "an event type like a property",
    body: envelope({ event: { ...createSendout().event, type: "__proto__" } }),
    reason: null,
  },
  { name: "1.9 MB of data", body: around(`{"noise":"${large}"}`), reason: null },
];

let signalbox: Signalbox;

beforeAll(async () => {
  signalbox = await startSignalbox();
});

afterAll(async () => signalbox.stop());

/** A Voucherify that signs with the secret that the router knows unless told otherwise. */
function setUp(secret: string = SECRETS.VOUCHERIFY_SECRET) {
  return createVoucherify({ targetUrl: new URL("/in/voucherify", signalbox.url).href, secret });
}

/** The statuses that a sendout's tries got. */
function answers({ attempts }: Readonly<Sendout>): unknown[] {
  return attempts.map((attempt) => ("status" in attempt ? attempt.status : attempt.error));
}

/** The sendout in Signalbox that a try was answered with. */
async function visible({ attempts }: Readonly<Sendout>) {
  const last = attempts.at(-1);
  if (last === undefined || !("answer" in last)) throw new Error("the last try got no answer");
  const { id } = JSON.parse(last.answer) as { id: string }; // what a 202 says
  return signalbox.sendout(id);
}

describe("a webhook whose sendouts are authentic and odd", () => {
  const rows: Record<string, unknown>[] = [];
  const sent = new Map<string, Readonly<Sendout>>();
  let voucherify: ReturnType<typeof setUp>;
  let webhookId: string;

  beforeAll(async () => {
    voucherify = setUp();
    webhookId = voucherify.webhook().id;
    for (const { name, body, headers = {} } of [...UNREADABLE, ...READABLE]) {
      const result = await voucherify.sender.send(webhookId, { body, headers });
      if (result.ok) sent.set(name, result.value);
    }
  });

  afterAll(() => {
    console.table(rows);
  });

  it.each([...UNREADABLE, ...READABLE])("$name: is taken at the first try and visible", async ({ name, reason }) => {
    const sendout = sent.get(name);
    if (sendout === undefined) throw new Error("it was not sent: the webhook was off by then");
    expect([sendout.status, answers(sendout)]).toEqual(["sent", [202]]);
    const found = await visible(sendout);
    const { state, payload } = found;
    rows.push({
      body: name,
      bytes: sendout.body.length,
      answers: answers(sendout).join(),
      state,
      reason: found.reason,
    });
    expect(found).toMatchObject({ state: reason === null ? "unrouted" : "quarantined", reason, deliveries: [] });
    const kept = Buffer.from(payload.content, payload.encoding === "utf-8" ? "utf8" : "base64");
    expect(kept.equals(sendout.body), "the bytes as they were").toBe(true);
  });

  it("is still active, has nothing to retry, and the next event goes through", async () => {
    const { registry, sender, pass } = voucherify;
    await pass(7 * DAY_MS);
    expect(sent.size).toBeGreaterThan(12);
    expect(sender.log().map(({ attempts }) => attempts.length)).toEqual(Array.from(sent, () => 1));
    expect(registry.webhook(webhookId)?.active).toBe(true);
    const next = valueOf(await sender.send(webhookId, { event: "redemption.succeeded" }));
    expect(await visible(next)).toMatchObject({ state: "unrouted", event: { type: "redemption.succeeded" } });
  });
});

describe("a distribution with Raw payload", () => {
  it("is not paused by an inlet that does not expect it", async () => {
    const { registry, sender, distribution, send } = setUp();
    const { id } = distribution();
    for (let count = 1; count <= 13; count++) await send(id, { code: `RAW-${count}` });
    expect(sender.log().map(answers)).toEqual(Array.from({ length: 13 }, () => [202]));
    expect(registry.find(id)).toMatchObject({ paused: false });
  });
});

describe("a webhook that signs with the wrong secret", () => {
  it("is switched off by twelve sendouts in a row, and nothing of them is kept", async () => {
    const { registry, sender, webhook } = setUp("not-the-secret");
    const { id } = webhook();
    for (let count = 1; count <= 12; count++) {
      expect(registry.webhook(id)?.active).toBe(true);
      await sender.send(id, { event: "redemption.succeeded" });
    }
    expect(sender.log().map(answers)).toEqual(Array.from({ length: 12 }, () => [401]));
    expect(registry.webhook(id)?.active).toBe(false);
    expect(await sender.send(id, { event: "redemption.succeeded" })).toMatchObject({ reason: "source_stopped" });
    const listed = await signalbox.admin("GET", `/sendouts?source=${id}`);
    expect(await listed.json()).toEqual({ sendouts: [], next: null, complete: true });
  });

  it("is switched off by one sendout after a day of retries; corrected, it sends that one again", async () => {
    const { registry, sender, webhook, pass } = setUp("not-the-secret");
    const { id } = webhook();
    const sendout = valueOf(await sender.send(id, { event: "redemption.succeeded" }));
    await pass(DAY_MS);
    expect(answers(sendout)).toEqual(Array.from({ length: 13 }, () => 401));
    expect([sendout.status, registry.webhook(id)?.active]).toEqual(["failed", false]);
    registry.editWebhook(id, { secret: SECRETS.VOUCHERIFY_SECRET, active: true });
    valueOf(await sender.retry(sendout.id));
    expect([sendout.status, answers(sendout).at(-1)]).toEqual(["sent", 202]);
    expect(await visible(sendout)).toMatchObject({ state: "unrouted", event: { type: "redemption.succeeded" } });
  });
});
