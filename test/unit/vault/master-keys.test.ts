import { describe, expect, it } from "vitest";
import { createMasterKey, parseMasterKeys, readKeyRing } from "../../../src/vault/master-keys.ts";
import { masterKey, masterKeys } from "./keys.ts";

const UNUSABLE = "the Worker secret SIGNALBOX_MASTER_KEYS cannot be used: ";
const SECRET_PART = "c2VjcmV0LWtleS1ieXRlcw==";

describe("SIGNALBOX_MASTER_KEYS", () => {
  it("has keys by id, of which one is active", async () => {
    const ring = await readKeyRing({ SIGNALBOX_MASTER_KEYS: masterKeys("b", "a") });
    if (!ring.ok) throw new Error(ring.detail);
    expect([...ring.value.keys.keys()]).toEqual(["b", "a"]);
    expect(ring.value.active.id).toBe("b");
  });

  it("that is another one now is read anew", async () => {
    await readKeyRing({ SIGNALBOX_MASTER_KEYS: masterKeys("a") });
    expect(await readKeyRing({ SIGNALBOX_MASTER_KEYS: masterKeys("c") })).toMatchObject({
      value: { active: { id: "c" } },
    });
  });

  it.each([[undefined], [""]])("that is %j is missing", async (value) => {
    expect(await readKeyRing({ SIGNALBOX_MASTER_KEYS: value })).toEqual({
      ok: false,
      reason: "master_keys_missing",
      detail: "the Worker secret SIGNALBOX_MASTER_KEYS is not set",
    });
  });

  const form = 'it is not of the form {"active": "<id>", "keys": {"<id>": "<base64>"}}';
  it.each([
    ["no JSON", SECRET_PART, form],
    ["a list", `["${SECRET_PART}"]`, form],
    ["one key without its id", `{"active":"a","keys":"${SECRET_PART}"}`, form],
    ["a number for a key", '{"active":"a","keys":{"a":1}}', form],
    ["something more", `{"active":"a","keys":{"a":"${masterKey("a")}"},"old":"${SECRET_PART}"}`, form],
    ["no key", '{"active":"a","keys":{}}', "active names no key of keys"],
    ["another active id", `{"active":"b","keys":{"a":"${masterKey("a")}"}}`, "active names no key of keys"],
    ["a short key", `{"active":"a","keys":{"a":"${SECRET_PART}"}}`, "the key a is not the base64 of 32 bytes"],
    ["no base64", `{"active":"a","keys":{"a":"**${SECRET_PART}"}}`, "the key a is not the base64 of 32 bytes"],
    ["nothing for a key", '{"active":"a","keys":{"a":""}}', "the key a is not the base64 of 32 bytes"],
    [
      "a key without randomness",
      `{"active":"a","keys":{"a":"${new Uint8Array(32).toBase64()}"}}`,
      "the key a is one byte over and over; take a random one",
    ],
    [
      "the same key twice",
      `{"active":"a","keys":{"a":"${masterKey("a")}","b":"${masterKey("a")}"}}`,
      "the keys a and b are the same",
    ],
    [
      "an id with a space",
      `{"active":"a b","keys":{"a b":"${masterKey("a")}"}}`,
      "a key's id has up to 40 letters, digits, dots, dashes and underscores",
    ],
  ])("with %s is not used, and nothing of it repeated", (_name, text, detail) => {
    const parsed = parseMasterKeys(text);
    expect(parsed).toEqual({ ok: false, reason: "master_keys_invalid", detail: UNUSABLE + detail });
  });

  it("leaves no bytes of a key behind", async () => {
    const bytes = Uint8Array.from({ length: 32 }, (_, index) => index + 1);
    await createMasterKey("a", bytes);
    expect(bytes).toEqual(new Uint8Array(32));
  });
});
