// What somebody who begins wants: from the options, from questions where somebody is there to answer, else as most begin.

import { nearestPath } from "../../src/voucherify/nearest-path.ts";
import { findRecipe, RECIPES } from "../../src/recipes/registry.ts";
import { failure, success, type Result } from "../../src/result.ts";
import { askEvents, askSettings, askTarget } from "./ask-choice.ts";
import { defaultEvents, defaultName, type FirstChoice, type FirstTarget } from "./first-table.ts";

/** The options that say what the table begins with. */
export interface ChoiceOptions {
  url?: string;
  recipe?: string;
  /** `name=value`, each. */
  setting?: string[];
  target?: string;
  event?: string[];
}

type Reason = "cancelled" | "recipe_unknown" | "option_ambiguous" | "setting_invalid";

const CANCELLED = failure("cancelled", "Nothing was written.");

/** The choice; what the options leave open is asked where `asks` says that somebody is there. */
export async function choose(options: ChoiceOptions, asks: boolean): Promise<Result<FirstChoice, Reason>> {
  const given = await targetOf(options, asks);
  if (!given.ok) return given;
  const isOpen = given.value === undefined;
  const target = given.value ?? (asks ? await askTarget() : { kind: "demo" as const });
  if (target === undefined) return CANCELLED;
  const proposed = options.event ?? defaultEvents(target);
  const events = asks && isOpen && options.event === undefined ? await askEvents(proposed) : proposed;
  if (events === undefined) return CANCELLED;
  return success({ target, events, name: options.target ?? defaultName(target) });
}

/** The target that the options name; undefined where they name none. */
async function targetOf(
  { url, recipe: id, setting: texts = [] }: ChoiceOptions,
  asks: boolean,
): Promise<Result<FirstTarget | undefined, Reason>> {
  if (url !== undefined && id !== undefined) {
    return failure("option_ambiguous", "Give --url or --recipe: a recipe knows its URL.");
  }
  if (url !== undefined) return success({ kind: "url", url });
  if (id === undefined) {
    return texts.length === 0 ? success(undefined) : failure("option_ambiguous", "--setting is for a --recipe.");
  }
  const recipe = findRecipe(id);
  if (recipe === undefined) return failure("recipe_unknown", unknownRecipe(id));
  const wrong = texts.find((text) => !text.includes("="));
  if (wrong !== undefined) return failure("setting_invalid", `--setting ${wrong} sets nothing; write name=value.`);
  const given = Object.fromEntries(texts.map((text) => [before(text), text.slice(before(text).length + 1)]));
  const settings = asks ? await askSettings(recipe, given) : given;
  return settings === undefined ? CANCELLED : success({ kind: "recipe", recipe, settings });
}

function before(text: string): string {
  return text.slice(0, text.indexOf("="));
}

function unknownRecipe(id: string): string {
  const ids = RECIPES.map((recipe) => recipe.id);
  const nearest = nearestPath(id, ids);
  const hint = nearest === undefined ? "signalbox recipes lists those there are." : `Did you mean ${nearest}?`;
  return `There is no recipe ${id}. ${hint}`;
}
