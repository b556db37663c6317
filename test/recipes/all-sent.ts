// Everything a recipe sends: for each event type of its families, not only for the one that a golden is of.

import { typesOf, type Family } from "../../src/recipes/families.ts";
import type { Recipe } from "../../src/recipes/recipe.ts";
import { findRecipe } from "../../src/recipes/registry.ts";
import { familiesOf, renderRecipe, type Golden } from "./render.ts";

/** A recipe by its id, which must be there. */
export function recipeOf(id: string): Recipe {
  const recipe = findRecipe(id);
  if (recipe === undefined) throw new Error(`there is no recipe ${id}`);
  return recipe;
}

/** A body as its destination reads it: a form by its fields, JSON under whatever name parsed. */
export function bodyOf({ headers, body }: Golden): unknown {
  if (typeof body !== "string") return body;
  if (/json/.test(headers["content-type"] ?? "")) return JSON.parse(body);
  return Object.fromEntries(new URLSearchParams(body));
}

/** What a recipe sends for each event type of its families; those that lack a value it needs are left out. */
export async function sentBy(recipe: Recipe): Promise<{ type: string; family: Family; golden: Golden }[]> {
  const sent = [];
  for (const family of familiesOf(recipe)) {
    for (const type of typesOf(family)) {
      try {
        sent.push({ type, family, golden: await renderRecipe(recipe, family, type) });
      } catch (error) {
        // Which events those may be is goldens.test.ts's matter.
        if (!/template_value_(?:required|missing)/.test(String(error))) throw error;
      }
    }
  }
  return sent;
}
