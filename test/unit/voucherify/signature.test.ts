import { describe, expect, it } from "vitest";
import { signBody, stripWhitespace, verifySignature } from "../../../src/voucherify/signature.ts";
import { bytes } from "../bytes.ts";

// The vendor's own test vectors, computed from its published examples.
const VECTORS = [
  ["secretKey", '{"a":1}', "a17d2ac229d1ebbb5f10e839c7985c4818e5986eab297f7e5979196d4d7d3ed2"],
  ["secretKey", "  message  ", "53ff92957e1427ce23ad5bda9d0c5f2f4ff384d0806b83eeacb510c842d3a358"],
  [
    "secret_01234567890_secret",
    '{"item1":123,"item2":"message","item3":{"a":1,"b":2},"item4":["a","b","c"]}',
    "e87e23da6caa7407a6177cc84ba1b26f58e1a68e24f08eba6ee023c8932b111a",
  ],
  [
    "secret_01234567890_secret",
    "Example test message",
    "776247e1a5ed607c7d1ad00d2b0f5760d4a8d5ab680b86acbcea2d3d56e55fa3",
  ],
] as const;

describe("verifySignature", () => {
  it.each(VECTORS)("accepts the vendor's vector for %s over %s", async (secret, message, signature) => {
    expect(await verifySignature(bytes(message), signature, [secret])).toEqual({
      valid: true,
      secretIndex: 0,
      form: "raw",
    });
    expect(await signBody(bytes(message), secret)).toBe(signature);
  });

  it("accepts a pretty-printed body signed in its compact form, and says so", async () => {
    const signature = await signBody(bytes('{"a":"x \\" y","b":[1.0,2]}'), "secretKey");
    const pretty = bytes('{\r\n\t"a": "x \\" y",\n  "b": [ 1.0, 2 ]\n}\n');
    expect(await verifySignature(pretty, signature, ["other", "secretKey"])).toEqual({
      valid: true,
      secretIndex: 1,
      form: "compact",
    });
  });

  it("refuses a body with any one byte changed", async () => {
    const body = bytes('{"a":1}');
    const signature = await signBody(body, "secretKey");
    for (let index = 0; index < body.length; index++) {
      const changed = body.slice();
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(await verifySignature(changed, signature, ["secretKey"])).toEqual({ valid: false });
    }
  });

  it.each([
    ["no signature", undefined],
    ["null", null],
    ["an empty one", ""],
    ["upper-case hex", VECTORS[0][2].toUpperCase()],
    ["a prefix", `sha256=${VECTORS[0][2]}`],
    ["an odd length", VECTORS[0][2].slice(1)],
    ["text that is not hex", "z".repeat(64)],
    ["10 KB", "a".repeat(10_240)],
    ["a trailing line feed", `${VECTORS[0][2]}\n`],
  ])("refuses %s without an exception", async (_name, signature) => {
    expect(await verifySignature(bytes('{"a":1}'), signature, ["secretKey"])).toEqual({ valid: false });
  });

  it("never matches an empty secret or no secret", async () => {
    expect(await verifySignature(bytes("{}"), VECTORS[0][2], [""])).toEqual({ valid: false });
    expect(await verifySignature(bytes("{}"), VECTORS[0][2], [])).toEqual({ valid: false });
    await expect(signBody(bytes("{}"), "")).rejects.toThrow(RangeError);
  });
});

describe("stripWhitespace", () => {
  it("keeps strings, numbers, escapes and duplicate keys exactly", () => {
    const text = '{ "a" : 1.0 , "a" : 12345678901234567890, "b\\\\" : "x \\" \\u00e9 y" }';
    expect(new TextDecoder().decode(stripWhitespace(bytes(text)))).toBe(
      '{"a":1.0,"a":12345678901234567890,"b\\\\":"x \\" \\u00e9 y"}',
    );
  });
});
