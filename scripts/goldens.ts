// `npm run goldens`: rewrites test/fixtures/recipes, what each recipe sends for each family of events. Look at the
// difference before you commit it: it is what customers' systems will be sent.

import { spawnSync } from "node:child_process";
import { rmSync, mkdirSync, writeFileSync } from "node:fs";
import { RECIPES } from "../src/recipes/registry.ts";
import { familiesOf, goldenType, renderRecipe } from "../test/recipes/render.ts";

const FOLDER = "test/fixtures/recipes";
rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
for (const recipe of RECIPES) {
  const goldens: Record<string, unknown> = {};
  for (const family of familiesOf(recipe)) goldens[family] = await renderRecipe(recipe, family, goldenType(family));
  writeFileSync(`${FOLDER}/${recipe.id}.json`, `${JSON.stringify(goldens, null, 2)}\n`);
}
// As everything else here is formatted, so that a difference is one of content.
const { status } = spawnSync("node_modules/.bin/oxfmt", [FOLDER], { stdio: ["ignore", "ignore", "inherit"] });
if (status !== 0) throw new Error("the goldens could not be formatted");
console.log(`${RECIPES.length} recipes`);
