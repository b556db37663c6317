// A target ready to render: its own request, or those of its recipe, compiled, and every secret it needs by name.

import type { AnswerConditions } from "../delivery/answer.ts";
import { PER_SECOND_MAX, type Limits } from "../delivery/gate/policy.ts";
import { authenticationSecrets, type Authentication } from "../delivery/authentication.ts";
import { authenticationIssues, doubledHeaders } from "../delivery/authentication-issues.ts";
import type { Issue } from "../issues.ts";
import { applyRecipe } from "../recipes/apply.ts";
import { familyOf, type Family } from "../recipes/families.ts";
import type { AnswerCondition, Recipe } from "../recipes/recipe.ts";
import { findRecipe } from "../recipes/registry.ts";
import { isReservedSecretName, SECRET_NAME_PATTERN } from "../secret-names.ts";
import { TEMPLATE_DEPTH_MAX } from "../translation/json-body.ts";
import { compileRequest, type RequestTemplate, type RequestTemplateSource } from "../translation/request.ts";
import type { Settings } from "../translation/scope.ts";
import { secretNodeName } from "../translation/secret-node.ts";
import { settingReads } from "../translation/template-reads.ts";
import type { Target } from "./table.ts";

/** A target with its templates compiled. */
export interface CompiledTarget extends Omit<Target, "request" | "auth" | "settings" | "secrets"> {
  id: string;
  /** What its expressions read as `$settings`; a recipe's settings stand in its templates already. */
  settings: Settings;
  /** By family of events; a target with a request of its own has it for any event. */
  requests: ReadonlyMap<Family | "any", RequestTemplate>;
  /** The same as written, settings filled in: for traces and checks. */
  sources: ReadonlyMap<Family | "any", RequestTemplateSource>;
  auth: Authentication;
  /** What an answer must be, beside its status; undefined where the status says it all. */
  answers: AnswerConditions | undefined;
  /** Every secret its requests need, by name. */
  secrets: ReadonlySet<string>;
}

/** The template for an event type; undefined when the target's recipe has none for it. */
export function templateFor({ requests }: Pick<CompiledTarget, "requests">, type: string): RequestTemplate | undefined {
  return requests.get("any") ?? requests.get(familyOf(type));
}

/** The same as written. */
export function sourceFor(
  { sources }: Pick<CompiledTarget, "sources">,
  type: string,
): RequestTemplateSource | undefined {
  return sources.get("any") ?? sources.get(familyOf(type));
}

/** Compiles a target; undefined when it cannot be rendered. Whatever is wrong is added to `issues`. */
export function compileTarget(id: string, target: Target, issues: Issue[]): CompiledTarget | undefined {
  const path = `targets.${id}`;
  const definition = definitionOf(target, path, issues);
  if (definition === undefined) return undefined;
  const { auth, sources, answers, settings, defaults } = definition;
  checkAuthentication(auth, sources, path, issues);
  const requests = new Map<Family | "any", RequestTemplate>();
  for (const [family, source] of sources) {
    const compiled = compileRequest(source, `${path}.request`);
    if (compiled.ok) requests.set(family, compiled.value);
    else issues.push(...compiled.issues);
  }
  const secrets = [
    ...authenticationSecrets(auth).map((name) => ({ path: `${path}.auth`, name })),
    ...[...sources.values()].flatMap((source) => requestSecrets(source, `${path}.request`)),
  ];
  checkSecretNames(secrets, issues);
  if (requests.size < sources.size) return undefined;
  const { request: _, secrets: __, ...policy } = target;
  return {
    ...defaults,
    ...policy,
    id,
    requests,
    sources,
    auth,
    answers,
    settings,
    secrets: new Set(secrets.map(({ name }) => name)),
  };
}

interface Definition {
  auth: Authentication;
  sources: ReadonlyMap<Family | "any", RequestTemplateSource>;
  answers: AnswerConditions | undefined;
  settings: Settings;
  /** What holds where the target itself says nothing. */
  defaults: Partial<Pick<Target, "limits" | "maxAgeSeconds" | "onAmbiguous">>;
}

/** Where a target's requests come from: itself or its recipe. */
function definitionOf(target: Target, path: string, issues: Issue[]): Definition | undefined {
  const recipe = target.recipe === undefined ? undefined : findRecipe(target.recipe);
  if (recipe !== undefined) return recipeDefinition(recipe, target, path, issues);
  if (target.secrets !== undefined) issues.push({ path: `${path}.secrets`, message: "only a recipe has these" });
  if (target.request === undefined) {
    issues.push({ path, message: "a target has a request or a recipe" });
    return undefined;
  }
  checkSettings(target.request, target.settings ?? {}, path, issues);
  const { auth = { type: "none" }, request, settings = {} } = target;
  return { auth, sources: new Map([["any", request]]), answers: undefined, settings, defaults: {} };
}

