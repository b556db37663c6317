import { describe, expect, it } from "vitest";
import { createScrubber, scrub } from "../../../src/delivery/scrub.ts";

/** A secret whose every spelling differs. */
const SECRET = 'h?~>/+"é 7k~';

describe("scrub", () => {
  it.each([
    ["as it is", 'h?~>/+"é 7k~'],
    ["in JSON", 'h?~>/+\\"é 7k~'],
    ["in JSON with escaped slashes", 'h?~>\\/+\\"é 7k~'],
    ["in a URL", "h%3F~%3E%2F%2B%22%C3%A9%207k~"],
    ["in a URL with small digits", "h%3f~%3e%2f%2b%22%c3%a9%207k~"],
    ["in a form", "h%3F%7E%3E%2F%2B%22%C3%A9+7k%7E"],
    ["in base64", "aD9+Pi8rIsOpIDdrfg=="],
    ["in base64 without padding", "aD9+Pi8rIsOpIDdrfg"],
    ["in base64 for URLs", "aD9-Pi8rIsOpIDdrfg"],
    ["in JSON in JSON", 'h?~>/+\\\"é 7k~'],
    ["in base64 of JSON", "aD9+Pi8rXCLDqSA3a34="],
    ["in hexadecimal of a URL", "682533467e253345253246253242253232254333254139253230376b7e"],
    ["in a URL of JSON", "h%3F~%3E%2F%2B%5C%22%C3%A9%207k~"],
    ["in JSON all in ASCII", 'h?~>/+\\"\\u00e9 7k~'],
    ["in JSON all in ASCII with capitals", 'h?~>\\/+\\"\\u00E9 7k~'],
    ["in JSON that is safe in HTML", 'h?~\\u003e/+\\"é 7k~'],
    ["in HTML", "h?~&gt;/+&quot;é 7k~"],
    ["in a URL twice over", "h%253F~%253E%252F%252B%2522%25C3%25A9%25207k~"],
    ["in a form with small digits", "h%3f%7e%3e%2f%2b%22%c3%a9+7k%7e"],
    ["in hexadecimal", "683f7e3e2f2b22c3a920376b7e"],
    ["in hexadecimal with capitals", "683F7E3E2F2B22C3A920376B7E"],
  ])("masks a secret %s", (_name, spelling) => {
    expect(scrub(`{"error":"bad key ${spelling}","again":"${spelling}"}`, [SECRET])).toBe(
      '{"error":"bad key [secret]","again":"[secret]"}',
    );
  });

  it.each([0, 1, 2, 3])("masks a secret in base64 of a longer text, %s bytes from its beginning", (offset) => {
    const text = btoa(`${"x".repeat(offset)}key-1234-5678-abcd, and more`);
    const masked = scrub(text, ["key-1234-5678-abcd"]);
    expect(masked).toMatch(/^.{0,4}\[secret\]/);
    expect(atob(masked.replace("[secret]", "").slice(0, 4))).not.toContain("key-");
  });

  it("masks every secret, the longest first, so that nothing of a longer one stays", () => {
    expect(scrub("key-1234-5678 and key-1234", ["key-1234", "key-1234-5678"])).toBe("[secret] and [secret]");
    expect(scrub("key-1234-5678 and key-1234", ["key-1234-5678", "key-1234"])).toBe("[secret] and [secret]");
  });

  it("masks each place once, never its own mask", () => {
    expect(scrub("key-1234 is no secret", ["secret", "key-1234"])).toBe("[secret] is no [secret]");
    expect(scrub("key-1234", ["key-1234", "ecre", "[sec"])).toBe("[secret]");
  });

  it("masks a secret that stands right beside another or itself", () => {
    expect(scrub("alphaalphabravo", ["alpha", "bravo"])).toBe("[secret][secret][secret]");
  });

  it("takes a secret as text, not as a pattern", () => {
    expect(scrub("a.*b $& a++b $&", ["a.*b", "$& a"])).toBe("[secret] [secret]++b $&");
  });

  it("masks a secret with an apostrophe as the query of a URL has it", () => {
    const { search } = new URL("https://example.com/?key=it's-1234");
    expect(scrub(search, ["it's-1234"])).toBe("?key=[secret]");
  });

  it("leaves out the end of a text that goes on elsewhere where a secret begins there, in any spelling", () => {
    const cut = createScrubber(["key-1234-5678", "other/9"]);
    expect(cut("key-1234-5678 key-1234-56", true)).toBe("[secret] [secret]");
    expect(cut("?k=other%2", true)).toBe("?k=[secret]");
    expect(cut(btoa("key-1234-5678").slice(0, 9), true)).toBe("[secret]");
    expect(cut("key-1234-567 is none", true)).toBe("key-1234-567 is none");
    expect(cut("a keyboard key", true)).toBe("a keyboard key");
    expect(cut("key-1234-56")).toBe("key-1234-56");
  });

  it("leaves values under four characters, which would mask half a text", () => {
    expect(scrub("a ab abc abcd", ["", "a", "ab", "abc"])).toBe("a ab abc abcd");
    expect(scrub("a ab abc abcd", ["abcd"])).toBe("a ab abc [secret]");
  });

  it("masks a secret with a lone surrogate, which a URL cannot carry", () => {
    expect(scrub("key=ab%EF%BF%BDcd", ["ab\ud800cd"])).toBe("key=[secret]");
  });

  it.each([
    ["no secret is known", "nothing to hide", []],
    ["no secret is in it", "nothing to hide", ["key-1234"]],
    ["a secret is in it in other letters", "KEY-1234", ["key-1234"]],
    ["it is empty", "", ["key-1234"]],
  ])("leaves a text as it is when %s", (_name, text, sensitive) => {
    expect(scrub(text, sensitive)).toBe(text);
  });
});
