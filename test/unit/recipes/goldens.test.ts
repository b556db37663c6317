// What every recipe sends for every family of events, against the golden requests in test/fixtures/recipes. A recipe
// without goldens fails here, and so does a golden without a recipe.

import { describe, expect, it } from "vitest";
import { typesOf } from "../../../src/recipes/families.ts";
import { RECIPES } from "../../../src/recipes/registry.ts";
import { familiesOf, goldenType, renderRecipe } from "../../recipes/render.ts";

declare global {
  /** What Vite makes of the call below when it bundles this file. */
  interface ImportMeta {
    glob<T>(pattern: string, options: { eager: true; import: "default" }): Record<string, T>;
  }
}

const goldens = import.meta.glob<Record<string, unknown>>("../../fixtures/recipes/*.json", {
  eager: true,
  import: "default",
});

function goldenOf(id: string): Record<string, unknown> | undefined {
  return goldens[`../../fixtures/recipes/${id}.json`];
}

describe("the golden requests", () => {
  it("are of the recipes there are, and of no others", () => {
    const ids = Object.keys(goldens).map((file) => /([^/]+)\.json$/.exec(file)?.[1]);
    expect(new Set(ids)).toEqual(new Set(RECIPES.map(({ id }) => id)));
  });

  it.each(RECIPES)("of $id are of the families it is made for", (recipe) => {
    expect(Object.keys(goldenOf(recipe.id) ?? {}).toSorted()).toEqual(familiesOf(recipe).toSorted());
    expect(familiesOf(recipe)).not.toEqual([]);
  });

  const rows = RECIPES.flatMap((recipe) => familiesOf(recipe).map((family) => ({ id: recipe.id, family, recipe })));

  it.each(rows)("$id sends for $family what it is known to send", async ({ recipe, family }) => {
    expect(await renderRecipe(recipe, family, goldenType(family))).toEqual(goldenOf(recipe.id)?.[family]);
  });
});

describe("a recipe's families", () => {
  const rows = RECIPES.flatMap((recipe) =>
    familiesOf(recipe).map((family) => ({ id: recipe.id, family, recipe, types: typesOf(family) })),
  );

  it.each(rows)(
    "$id renders every event of $family, or says which value it needs",
    async ({ recipe, family, types }) => {
      for (const type of types) {
        const failure = await renderRecipe(recipe, family, type).catch((error: unknown) => String(error));
        if (typeof failure !== "string") continue;
        expect(failure, type).toMatch(/template_value_required|template_value_missing/);
      }
    },
  );
});
