// A recipe with somebody's settings and secrets: an ordinary target. Pure.

import type { Authentication } from "../delivery/authentication.ts";
import type { Issue } from "../issues.ts";
import { isReservedSecretName } from "../secret-names.ts";
import type { RequestTemplateSource } from "../translation/request.ts";
import { parseText } from "../translation/text.ts";
import { isJsonObject } from "../voucherify/read-json.ts";
import type { Family } from "./families.ts";
import type { Recipe, RecipeAuthentication, Setting } from "./recipe.ts";

/** What whoever uses a recipe has said. */
export interface RecipeUse {
  /** By the names of the recipe's settings. */
  settings: Readonly<Record<string, string>>;
  /** By the names of the recipe's secrets: the names of Worker secrets. */
  secrets: Readonly<Record<string, string>>;
}

/** The target that a recipe makes. */
export interface AppliedRecipe {
  auth: Authentication;
  requests: ReadonlyMap<Family, RequestTemplateSource>;
}

/**
 * Applies a recipe. Whatever does not fit it is added to `issues`, by its place in the table.
 *
 * @param path where the target stands: `targets.braze`
 */
export function applyRecipe(recipe: Recipe, use: RecipeUse, path: string, issues: Issue[]): AppliedRecipe {
  const values = readSettings(recipe, use, path, issues);
  const secretOf = readSecretNames(recipe, use, path, issues);
  const requests = Object.entries(recipe.requests).map(([family, request]) => {
    const filled = fill({ method: "POST", encoding: "json", missing: "omit", ...request }, values, secretOf);
    // The keys are families, and filling a template leaves its shape as it is.
    return [family as Family, filled as RequestTemplateSource] as const;
  });
  const authentication = withoutUnused(recipe, use);
  return { auth: authenticationOf(authentication, values, secretOf), requests: new Map(requests) };
}

/** The Worker secret that a recipe's secret is when nobody says: `BRAZE_API_KEY`. */
export function defaultSecretName(recipeId: string, secret: string): string {
  return `${recipeId}_${secret}`.toUpperCase().replaceAll(/[^A-Z0-9]+/g, "_");
}

function readSettings(
  { settings }: Recipe,
  use: RecipeUse,
  path: string,
  issues: Issue[],
): ReadonlyMap<string, { text: string; setting: Setting }> {
  for (const name of Object.keys(use.settings)) {
    if (!Object.hasOwn(settings, name)) {
      issues.push({
        path: `${path}.settings.${name}`,
        message: `this recipe has no such setting; ${listOf(settings)}`,
      });
    }
  }
  return new Map(
    Object.entries(settings).flatMap(([name, setting]) => {
      const given = Object.hasOwn(use.settings, name) ? use.settings[name] : setting.default;
      if (given === undefined) {
        issues.push({ path: `${path}.settings.${name}`, message: `this is missing: ${setting.meaning}` });
        return [];
      }
      const message = settingIssue(setting, given);
      if (message !== undefined) issues.push({ path: `${path}.settings.${name}`, message });
      const text = setting.kind === "choice" ? choiceOf(setting, given) : given;
      return [[name, { text, setting }] as const];
    }),
  );
}

function choiceOf({ choices }: Setting & { kind: "choice" }, given: string): string {
  return (Object.hasOwn(choices, given) ? choices[given] : undefined) ?? "";
}

function settingIssue(setting: Setting, given: string): string | undefined {
  if (setting.kind === "choice") {
    const names = Object.keys(setting.choices);
    return names.includes(given) ? undefined : `expected one of ${names.join(", ")}: ${setting.meaning}`;
  }
  if (setting.kind === "template") {
    const parsed = parseText(given);
    return parsed.ok ? undefined : parsed.detail;
  }
  if (new RegExp(`^(?:${setting.pattern})$`, "u").test(given)) return undefined;
  return `expected something like ${setting.example}: ${setting.meaning}`;
}

