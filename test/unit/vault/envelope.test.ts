// The seal: what was sealed opens again, and nothing else does.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EnvelopeSchema, fingerprintOf, open, seal, type Bound, type Envelope } from "../../../src/vault/envelope.ts";
import { createKey } from "./keys.ts";
import * as v from "valibot";

const BOUND: Bound = { name: "CRM_KEY", version: "v-1", hosts: ["https://crm.example.com"] };
const VALUE = "sk-live-4c1e77a0";
const DAMAGED = { ok: false, reason: "envelope_damaged", detail: "it does not open with its master key" };

/** The base64 with one bit turned over. */
function turnBit(base64: string, bit: number): string {
  const bytes = Uint8Array.fromBase64(base64);
  const place = Math.floor(bit / 8) % bytes.length;
  bytes[place] = (bytes[place] ?? 0) ^ (1 << (bit % 8));
  return bytes.toBase64();
}

const PARTS = ["wrapIv", "wrappedKey", "iv", "ciphertext"] as const;

describe("a sealed secret", () => {
  it("opens with its key and what it is bound to, whatever its text", async () => {
    const key = await createKey("a");
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "grapheme", maxLength: 300 }),
        fc.string({ unit: "binary" }),
        fc.option(fc.array(fc.webUrl())),
        async (value, version, hosts) => {
          const bound = { name: "CRM_KEY", version, hosts };
          expect(await open(await seal(value, bound, key), bound, key)).toEqual({ ok: true, value });
        },
      ),
    );
  });

  it("is another each time, with a key and vectors of its own, and shows nothing of the text", async () => {
    const key = await createKey("a");
    const seals = await Promise.all(Array.from({ length: 50 }, async () => seal(VALUE, BOUND, key)));
    for (const part of PARTS) expect(new Set(seals.map((envelope) => envelope[part])).size).toBe(50);
    const vectors = seals.flatMap(({ iv, wrapIv }) => [iv, wrapIv]);
    expect(new Set(vectors).size).toBe(100);
    expect(new Set(vectors.map((vector) => Uint8Array.fromBase64(vector).length))).toEqual(new Set([12]));
    expect(JSON.stringify(seals)).not.toContain(VALUE);
    expect(JSON.stringify(seals)).not.toContain(btoa(VALUE));
  });

  it("does not open when any bit of any part was turned over", async () => {
    const key = await createKey("a");
    const envelope = await seal(VALUE, BOUND, key);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...PARTS), fc.nat({ max: 600 }), async (part, bit) => {
        const changed: Envelope = { ...envelope, [part]: turnBit(envelope[part], bit) };
        expect(await open(changed, BOUND, key)).toEqual(DAMAGED);
      }),
    );
  });

  it.each<[string, Partial<Bound>]>([
    ["another name", { name: "MAIL_KEY" }],
    ["another version of itself", { version: "v-2" }],
    ["other hosts", { hosts: ["https://elsewhere.example.net"] }],
    ["more hosts", { hosts: ["https://crm.example.com", "https://elsewhere.example.net"] }],
    ["no hosts", { hosts: [] }],
    ["hosts still to come", { hosts: null }],
    // One text with commas must not pass for a list.
    ["hosts run together", { hosts: ['https://crm.example.com","https://elsewhere.example.net'] }],
  ])("does not open as %s", async (_name, other) => {
    const key = await createKey("a");
    expect(await open(await seal(VALUE, BOUND, key), { ...BOUND, ...other }, key)).toEqual(DAMAGED);
  });

  it.each(PARTS)("does not open with the %s of another secret that the same key sealed", async (part) => {
    const key = await createKey("a");
    const other = { ...BOUND, name: "MAIL_KEY" };
    const [mine, theirs] = [await seal(VALUE, BOUND, key), await seal("their-secret", other, key)];
    expect(await open({ ...mine, [part]: theirs[part] }, BOUND, key)).toEqual(DAMAGED);
  });

  it("does not open with its wrapped key and its text exchanged", async () => {
    const key = await createKey("a");
    const { wrapIv, wrappedKey, iv, ciphertext } = await seal("x".repeat(32), BOUND, key);
    const turned: Envelope = { v: 1, wrapIv: iv, wrappedKey: ciphertext, iv: wrapIv, ciphertext: wrappedKey };
    expect(await open(turned, BOUND, key)).toEqual(DAMAGED);
  });

  it.each([
    ["another key of another id", "b", "b"],
    ["another key that took its id", "a", "b"],
    ["its own key under another id", "b", "a"],
  ])("does not open with %s", async (_name, id, letter) => {
    const envelope = await seal(VALUE, BOUND, await createKey("a"));
    expect(await open(envelope, BOUND, await createKey(id, letter))).toEqual(DAMAGED);
  });

  it.each([
    ["no base64", { ciphertext: "***" }],
    ["nothing", { ciphertext: "" }],
    ["a vector that is too short", { iv: "AAAA" }],
  ])("with %s in it does not open", async (_name, part) => {
    const key = await createKey("a");
    expect(await open({ ...(await seal(VALUE, BOUND, key)), ...part }, BOUND, key)).toEqual(DAMAGED);
  });

  it("of a form to come is not taken for one of this form", async () => {
    const envelope = await seal(VALUE, BOUND, await createKey("a"));
    expect(v.safeParse(EnvelopeSchema, envelope).success).toBe(true);
    expect(v.safeParse(EnvelopeSchema, { ...envelope, v: 2 }).success).toBe(false);
  });
});

describe("a fingerprint", () => {
  it("is the same for the same value and key, and another for every other", async () => {
    const [a, b] = await Promise.all([createKey("a"), createKey("b")]);
    const prints = [
      await fingerprintOf(VALUE, a),
      await fingerprintOf(VALUE, b),
      await fingerprintOf(`${VALUE} `, a),
      await fingerprintOf("", a),
    ];
    expect(await fingerprintOf(VALUE, await createKey("a"))).toBe(prints[0]);
    expect(new Set(prints).size).toBe(4);
    for (const print of prints) expect(print).toMatch(/^[0-9a-f]{16}$/);
  });
});

describe("a master key", () => {
  it("cannot be taken out again, and its bytes are wiped", async () => {
    const key = await createKey("a");
    expect(key.wrapping.extractable || key.fingerprinting.extractable).toBe(false);
    await expect(crypto.subtle.exportKey("raw", key.wrapping)).rejects.toThrow();
  });
});
