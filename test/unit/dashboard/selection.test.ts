// What is selected in the list of sendouts.

import { expect, it } from "vitest";
import { extend, isSelected, NONE, toggle } from "../../../src/dashboard/pages/sendouts/selection.ts";

const ROWS = ["a", "b", "c", "d"].map((id) => ({ id }));
const chosen = (selected: ReturnType<typeof toggle>) => ROWS.map(({ id }) => isSelected(selected, id));

it("one is selected, and not any more", () => {
  const one = toggle(NONE, "b", ROWS);
  expect(chosen(one)).toEqual([false, true, false, false]);
  expect(chosen(toggle(one, "b", ROWS))).toEqual([false, false, false, false]);
});

it.each([
  [1, 3],
  [3, 1],
])("a range from %i to %i has both ends and what was selected", (from, to) => {
  expect(chosen(extend(toggle(NONE, "a", ROWS), ROWS, from, to))).toEqual([true, true, true, true]);
  expect(chosen(extend(NONE, ROWS, from, to))).toEqual([false, true, true, true]);
});

it("all has what is not loaded as well, and without one of them is what is loaded without it", () => {
  expect(isSelected("all", "never-loaded")).toBe(true);
  const rest = toggle("all", "b", ROWS);
  expect(chosen(rest)).toEqual([true, false, true, true]);
  expect(isSelected(rest, "never-loaded")).toBe(false);
});
