// The recipes: the destinations that Signalbox knows, what each needs, and the requests that it makes.

import { Hono } from "hono";
import * as v from "valibot";
import { problem } from "../problem.ts";
import { defaultSecretName } from "../recipes/apply.ts";
import { exampleTarget } from "../recipes/example-target.ts";
import type { Recipe } from "../recipes/recipe.ts";
import { findRecipe, RECIPES } from "../recipes/registry.ts";
import type { AdminEnv } from "./access.ts";
import { describe } from "./describe.ts";

const SummarySchema = v.object({
  id: v.string(),
  title: v.string(),
  summary: v.string(),
  authentication: v.pipe(v.string(), v.description("How it proves who sends.")),
  repeats: v.pipe(
    v.picklist(["none", "header", "body", "upsert"]),
    v.description("How the destination recognises a request that it has had."),
  ),
});

const SecretSchema = v.object({
  name: v.string(),
  meaning: v.string(),
  secret: v.pipe(
    v.nullable(v.string()),
    v.description("The Worker secret that is taken when the target names none; null where it is used only when named."),
  ),
});

const SettingSchema = v.object({
  name: v.string(),
  kind: v.picklist(["choice", "text", "template"]),
  meaning: v.string(),
  required: v.boolean(),
  default: v.optional(v.string()),
  choices: v.optional(v.array(v.string())),
  pattern: v.optional(v.string()),
  example: v.optional(v.string()),
});

const OpenSchema = v.record(v.string(), v.unknown());

const RecipeSchema = v.object({
  ...SummarySchema.entries,
  documentation: v.object({ url: v.string(), readOn: v.string() }),
  evidence: v.record(v.string(), v.picklist(["read", "secondary", "memory"])),
  notes: v.array(v.string()),
  settings: v.array(SettingSchema),
  secrets: v.array(SecretSchema),
  idempotency: OpenSchema,
  onAmbiguous: v.picklist(["retry", "hold"]),
  limits: OpenSchema,
  target: v.pipe(OpenSchema, v.description("The shortest target of a routing table that uses it.")),
  requests: v.pipe(OpenSchema, v.description("The request template for each family of events, `<<settings>>` in it.")),
});

/** `GET /admin/recipes` and `GET /admin/recipes/<id>`. */
export const recipeRoutes = new Hono<AdminEnv>()
  .get("/", describe({ summary: "Lists the recipes.", answer: v.object({ recipes: v.array(SummarySchema) }) }), (c) =>
    c.json({ recipes: RECIPES.map(summarise) }),
  )
  .get(
    "/:id",
    describe({
      summary: "A recipe: what it needs, what its destination is known for, and the requests that it makes.",
      path: { id: "The recipe's `id`, like `braze`." },
      answer: RecipeSchema,
      problems: ["not_found"],
    }),
    (c) => {
      const recipe = findRecipe(c.req.param("id"));
      return recipe === undefined ? problem(c, "not_found") : c.json(describeRecipe(recipe));
    },
  );

function summarise({ id, title, summary, authentication, idempotency }: Recipe): v.InferOutput<typeof SummarySchema> {
  return { id, title, summary, authentication: authentication.type, repeats: idempotency.kind };
}

function describeRecipe(recipe: Recipe) {
  const { documentation, evidence, notes = [], idempotency, onAmbiguous = "retry", limits, requests } = recipe;
  return {
    ...summarise(recipe),
    documentation,
    evidence,
    notes,
    settings: describeSettings(recipe),
    secrets: describeSecrets(recipe),
    idempotency,
    onAmbiguous,
    limits,
    target: exampleTarget(recipe),
    requests,
  };
}

function describeSettings({ settings }: Recipe): v.InferOutput<typeof SettingSchema>[] {
  return Object.entries(settings).map(([name, { kind, meaning, default: byDefault, ...rest }]) => ({
    name,
    kind,
    meaning,
    required: byDefault === undefined,
    ...(byDefault !== undefined && { default: byDefault }),
    ...("choices" in rest ? { choices: Object.keys(rest.choices) } : rest),
  }));
}

function describeSecrets({ id, secrets, optionalSecrets = {} }: Recipe): v.InferOutput<typeof SecretSchema>[] {
  return [
    ...Object.entries(secrets).map(([name, meaning]) => ({ name, meaning, secret: defaultSecretName(id, name) })),
    ...Object.entries(optionalSecrets).map(([name, meaning]) => ({ name, meaning, secret: null })),
  ];
}
