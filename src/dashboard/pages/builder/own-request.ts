// A recipe's request as one of somebody's own, to change what the recipe has no setting for. Pure; it brings all recipes along,
// so it is loaded when somebody asks for it.

import type { Issue } from "../../../issues.ts";
import { applyRecipe } from "../../../recipes/apply.ts";
import type { Family } from "../../../recipes/families.ts";
import { findRecipe } from "../../../recipes/registry.ts";
import { draftOf, type Draft } from "./draft.ts";

/**
 * The draft with the request that its recipe makes of events of a family, settings and names of secrets written in. Undefined
 * where the recipe makes none of them, or is not told all that it needs.
 */
export function ownRequestOf({ name, recipe: id, settings, secrets, more }: Draft, family: Family): Draft | undefined {
  const recipe = findRecipe(id);
  if (recipe === undefined) return undefined;
  const issues: Issue[] = [];
  const { auth, requests } = applyRecipe(recipe, { settings, secrets }, "target", issues);
  const request = requests.get(family);
  if (request === undefined || issues.length > 0) return undefined;
  const { missing, ...rest } = request;
  return draftOf(name, { ...more, request: { ...rest, ...(missing !== "omit" && { missing }) }, auth });
}
