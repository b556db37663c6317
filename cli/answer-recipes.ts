// What `signalbox recipes` answers.

import type { AnswerCondition } from "../src/recipes/recipe.ts";
import { defaultSecretName } from "../src/recipes/apply.ts";
import type { Idempotency, Recipe, Setting } from "../src/recipes/recipe.ts";
import { exampleTarget } from "../src/recipes/example-target.ts";
import { findRecipe, RECIPES } from "../src/recipes/registry.ts";
import type { PlainCondition } from "../src/translation/condition.ts";
import { nearestPath } from "../src/voucherify/nearest-path.ts";
import { pc } from "./colours.ts";
import { answer, complain, toJson, type Outcome } from "./outcome.ts";
import { alignColumns } from "./text-table.ts";

/** The recipes, or what is known of one. */
export function answerRecipes(id: string | undefined, { json }: { json?: boolean }): Outcome {
  if (id === undefined) return answer(json ? toJson(RECIPES) : recipeTable());
  const recipe = findRecipe(id);
  if (recipe !== undefined) return answer(json ? toJson(recipe) : recipePage(recipe));
  const nearest = nearestPath(
    id,
    RECIPES.map((one) => one.id),
  );
  const suggestion = nearest === undefined ? "`signalbox recipes` lists those there are." : `Did you mean ${nearest}?`;
  return complain({ reason: "recipe_unknown", detail: `There is no recipe ${id}. ${suggestion}` }, 1, json);
}

function recipeTable(): string {
  const rows = RECIPES.map(({ id, authentication, idempotency, title }) => [
    id,
    authentication.type,
    idempotency.kind,
    title,
  ]);
  const lines = alignColumns([["RECIPE", "AUTHENTICATION", "REPEATS", "TITLE"], ...rows]);
  return lines.map((line, index) => (index === 0 ? pc.bold(line) : line)).join("\n");
}

function recipePage(recipe: Recipe): string {
  const {
    title,
    summary,
    documentation,
    evidence,
    notes = [],
    settings,
    secrets,
    optionalSecrets = {},
    idempotency,
    limits,
    requests,
  } = recipe;
  const about = [
    ["Documentation", `${documentation.url} (read ${documentation.readOn})`],
    [
      "Evidence",
      Object.entries(evidence)
        .map(([what, how]) => `${what}: ${how}`)
        .join(", "),
    ],
    ["Authentication", recipe.authentication.type],
    ["Repeats", idempotencyText(idempotency)],
    ["No answer", recipe.onAmbiguous === "hold" ? "is held for a person, because it may have arrived" : ""],
    ["Largest body", `${limits.bodyBytesMax} bytes`],
    ["Rate", limits.ratePerSecond === undefined ? "" : `${limits.ratePerSecond} a second`],
    ["Concurrency", limits.concurrency === undefined ? "" : `${limits.concurrency} at the same time`],
    ["Oldest event", limits.maxAgeSeconds === undefined ? "" : `${limits.maxAgeSeconds / 3_600} hours`],
  ].filter(([, text]) => text !== "");
  return [
    pc.bold(title),
    summary,
    "",
    ...alignColumns(about),
    ...section("Answers", judgementLines(recipe)),
    ...section("Notes", notes),
    ...section(
      "Settings",
      alignColumns(Object.entries(settings).map(([name, setting]) => [name, settingText(setting)])),
    ),
    ...section(
      "Secrets",
      alignColumns([
        ...Object.entries(secrets).map(([name, meaning]) => [name, defaultSecretName(recipe.id, name), meaning]),
        ...Object.entries(optionalSecrets).map(([name, meaning]) => [name, "only when named", meaning]),
      ]),
    ),
    ...section("A target in the routing table", [toJson({ [recipe.id]: exampleTarget(recipe) })]),
    ...section("Requests, by family of events", [toJson(requests)]),
  ].join("\n");
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", pc.bold(title), ...lines];
}

/** What counts beside an answer's status, a line each. */
function judgementLines({ success = [], retry = [], permanent = [] }: Recipe): string[] {
  const allOf = (one: AnswerCondition): string => ("path" in one ? [one] : one).map(conditionText).join(" and ");
  const anyOf = (conditions: readonly AnswerCondition[]): string => conditions.map(allOf).join("; or ");
  return [
    ...(success.length === 0 ? [] : [`delivered only if ${success.map(conditionText).join(" and ")}`]),
    ...(retry.length === 0 ? [] : [`tried again if ${anyOf(retry)}`]),
    ...(permanent.length === 0 ? [] : [`given up if ${anyOf(permanent)}`]),
  ];
}

function conditionText({ path, op, value }: PlainCondition): string {
  if (op === "exists") return `${path} is ${value ? "there" : "missing"}`;
  return `${path} ${op} ${JSON.stringify(value)}`;
}

function settingText(setting: Setting): string {
  const optional = setting.default === undefined ? "" : "; may be left out";
  switch (setting.kind) {
    case "choice":
      return `${setting.meaning}: ${Object.keys(setting.choices).join(", ")}${optional}`;
    case "text":
      return `${setting.meaning}, e.g. ${setting.example}${optional}`;
    case "template":
      return `${setting.meaning}; may have {{ expressions }}${optional}`;
  }
}

function idempotencyText(idempotency: Idempotency): string {
  const window =
    "windowSeconds" in idempotency && idempotency.windowSeconds !== undefined
      ? ` for ${idempotency.windowSeconds / 3_600} hours`
      : "";
  switch (idempotency.kind) {
    case "none":
      return "are not recognised: a request made twice counts twice";
    case "header":
      return `are recognised by the header ${idempotency.header}${window}`;
    case "body":
      return `are recognised by ${idempotency.field}${window}`;
    case "upsert":
      return `write the same again, by ${idempotency.field}`;
  }
}
