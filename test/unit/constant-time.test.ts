import * as fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { isSameText } from "../../src/constant-time.ts";

describe("isSameText", () => {
  it("knows a text as itself, whatever is in it", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme" }), async (text) => {
        expect(await isSameText(text, text)).toBe(true);
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it.each([
    ["a beginning", "secre", "secret"],
    ["more", "secret ", "secret"],
    ["another case", "Secret", "secret"],
    ["nothing", "", "secret"],
    ["a megabyte", "s".repeat(1_000_000), "secret"],
    ["the same to the eye", "caf\u0065\u0301", "caf\u00e9"],
  ])("tells %s apart", async (_name, given, expected) => {
    expect(await isSameText(given, expected)).toBe(false);
  });

  it("compares digests of one length in constant time, however much the texts differ", async () => {
    const compare = vi.spyOn(crypto.subtle, "timingSafeEqual");
    for (const given of ["secret", "x", "", "secret".repeat(1_000)]) await isSameText(given, "secret");
    const sizes = compare.mock.calls.map((pair) => pair.map(({ byteLength }) => byteLength));
    expect(sizes).toEqual([0, 1, 2, 3].map(() => [32, 32]));
    compare.mockRestore();
  });
});
