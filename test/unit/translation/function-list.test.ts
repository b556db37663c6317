import { expect, test } from "vitest";
import { ALLOWED_FUNCTIONS } from "../../../src/translation/engine/functions.ts";
import { FUNCTION_LINES } from "../../../src/translation/function-list.ts";

test("every function that expressions may call is listed, once, and no other", () => {
  expect(FUNCTION_LINES.map(({ name }) => name).sort()).toEqual([...ALLOWED_FUNCTIONS].sort());
});

test("a line says something and ends", () => {
  for (const { name, meaning } of FUNCTION_LINES) expect(meaning, name).toMatch(/^\S.*\.$/);
});
