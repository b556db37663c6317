// The first routing table of somebody who begins: one inlet, one target, one route. Pure.

import example from "../../examples/first-table.json" with { type: "json" };
import { defaultSecretName } from "../../src/recipes/apply.ts";
import { typesOf, type Family } from "../../src/recipes/families.ts";
import type { Recipe } from "../../src/recipes/recipe.ts";
import { DEFAULT_INLET_SECRET_NAME } from "../../src/secret-names.ts";
import { DEMO_TARGET } from "../local/demo-target.ts";

/** Where the first requests go. */
export type FirstTarget =
  /** To the demo target of `signalbox dev`. */
  | { kind: "demo" }
  | { kind: "url"; url: string }
  | { kind: "recipe"; recipe: Recipe; settings: Readonly<Record<string, string>> };

/** What somebody who begins has said. */
export interface FirstChoice {
  target: FirstTarget;
  /** What the target is called. */
  name: string;
  /** Patterns of the events that go there. */
  events: readonly string[];
}

/** A table with one of each. */
export interface FirstTable {
  $schema: string;
  inlets: Record<string, object>;
  targets: Record<string, object>;
  routes: [{ id: string; events: readonly string[]; to: [string] }];
}

/** The table of a choice, which may still have mistakes of whoever chose in it. */
export function createFirstTable({ target, name, events }: FirstChoice, schema: string): FirstTable {
  return {
    $schema: schema,
    inlets: { voucherify: { auth: { secrets: [DEFAULT_INLET_SECRET_NAME] } } },
    targets: { [name]: createTarget(target, events) },
    routes: [{ id: "first", events, to: [name] }],
  };
}

/** What a target is called when nobody says. */
export function defaultName(target: FirstTarget): string {
  switch (target.kind) {
    case "demo":
      return DEMO_TARGET;
    case "url":
      return "first";
    case "recipe":
      return target.recipe.id;
  }
}

/** Which events go to a target when nobody says: redemptions, or the first that its recipe is made for. */
export function defaultEvents(target: FirstTarget): string[] {
  if (target.kind !== "recipe") return ["redemption.*"];
  const { requests } = target.recipe;
  if (requests.redemption !== undefined) return ["redemption.succeeded"];
  const [family] = Object.keys(requests) as Family[]; // its keys are families
  return family === undefined ? ["*"] : typesOf(family).slice(0, 1);
}

function createTarget(target: FirstTarget, events: readonly string[]): object {
  if (target.kind === "recipe") return createRecipeTarget(target);
  const { request, retry } = example.targets.demo;
  const body = events.every((pattern) => pattern.startsWith("redemption.")) ? request.body : ANY_BODY;
  if (target.kind === "demo") return { request: { ...request, body }, retry };
  return { request: { ...request, url: target.url, body } };
}

/** What every event has something for. */
const ANY_BODY = { event: "{{ $webhook.event.type }}", at: "{{ $webhook.event.created_at }}", data: "{{ $ }}" };

/** The secrets are named though they could be left out: whoever reads the table sees what it needs. */
function createRecipeTarget({ recipe, settings }: FirstTarget & { kind: "recipe" }): object {
  const secrets = Object.keys(recipe.secrets).map((name) => [name, defaultSecretName(recipe.id, name)]);
  return {
    recipe: recipe.id,
    ...(Object.keys(settings).length > 0 && { settings }),
    ...(secrets.length > 0 && { secrets: Object.fromEntries(secrets) }),
  };
}
