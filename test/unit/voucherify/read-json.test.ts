import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JSON_DEPTH_MAX, nestingDepth, readJsonObject } from "../../../src/voucherify/read-json.ts";
import { bytes } from "../bytes.ts";

/** An object whose brackets nest to exactly this depth. */
function nested(depth: number): string {
  return `{"a":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`;
}

/** The bytes of a text in UTF-16, little end first. */
function utf16(text: string): Uint8Array {
  return Uint8Array.from({ length: text.length * 2 }, (_, index) => {
    const unit = text.charCodeAt(index >> 1);
    return index % 2 === 0 ? unit & 0xff : unit >> 8;
  });
}

const NOT_ONE_VALUE = "the body is not one JSON value";
const NOT_UTF8 = "the bytes are not valid UTF-8";
const TOO_DEEP = "nested deeper than 64 levels";

describe("readJsonObject", () => {
  it.each([
    ["no bytes", bytes(""), "body_empty", "the body has no bytes"],
    ["null", bytes("null"), "body_not_object", "the body is null, not an object"],
    ["an array", bytes("[]"), "body_not_object", "the body is an array, not an object"],
    ["a string", bytes('"str"'), "body_not_object", "the body is a string, not an object"],
    ["a number", bytes("42"), "body_not_object", "the body is a number, not an object"],
    ["a boolean", bytes("false"), "body_not_object", "the body is a boolean, not an object"],
    ["plain text", bytes("hello"), "body_not_json", NOT_ONE_VALUE],
    ["white space", bytes(" \r\n\t"), "body_not_json", NOT_ONE_VALUE],
    ["a form", bytes("id=1&type=x"), "body_not_json", NOT_ONE_VALUE],
    ["single quotes", bytes("{'id':1}"), "body_not_json", NOT_ONE_VALUE],
    ["a truncated object", bytes('{"id":"whs_1","data":{'), "body_not_json", NOT_ONE_VALUE],
    ["a truncated string", bytes('{"id":"whs_'), "body_not_json", NOT_ONE_VALUE],
    ["trailing garbage", bytes('{"id":1} x'), "body_not_json", NOT_ONE_VALUE],
    ["two objects", bytes('{"id":1}{"id":2}'), "body_not_json", NOT_ONE_VALUE],
    ["a trailing comma", bytes('{"id":1,}'), "body_not_json", NOT_ONE_VALUE],
    ["a bare line feed in a string", bytes('{"id":"a\nb"}'), "body_not_json", NOT_ONE_VALUE],
    ["a byte order mark alone", bytes("\ufeff"), "body_not_json", NOT_ONE_VALUE],
    ["UTF-16 without a mark", utf16('{"id":1}'), "body_not_json", NOT_ONE_VALUE],
    ["UTF-16 with a mark", utf16('\ufeff{"id":1}'), "body_not_utf8", NOT_UTF8],
    ["a stray continuation byte", Uint8Array.of(0x7b, 0x22, 0x80, 0x22, 0x7d), "body_not_utf8", NOT_UTF8],
    ["an overlong slash", Uint8Array.of(0x22, 0xc0, 0xaf, 0x22), "body_not_utf8", NOT_UTF8],
    ["an encoded surrogate", Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22), "body_not_utf8", NOT_UTF8],
    ["a character cut off", bytes('{"name":"Zoë').slice(0, -1), "body_not_utf8", NOT_UTF8],
    ["65 levels of arrays", bytes(nested(65)), "body_too_deep", TOO_DEEP],
    ["65 levels of objects", bytes('{"a":'.repeat(65) + "1" + "}".repeat(65)), "body_too_deep", TOO_DEEP],
    ["100,000 open brackets", bytes("[".repeat(100_000)), "body_too_deep", TOO_DEEP],
    ["100,000 levels, all closed", bytes(nested(100_000)), "body_too_deep", TOO_DEEP],
  ])("refuses %s", (_name, body, reason, detail) => {
    expect(readJsonObject(body)).toEqual({ ok: false, reason, detail });
  });

  it("reads 64 levels", () => {
    expect(readJsonObject(bytes(nested(64)))).toMatchObject({ ok: true });
    expect(readJsonObject(bytes('{"a":'.repeat(64) + "1" + "}".repeat(64)))).toMatchObject({ ok: true });
  });

  it.each([
    ["a byte order mark before it", '\ufeff{"id":"whs_1"}', { id: "whs_1" }],
    ["white space around it", '\r\n\t {"id":"whs_1"} \n', { id: "whs_1" }],
    ["no keys", "{}", {}],
    ["brackets inside strings", `{"id":"${"[{".repeat(200)}"}`, { id: "[{".repeat(200) }],
    ["characters beyond the basic plane", '{"name":"🎟 Zoë"}', { name: "🎟 Zoë" }],
    ["a lone surrogate as an escape", '{"name":"\\ud800"}', { name: "\ud800" }],
  ])("reads an object with %s", (_name, text, value) => {
    expect(readJsonObject(bytes(text))).toEqual({ ok: true, value });
  });

  it.each(["gzip", "GZIP", "br", "deflate", "gzip, identity", "x"])(
    "refuses content-encoding %s unread",
    (contentEncoding) => {
      expect(readJsonObject(bytes('{"id":"whs_1"}'), contentEncoding)).toEqual({
        ok: false,
        reason: "body_compressed",
        detail: "content-encoding is not identity",
      });
    },
  );

  it.each([undefined, "identity", "Identity", "IDENTITY", " identity\t", "", " ", "identity, identity", ", identity"])(
    "reads content-encoding %s",
    (contentEncoding) => {
      expect(readJsonObject(bytes('{"id":"whs_1"}'), contentEncoding)).toEqual({ ok: true, value: { id: "whs_1" } });
    },
  );

  it("keeps __proto__ and its like as own data, and pollutes nothing", () => {
    const text =
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":"x","hasOwnProperty":null}';
    const read = readJsonObject(bytes(text));
    expect(read.ok && Object.keys(read.value)).toEqual(["__proto__", "constructor", "toString", "hasOwnProperty"]);
    expect(read.ok && JSON.stringify(read.value)).toBe(text);
    expect(read.ok && Object.getPrototypeOf(read.value)).toBe(Object.prototype);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });

  it("takes the last of duplicate keys", () => {
    expect(readJsonObject(bytes('{"id":"first","id":"last"}'))).toEqual({ ok: true, value: { id: "last" } });
  });

  it.each([
    ["truncated", '{"code":"HUSH-1234'],
    ["not an object", '"HUSH-1234"'],
    ["not JSON", "HUSH-1234"],
    ["too deep", `${"[".repeat(65)}"HUSH-1234"`],
  ])("never repeats the content of a body that is %s", (_name, text) => {
    const read = readJsonObject(bytes(text));
    expect(read.ok).toBe(false);
    expect(JSON.stringify(read)).not.toContain("HUSH");
  });

  it("answers any bytes without an exception", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (body) => {
        expect(typeof readJsonObject(body).ok).toBe("boolean");
      }),
    );
  });

  it("reads back any object that JSON can write, up to the depth limit", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })), (value) => {
        const text = JSON.stringify(value);
        const read = readJsonObject(bytes(text));
        expect(read.ok && JSON.stringify(read.value)).toBe(text);
      }),
    );
  });
});

describe("nestingDepth", () => {
  it.each([
    ["", 0],
    ["1", 0],
    ["{}", 1],
    ['{"a":[{}]}', 3],
    ['{"a":[],"b":{"c":[]}}', 3],
    ['{"a":"[[["}', 1],
    ['{"a":"\\"[[["}', 1],
    ['{"a":"\\\\","b":[[]]}', 3],
  ])("of %s is %d", (text, depth) => {
    expect(nestingDepth(bytes(text), JSON_DEPTH_MAX)).toBe(depth);
  });

  it("stops counting one past the limit, however much follows", () => {
    expect(nestingDepth(bytes("[".repeat(1_000_000)), JSON_DEPTH_MAX)).toBe(JSON_DEPTH_MAX + 1);
  });
});
