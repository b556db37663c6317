import { describe, expect, it } from "vitest";
import { compileRequest, renderRequest, REQUEST_BODY_BYTES_MAX } from "../../../src/translation/request.ts";
import { createInput } from "./at-once.ts";

const SOURCE = {
  method: "POST",
  url: "https://crm.example.com/events",
  encoding: "text",
  missing: "omit",
  body: "{{ text }}",
} as const;

async function isTaken(text: string): Promise<boolean> {
  const compiled = compileRequest(SOURCE, "targets.crm.request");
  if (!compiled.ok) throw new Error("it does not compile");
  return (await renderRequest(compiled.value, createInput({ data: { text } }))).ok;
}

describe("the largest body, in characters of so many bytes", () => {
  it.each([
    [1, "a"],
    [2, "ż"],
    [3, "€"],
    [4, "🎈"],
  ])("%i: %s fills it to the last byte, and no further", async (bytes, character) => {
    const count = Math.floor(REQUEST_BODY_BYTES_MAX / bytes);
    const rest = "a".repeat(REQUEST_BODY_BYTES_MAX - count * bytes);
    const full = character.repeat(count) + rest;
    expect(await isTaken(full)).toBe(true);
    expect(await isTaken(`${full}a`)).toBe(false);
  });
});
