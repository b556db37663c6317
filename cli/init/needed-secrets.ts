// The secrets that a table needs, in words for whoever has to get them. Pure.

import { defaultSecretName } from "../../src/recipes/apply.ts";
import { findRecipe } from "../../src/recipes/registry.ts";
import type { CompiledTable } from "../../src/routing/compile.ts";
import { secretUses } from "../../src/routing/secret-uses.ts";

/** What each secret of a table is, by name. */
export function neededSecrets(table: CompiledTable): Map<string, string> {
  const meanings = new Map(Object.values(table.source.targets).flatMap(recipeSecrets));
  return new Map(
    Array.from(secretUses(table), ([name, { targets, inlets, settings }]) => {
      const users = [...targets, ...inlets.map((inlet) => `the inlet ${inlet}`), ...settings].join(", ");
      return [name, meanings.get(name) ?? `for ${users}`];
    }),
  );
}

/** What a recipe says of the secrets that a target has for it. */
function recipeSecrets({ recipe: id, secrets = {} }: CompiledTable["source"]["targets"][string]): [string, string][] {
  const recipe = id === undefined ? undefined : findRecipe(id);
  if (recipe === undefined) return [];
  return Object.entries(recipe.secrets).map(([name, meaning]) => [
    secrets[name] ?? defaultSecretName(recipe.id, name),
    meaning,
  ]);
}
