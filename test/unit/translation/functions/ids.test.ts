import { describe, expect, it } from "vitest";
import { HAPPENED_AT } from "../at-once.ts";
import { bodyOf, failureOf, valueOf } from "../run.ts";

const encoder = new TextEncoder();

describe("hashes", () => {
  it.each([
    // FIPS 180-4's examples
    ["$sha256('')", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["$sha256('abc')", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    // https://www.rfc-editor.org/rfc/rfc1321#appendix-A.5
    ["$md5('')", "d41d8cd98f00b204e9800998ecf8427e"],
    ["$md5('abc')", "900150983cd24fb0d6963f7d28e17f72"],
    ["$md5('message digest')", "f96b697d7cb7938d525a2f31aaf161d0"],
    // https://www.rfc-editor.org/rfc/rfc4231#section-4.3
    [
      "$hmac('what do ya want for nothing?', 'Jefe')",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ],
    ["$md5(12)", "c20ad4d76fe97759aa27a0c99bff6710"],
    ["$sha256(missing)", undefined],
    ["$md5(nil)", undefined],
    ["$hmac(missing, 'Jefe')", undefined],
  ])("are the known ones: %s", async (expression, value) => {
    expect(await valueOf(expression, { nil: null })).toBe(value);
  });

  it.each(["zoe@example.com", "Łódź 🎟", "a\ud800b", "x".repeat(100_000)])(
    "are those of Web Crypto over the text's UTF-8",
    async (text) => {
      const bytes = encoder.encode(text);
      const key = await crypto.subtle.importKey(
        "raw",
        encoder.encode("salt"),
        { name: "HMAC", hash: "SHA-256" },
        false,
        ["sign"],
      );
      const [sha256, md5, hmac] = await Promise.all([
        crypto.subtle.digest("SHA-256", bytes),
        crypto.subtle.digest("MD5", bytes),
        crypto.subtle.sign("HMAC", key, bytes),
      ]);
      expect(await valueOf("[$sha256(text), $md5(text), $hmac(text, 'salt')]", { text })).toEqual(
        [sha256, md5, hmac].map((hash) => new Uint8Array(hash).toHex()),
      );
    },
  );

  it.each(["$sha256(list)", "$md5(list)", "$hmac(list, 'a')", "$hmac('a', list)"])(
    "are of texts only: %s",
    async (expression) => {
      const name = expression.slice(0, expression.indexOf("("));
      expect(await failureOf(expression, { list: [1] })).toBe(`template_expression_failed: ${name} takes a text`);
    },
  );
});

/** A UUID of version 5, the slow way. */
async function uuid5(namespace: string, name: string): Promise<string> {
  const input = new Uint8Array([...Uint8Array.fromHex(namespace.replaceAll("-", "")), ...encoder.encode(name)]);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-1", input)).toHex();
  const variant = ((Number.parseInt(hash.slice(16, 17), 16) & 3) | 8).toString(16);
  const hex = `${hash.slice(0, 12)}5${hash.slice(13, 16)}${variant}${hash.slice(17, 32)}`;
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

const NAMESPACE = "5b0c1f3a-d7ce-4c0f-9e0d-8a6f1f2b7c41";

describe("$uuid", () => {
  it("is one of version 5 of sendout, route, item and what the template adds", async () => {
    // The way itself is right: https://www.rfc-editor.org/rfc/rfc9562#name-example-of-a-uuidv5-value
    expect(await uuid5("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.example.com")).toBe(
      "2ed6657d-e927-568b-95e1-2665a8aea6a2",
    );
    expect(await valueOf("$uuid()")).toBe(await uuid5(NAMESPACE, "so_1|all||"));
    expect(await valueOf("$uuid('mail')")).toBe(await uuid5(NAMESPACE, "so_1|all||mail"));
    expect(await bodyOf({ body: { $each: "{{ words }}", $do: "{{ $uuid() }}" } }, { words: ["a", "b"] })).toEqual([
      await uuid5(NAMESPACE, "so_1|all|0|"),
      await uuid5(NAMESPACE, "so_1|all|1|"),
    ]);
  });
});

/** Crockford's base 32 as a number. */
function fromBase32(text: string): number {
  return Array.from(text).reduce((sum, one) => sum * 32 + "0123456789ABCDEFGHJKMNPQRSTVWXYZ".indexOf(one), 0);
}

describe("$ulid", () => {
  it("is a ULID that begins with the time of the event", async () => {
    const ulid = String(await valueOf("$ulid()"));
    expect(ulid).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
    expect(fromBase32(ulid.slice(0, 10))).toBe(HAPPENED_AT);
  });

  it.each([
    ["before 1970", -1, 0],
    ["in 1970", 0, 0],
    ["at the end of what a ULID can say", 2 ** 48 - 1, 2 ** 48 - 1],
    ["beyond it", 2 ** 48, 2 ** 48 - 1],
  ])("has a time that a ULID can say for an event %s", async (_name, happenedAt, time) => {
    const ulid = String(await valueOf("$ulid()", {}, { happenedAt }));
    expect(fromBase32(ulid.slice(0, 10))).toBe(time);
  });
});

describe("$key", () => {
  it.each([
    ["$key()", 43],
    ["$key(8)", 8],
    ["$key(32)", 32],
    ["$key(86)", 86],
    ["$key(64, 'mail')", 64],
  ])("is as long as asked, of characters that every system takes: %s", async (expression, length) => {
    expect(await valueOf(expression)).toMatch(new RegExp(`^[A-Za-z0-9_-]{${length}}$`));
  });

  it.each(["$key(7)", "$key(87)", "$key(10.5)", "$key('32')"])("is refused the length of %s", async (expression) => {
    expect(await failureOf(expression)).toBe(
      "template_expression_failed: $key takes a whole number from 8 to 86 there",
    );
  });
});

describe.each(["$uuid()", "$ulid()", "$key()", "$key(32)", "$uuid('x')"])("the id %s", (expression) => {
  const id = async (input: object, data: object = {}) => valueOf(expression, data, input);
  const at = (body: object) => bodyOf({ body: { ids: body } }, { outer: [[1, 2], [3]], list: [1, 2, 3] });

  it("is the same whenever the request is rendered, whatever the payload", async () => {
    const seed = "so_1|all";
    expect(await id({ seed, receivedAt: 5 }, { a: 1 })).toBe(await id({ seed, receivedAt: 9 }, { b: 2 }));
  });

  it("is another for another sendout and for another route", async () => {
    const ids = await Promise.all(["so_1|all", "so_2|all", "so_1|other"].map((seed) => id({ seed })));
    expect(new Set(ids).size).toBe(3);
  });

  it("is another for each item of a list, and of lists in lists", async () => {
    const plain = (await at({ $each: "{{ list }}", $do: `{{ ${expression} }}` })) as { ids: string[] };
    expect(new Set([...plain.ids, await id({})]).size).toBe(4);
    const inner = { $each: "{{ item }}", $as: "one", $do: `{{ ${expression} }}` };
    const nested = (await at({ $each: "{{ outer }}", $do: inner })) as { ids: string[][] };
    expect(new Set(nested.ids.flat()).size).toBe(3);
  });

  it("is the same in URL, headers and body of one request", async () => {
    const source = { headers: { "x-id": `{{ ${expression} }}` }, body: { id: `{{ ${expression} }}` } };
    const { id: inBody } = (await bodyOf(source)) as { id: string };
    expect(inBody).toBe(await id({}));
  });
});

describe("ids", () => {
  it("differ by what the template adds, also where it looks like an item", async () => {
    const extras = ["", "0", "0|", "|0", "a", "A"];
    const ids = await Promise.all(extras.map((extra) => valueOf(`$uuid('${extra}')`)));
    const item = await bodyOf({ body: { $each: "{{ [1] }}", $do: "{{ $uuid() }}" } });
    expect(new Set([...ids, ...(item as string[])]).size).toBe(extras.length + 1);
  });

  it("are the same for the same item twice, so a template that wants two adds something", async () => {
    expect(await valueOf("$uuid() = $uuid() and $uuid('a') != $uuid('b')")).toBe(true);
  });
});
