// The questions of `signalbox init`, to somebody at a terminal. Undefined is the answer of whoever leaves by Ctrl-C.

import { autocomplete, isCancel, password, select, text } from "@clack/prompts";
import type { Recipe, Setting } from "../../src/recipes/recipe.ts";
import { findRecipe, RECIPES } from "../../src/recipes/registry.ts";
import type { FirstTarget } from "./first-table.ts";

/** Questions go to stderr: stdout is for the answer. */
const output = process.stderr;

/** Where the first requests go. */
export async function askTarget(): Promise<FirstTarget | undefined> {
  const kind = answerTo(
    await select<FirstTarget["kind"]>({
      message: "Where should the first requests go?",
      options: [
        {
          value: "demo",
          label: "To a demo target on this machine",
          hint: "needs nothing; signalbox dev answers for it",
        },
        {
          value: "recipe",
          label: "To a system that Signalbox knows",
          hint: `${RECIPES.length} recipes: Braze, Slack, …`,
        },
        { value: "url", label: "To a URL of your own" },
      ],
      output,
    }),
  );
  if (kind === "recipe") return askRecipe();
  if (kind === "url") return askUrl();
  return kind && { kind };
}

async function askUrl(): Promise<FirstTarget | undefined> {
  const url = answerTo(
    await text({
      message: "Which URL?",
      placeholder: "https://api.example.com/voucherify",
      validate: (given = "") =>
        /^https?:$/.test(URL.parse(given)?.protocol ?? "") ? undefined : "A URL, with https://",
      output,
    }),
  );
  return url === undefined ? undefined : { kind: "url", url };
}

async function askRecipe(): Promise<FirstTarget | undefined> {
  const options = RECIPES.map(({ id, title }) => ({ value: id, label: title, hint: id }));
  const id = answerTo(await autocomplete({ message: "Which system? (type to search)", options, maxItems: 10, output }));
  const recipe = id === undefined ? undefined : findRecipe(id);
  if (recipe === undefined) return undefined;
  const settings = await askSettings(recipe, {});
  return settings && { kind: "recipe", recipe, settings };
}

/** The settings that a recipe cannot do without, where they were not given already. */
export async function askSettings(
  { settings }: Recipe,
  given: Readonly<Record<string, string>>,
): Promise<Record<string, string> | undefined> {
  const said = { ...given };
  for (const [name, setting] of Object.entries(settings)) {
    if (setting.default !== undefined || Object.hasOwn(said, name)) continue;
    const value = await askSetting(setting);
    if (value === undefined) return undefined;
    said[name] = value;
  }
  return said;
}

async function askSetting(setting: Setting): Promise<string | undefined> {
  const message = setting.meaning;
  if (setting.kind === "choice") {
    const options = Object.keys(setting.choices).map((value) => ({ value, label: value }));
    return answerTo(await select({ message, options, output }));
  }
  if (setting.kind === "template") return setting.default;
  const pattern = new RegExp(`^(?:${setting.pattern})$`, "u");
  const validate = (given = ""): string | undefined =>
    pattern.test(given) ? undefined : `Something like ${setting.example}`;
  return answerTo(await text({ message, placeholder: setting.example, validate, output }));
}

/** Which events go there, in patterns. */
export async function askEvents(proposed: readonly string[]): Promise<string[] | undefined> {
  const said = answerTo(
    await text({
      message: "Which events? (a star at the end stands for all that begin so; several with commas)",
      initialValue: proposed.join(", "),
      output,
    }),
  );
  return said === undefined ? undefined : said.split(/[\s,]+/).filter((pattern) => pattern !== "");
}

/** The values of secrets that somebody has at hand, by name; typed without being shown. Whoever leaves has no more. */
export async function askSecrets(secrets: ReadonlyMap<string, string>): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const [name, meaning] of secrets) {
    const said = await password({ message: `${name}: ${meaning} (empty: later)`, output });
    if (isCancel(said)) break;
    if (said) values[name] = said;
  }
  return values;
}

function answerTo<T>(said: T): Exclude<T, symbol> | undefined {
  // What is cancelled is a symbol, and no answer of ours is one.
  return isCancel(said) ? undefined : (said as Exclude<T, symbol>);
}
