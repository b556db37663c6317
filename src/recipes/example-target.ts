// How a recipe is used, as the shortest target that uses it.

import type { Recipe, Setting } from "./recipe.ts";

/** A target that uses the recipe, with the settings that it cannot do without. */
export function exampleTarget({ id, settings }: Recipe): { recipe: string; settings?: Record<string, string> } {
  const needed = Object.entries(settings).filter(([, setting]) => setting.default === undefined);
  if (needed.length === 0) return { recipe: id };
  return { recipe: id, settings: Object.fromEntries(needed.map(([name, setting]) => [name, exampleOf(setting)])) };
}

function exampleOf(setting: Setting): string {
  switch (setting.kind) {
    case "choice":
      return Object.keys(setting.choices)[0] ?? "";
    case "text":
      return setting.example;
    case "template":
      return setting.default;
  }
}