function readSecretNames(
  { id, secrets: needed, optionalSecrets = {} }: Recipe,
  use: RecipeUse,
  path: string,
  issues: Issue[],
): (secret: string) => string {
  const secrets = { ...needed, ...optionalSecrets };
  for (const name of Object.keys(use.secrets)) {
    if (!Object.hasOwn(secrets, name)) {
      issues.push({ path: `${path}.secrets.${name}`, message: `this recipe has no such secret; ${listOf(secrets)}` });
    } else if (isReservedSecretName(use.secrets[name] ?? "")) {
      const message = `${use.secrets[name]} belongs to Signalbox and is never sent to a target`;
      issues.push({ path: `${path}.secrets.${name}`, message });
    }
  }
  return (secret) =>
    (Object.hasOwn(use.secrets, secret) ? use.secrets[secret] : undefined) ?? defaultSecretName(id, secret);
}

function listOf(entries: object): string {
  const names = Object.keys(entries);
  return names.length === 0 ? "it has none" : `it has ${names.join(", ")}`;
}

/** `<<name>>`, or `<<name|what stands there when it is empty>>`. */
const PLACEHOLDER = /<<(\w+)(?:\|(.*?))?>>/gs;

/** A template with the settings in their places, and the Worker's names of secrets. */
function fill(
  value: unknown,
  settings: ReadonlyMap<string, { text: string; setting: Setting }>,
  secretOf: (secret: string) => string,
  key = "",
): unknown {
  if (typeof value === "string") {
    if (key === "$secret" || key === "pathSecret") return secretOf(value);
    return value.replaceAll(PLACEHOLDER, (_all, name: string, instead: string | undefined) => {
      const given = settings.get(name);
      if (given === undefined || given.text === "") return instead ?? "";
      // Only a template may bring expressions along.
      return given.setting.kind === "template" ? given.text : given.text.replaceAll("{{", String.raw`\{{`);
    });
  }
  if (Array.isArray(value)) return value.map((one) => fill(one, settings, secretOf));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, fill(one, settings, secretOf, name)]));
}

/** A recipe's authentication without the secrets that this use of it does not name and that it can do without. */
function withoutUnused({ authentication, optionalSecrets = {} }: Recipe, use: RecipeUse): RecipeAuthentication {
  if (authentication.type !== "standard_webhooks") return authentication;
  const secrets = authentication.secrets.filter(
    (name) => Object.hasOwn(use.secrets, name) || !Object.hasOwn(optionalSecrets, name),
  );
  return { ...authentication, secrets };
}

function authenticationOf(
  authentication: RecipeAuthentication,
  settings: ReadonlyMap<string, { text: string; setting: Setting }>,
  secretOf: (secret: string) => string,
): Authentication {
  switch (authentication.type) {
    case "none":
      return authentication;
    case "bearer":
      return { type: "bearer", secret: secretOf(authentication.secret) };
    case "basic":
      return {
        type: "basic",
        username: String(fill(authentication.username, settings, secretOf)),
        password: secretOf(authentication.password),
      };
    case "header": {
      const { name, secret, prefix } = authentication;
      return { type: "header", name, secret: secretOf(secret), ...(prefix !== undefined && { prefix }) };
    }
    case "standard_webhooks":
      return { type: "standard_webhooks", secrets: authentication.secrets.map((name) => secretOf(name)) };
    case "oauth2_client_credentials": {
      const { tokenUrl, clientId, clientSecret, scope } = authentication;
      return {
        type: "oauth2_client_credentials",
        tokenUrl: String(fill(tokenUrl, settings, secretOf)),
        clientId: secretOf(clientId),
        clientSecret: secretOf(clientSecret),
        ...(scope !== undefined && { scope: String(fill(scope, settings, secretOf)) }),
      };
    }
    case "google_service_account":
      return {
        type: "google_service_account",
        key: secretOf(authentication.key),
        scopes: [...authentication.scopes],
      };
    case "aws_sigv4":
      return {
        type: "aws_sigv4",
        service: authentication.service,
        region: String(fill(authentication.region, settings, secretOf)),
        accessKeyId: secretOf(authentication.accessKeyId),
        secretAccessKey: secretOf(authentication.secretAccessKey),
      };
  }
}
