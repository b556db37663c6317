// Every recipe in one table, as it is tested: the golden request of each family and its size, and the shape that it is
// checked against. Beside it what no single recipe's test looks at: whether anything is left unchecked.

import { afterAll, describe, expect, it } from "vitest";
import { FAMILIES } from "../../../src/recipes/families.ts";
import type { Recipe } from "../../../src/recipes/recipe.ts";
import { RECIPES } from "../../../src/recipes/registry.ts";
import { parsePath } from "../../../src/translation/path.ts";
import { EVENT_SHAPES } from "../../recipes/event-shapes.ts";
import { familiesOf, type Golden } from "../../recipes/render.ts";
import { SYSTEM_SHAPES } from "../../recipes/system-shapes.ts";
import { printTable } from "../translation/designer/print-table.ts";

const goldens = import.meta.glob<Record<string, Golden>>("../../fixtures/recipes/*.json", {
  eager: true,
  import: "default",
});

function goldenOf(id: string, family: string): Golden | undefined {
  return goldens[`../../fixtures/recipes/${id}.json`]?.[family];
}

/** The tests whose shapes a recipe's requests must have. */
function shapesOf(id: string): string[] {
  const files = { "event-shapes.ts": EVENT_SHAPES, "system-shapes.ts": SYSTEM_SHAPES };
  return Object.entries(files).flatMap(([file, shapes]) => (Object.hasOwn(shapes, id) ? [file] : []));
}

/** The size of a golden's body in bytes; what is not made for a family, or not there, in words. */
function cellOf(recipe: Recipe, family: (typeof FAMILIES)[number]): string {
  if (recipe.requests[family] === undefined) return "";
  const golden = goldenOf(recipe.id, family);
  if (golden === undefined) return "MISSING";
  const text = typeof golden.body === "string" ? golden.body : JSON.stringify(golden.body);
  return `${new TextEncoder().encode(text).length} B`;
}

describe("every recipe", () => {
  afterAll(() =>
    printTable(
      RECIPES.map((recipe) => ({
        recipe: recipe.id,
        ...Object.fromEntries(FAMILIES.map((family) => [family, cellOf(recipe, family)])),
        shape: shapesOf(recipe.id).join(" ") || "NONE",
      })),
    ),
  );

  it.each(RECIPES)("has goldens and a shape: $id", (recipe) => {
    expect(familiesOf(recipe).filter((family) => goldenOf(recipe.id, family) === undefined)).toEqual([]);
    expect(shapesOf(recipe.id)).toHaveLength(1);
  });

  it("has a shape, and no shape is of none", () => {
    const shaped = [...Object.keys(EVENT_SHAPES), ...Object.keys(SYSTEM_SHAPES)];
    expect(shaped.toSorted()).toEqual(RECIPES.map(({ id }) => id).toSorted());
  });

  it.each(RECIPES)("asks answers for what they have: $id", ({ success = [], retry = [], permanent = [] }) => {
    const conditions = [...success, ...[...retry, ...permanent].flatMap((entry) => ("op" in entry ? [entry] : entry))];
    for (const { path } of conditions) {
      const parsed = parsePath(path);
      if (!parsed.ok) throw new Error(parsed.detail);
      const [part, name] = parsed.value;
      expect(["status", "headers", "body"]).toContain(part);
      if (part === "headers") expect(name).toBe(name?.toLowerCase());
    }
  });
});