/** Undefined when something does not fit: its requests would only repeat that, at places that the table has not. */
function recipeDefinition(recipe: Recipe, target: Target, path: string, issues: Issue[]): Definition | undefined {
  const before = issues.length;
  for (const key of ["request", "auth"] as const) {
    if (target[key] === undefined) continue;
    const message = `the recipe ${recipe.id} brings its own; print it with \`signalbox recipes ${recipe.id}\` to change it`;
    issues.push({ path: `${path}.${key}`, message });
  }
  const use = { settings: target.settings ?? {}, secrets: target.secrets ?? {} };
  const { auth, requests } = applyRecipe(recipe, use, path, issues);
  for (const [name, text] of Object.entries(use.settings)) {
    const place = `${path}.settings.${name}`;
    const reads = recipe.settings[name]?.kind === "template" ? settingReads(text, place) : [];
    if (reads.length > 0) issues.push({ path: place, message: "$settings is of targets with a request of their own" });
  }
  if (issues.length > before) return undefined;
  return { auth, sources: requests, answers: answersOf(recipe), settings: {}, defaults: defaultsOf(recipe) };
}

/** What a recipe knows of its destination's limits. */
function defaultsOf({ limits, onAmbiguous }: Recipe): Definition["defaults"] {
  const { ratePerSecond, concurrency, maxAgeSeconds } = limits;
  const gate: Limits = {
    ...(ratePerSecond !== undefined && { perSecond: Math.min(ratePerSecond, PER_SECOND_MAX) }),
    ...(concurrency !== undefined && { concurrency }),
  };
  return {
    ...(Object.keys(gate).length > 0 && { limits: gate }),
    ...(maxAgeSeconds !== undefined && { maxAgeSeconds }),
    ...(onAmbiguous !== undefined && { onAmbiguous }),
  };
}

/** What a recipe knows of answers, as it travels with each delivery; undefined when it knows nothing. */
export function answersOf({ success = [], retry = [], permanent = [] }: Recipe): AnswerConditions | undefined {
  if (success.length + retry.length + permanent.length === 0) return undefined;
  const listed = (entries: readonly AnswerCondition[]): AnswerConditions["retry"] =>
    entries.map((entry) => ("op" in entry ? entry : [...entry]));
  return { success: [...success], retry: listed(retry), permanent: listed(permanent) };
}

/** A setting's name: what a plain path and an expression both read without quotes. */
const SETTING_NAME = /^[A-Za-z]\w{0,39}$/;

/** Longest setting, in characters: what is longer belongs into the template. */
const SETTING_LENGTH_MAX = 2_000;

/** What is wrong with a target's own settings, and every name that its request reads and nobody has set. */
function checkSettings(request: RequestTemplateSource, settings: Settings, path: string, issues: Issue[]): void {
  for (const [name, text] of Object.entries(settings)) {
    const place = `${path}.settings.${name}`;
    if (!SETTING_NAME.test(name)) {
      issues.push({ path: place, message: "a setting's name has up to 40 letters, digits and _, a letter first" });
    } else if (text.length > SETTING_LENGTH_MAX) {
      issues.push({ path: place, message: `a setting has up to ${SETTING_LENGTH_MAX} characters` });
    }
  }
  const names = Object.keys(settings);
  for (const { place, path: read } of settingReads(request, `${path}.request`)) {
    const [, name, ...more] = read;
    if (name === undefined || (Object.hasOwn(settings, name) && more.length === 0)) continue;
    const there = names.length === 0 ? "the target has no settings" : `there is ${names.join(", ")}`;
    issues.push({ path: place, message: `there is no setting ${[name, ...more].join(".")}; ${there}` });
  }
}

function checkAuthentication(
  auth: Authentication,
  sources: Definition["sources"],
  path: string,
  issues: Issue[],
): void {
  issues.push(...authenticationIssues(auth, `${path}.auth`));
  for (const { headers = {}, query = {}, url } of sources.values()) {
    issues.push(...doubledHeaders(auth, headers, `${path}.request.headers`));
    if (auth.type !== "query" || (!Object.hasOwn(query, auth.name) && !hasParameter(url, auth.name))) continue;
    issues.push({ path: `${path}.auth.name`, message: "the request has this query parameter already" });
  }
}

/** Whether a query written in a URL template has a parameter. */
function hasParameter(url: string, name: string): boolean {
  return new URLSearchParams(url.split("?").slice(1).join("?")).has(name);
}

function checkSecretNames(secrets: readonly { path: string; name: string }[], issues: Issue[]): void {
  for (const { path, name } of secrets) {
    if (!SECRET_NAME_PATTERN.test(name)) {
      // Not repeated: it may be the secret itself, pasted into the wrong place.
      issues.push({ path, message: "a secret's name has capitals, digits and underscores, like BRAZE_KEY" });
    } else if (isReservedSecretName(name)) {
      issues.push({ path, message: `${name} belongs to Signalbox and is never sent to a target` });
    }
  }
}

/** Every secret node of a request template, with its place. */
function requestSecrets(request: RequestTemplateSource, path: string): { path: string; name: string }[] {
  const { pathSecret, query = {}, headers = {}, body = null } = request;
  const inPath = pathSecret === undefined ? [] : [{ path: `${path}.pathSecret`, name: pathSecret }];
  const nodes = Object.entries({ query, headers, body });
  return [...inPath, ...nodes.flatMap(([key, value]) => collectSecrets(value, `${path}.${key}`))];
}

function collectSecrets(value: unknown, path: string, depth = 0): { path: string; name: string }[] {
  const name = secretNodeName(value);
  if (name !== undefined) return [{ path, name }];
  if (typeof value !== "object" || value === null || depth > TEMPLATE_DEPTH_MAX) return [];
  return Object.entries(value).flatMap(([key, child]) => collectSecrets(child, `${path}.${key}`, depth + 1));
}
