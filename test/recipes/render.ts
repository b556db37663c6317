// What a recipe sends for each family of events: the golden requests, and what they are made of. For the tests and for
// `npm run goldens`.

import { applyRecipe } from "../../src/recipes/apply.ts";
import { FAMILIES, typesOf, type Family } from "../../src/recipes/families.ts";
import type { Recipe, RecipeAuthentication, Setting } from "../../src/recipes/recipe.ts";
import type { Issue } from "../../src/issues.ts";
import { compileRequest, renderRequest, type RequestTemplate } from "../../src/translation/request.ts";
import type { RenderedText } from "../../src/translation/rendered.ts";
import { exampleSendout } from "../../src/voucherify/examples.ts";
import { normalise, type NormalisedEvent } from "../../src/voucherify/normalise.ts";

/** A request as it is kept in test/fixtures/recipes: secrets as `{{NAME}}`, a JSON body parsed. */
export interface Golden {
  event: string;
  method: string;
  url: string;
  headers: Record<string, string>;
  body: unknown;
}

/** The settings that goldens are rendered with: a template's default, a text's example, the first choice. */
export function goldenSettings(recipe: Recipe): Record<string, string> {
  return Object.fromEntries(
    Object.entries(recipe.settings).map(([name, setting]) => [name, goldenSetting(setting)] as const),
  );
}

function goldenSetting(setting: Setting): string {
  if (setting.kind === "template") return setting.default;
  if (setting.kind === "text") return setting.default ?? setting.example;
  return setting.default ?? Object.keys(setting.choices)[0] ?? "";
}

/** The event of a family that its golden is rendered for: a success where there is one. */
export function goldenType(family: Family): string {
  const types = typesOf(family);
  const told = GOLDEN_TYPES[family];
  if (!types.includes(told)) throw new Error(`the catalogue lacks ${told}`);
  return told;
}

const GOLDEN_TYPES: Readonly<Record<Family, string>> = {
  redemption: "redemption.succeeded",
  publication: "publication.succeeded",
  points: "customer.rewarded.loyalty_points",
  reward: "customer.rewarded",
  tier: "customer.loyalty.tier.upgraded",
  order: "customer.order.paid",
  segment: "customer.segment.entered",
  custom_event: "customer.custom_event",
  other: "customer.created",
};

/** The families a recipe is made for, in order. */
export function familiesOf(recipe: Recipe): Family[] {
  return FAMILIES.filter((family) => recipe.requests[family] !== undefined);
}

/** The bodies of our examples by event type. Made once: every recipe is rendered for every type. */
const bodies = new Map<string, string>();

function exampleBody(type: string): string {
  const body = bodies.get(type) ?? JSON.stringify(exampleSendout(type));
  bodies.set(type, body);
  return body;
}

/** Our example of an event type, understood anew each time: nobody shares it. */
export function exampleEvent(type: string): NormalisedEvent {
  const event = normalise(new TextEncoder().encode(exampleBody(type)));
  if (!event.ok) throw new Error(`${type}: ${event.detail}`);
  return event.value;
}

/** What a family's request of a recipe was compiled to. Compiled once, as a router does. */
const compiledRequests = new WeakMap<Recipe, Map<Family, RequestTemplate>>();

/** A family's request of a recipe, compiled. Fails with what is wrong. */
function compileFamily(recipe: Recipe, family: Family): RequestTemplate {
  const families = compiledRequests.get(recipe) ?? new Map<Family, RequestTemplate>();
  compiledRequests.set(recipe, families);
  const known = families.get(family);
  if (known !== undefined) return known;
  const issues: Issue[] = [];
  // Whatever proves the sender is the delivery's business; here the request itself counts.
  const open = { ...recipe, authentication: { type: "none" } as const };
  const { requests } = applyRecipe(open, { settings: goldenSettings(recipe), secrets: {} }, recipe.id, issues);
  const source = requests.get(family);
  const compiled = source === undefined ? undefined : compileRequest(source, recipe.id);
  if (compiled?.ok === false) issues.push(...compiled.issues);
  if (compiled?.ok !== true || issues.length > 0) throw new Error(`${recipe.id}: ${JSON.stringify(issues)}`);
  families.set(family, compiled.value);
  return compiled.value;
}

/** What a recipe sends for an event type. Fails with what is wrong. */
export async function renderRecipe(recipe: Recipe, family: Family, type: string): Promise<Golden> {
  const compiled = compileFamily(recipe, family);
  const event = exampleEvent(type);
  const receivedAt = (event.occurredAt ?? 0) + 1_000;
  const rendered = await renderRequest(compiled, {
    event: event.envelope,
    seed: "so_00000000000000000000000000000001|golden",
    happenedAt: event.occurredAt ?? receivedAt,
    receivedAt,
  });
  if (!rendered.ok) throw new Error(`${recipe.id}, ${type}: ${rendered.reason}: ${rendered.detail}`);
  const { method, url, headers, body } = rendered.value;
  const text = body === undefined ? null : written(body);
  const contentType = headers.find(([name]) => name === "content-type")?.[1];
  const isJson = contentType !== undefined && /json/.test(written(contentType));
  return {
    event: type,
    method,
    url: written(url),
    headers: {
      ...Object.fromEntries(headers.map(([name, value]) => [name, written(value)])),
      ...proof(recipe.authentication, goldenSettings(recipe)),
    },
    body: text !== null && isJson ? JSON.parse(text) : text,
  };
}

/** How the request proves itself, for people who read goldens. */
function proof(authentication: RecipeAuthentication, settings: Record<string, string>): Record<string, string> {
  switch (authentication.type) {
    case "none":
      return {};
    case "bearer":
      return { authorization: `Bearer {{${authentication.secret}}}` };
    case "basic":
      return {
        authorization: `Basic ${authentication.username.replaceAll(/<<(\w+)>>/g, (_all, name: string) => settings[name] ?? "")}:{{${authentication.password}}}`,
      };
    case "header":
      return { [authentication.name]: `${authentication.prefix ?? ""}{{${authentication.secret}}}` };
    case "standard_webhooks":
      return {
        "webhook-id": "{{id}}",
        "webhook-timestamp": "{{timestamp}}",
        "webhook-signature": `v1,{{signature by ${authentication.secrets[0] ?? ""}}}`,
      };
    case "oauth2_client_credentials":
    case "google_service_account":
    case "aws_sigv4":
      return { authorization: `{{${authentication.type}}}` };
  }
}

function written(text: RenderedText): string {
  return text
    .map((part) => {
      if (typeof part === "string") return part;
      return part.as === "json" ? JSON.stringify(`{{${part.$secret}}}`) : `{{${part.$secret}}}`;
    })
    .join("");
}
