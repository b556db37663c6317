// From a document to a table that routes: validation beyond the schema's reach, every template and filter compiled,
// and every problem named by its path.

import * as v from "valibot";
import { addressIssue } from "../delivery/address.ts";
import { authenticationSecrets } from "../delivery/authentication.ts";
import { ADMIN_TOKEN_NAME, isReservedSecretName, SECRET_NAME_PATTERN } from "../secret-names.ts";
import { headerNameIssue } from "../translation/headers.ts";
import type { TemplateIssue } from "../translation/json-body.ts";
import { compileRequest, type RequestTemplate, type RequestTemplateSource } from "../translation/request.ts";
import { secretNodeName } from "../translation/secret-node.ts";
import { compileFilter, type CompiledCondition } from "./filter.ts";
import { RoutingTableSchema, type Route, type RoutingTable, type Target } from "./table.ts";

/** A target with its template compiled. */
export interface CompiledTarget extends Omit<Target, "request"> {
  id: string;
  request: RequestTemplate;
  /** Every secret its requests need, by name. */
  secrets: ReadonlySet<string>;
}

/** A route with its lists as sets and its filter compiled. */
export interface CompiledRoute {
  id: string;
  events: readonly string[];
  inlets: ReadonlySet<string> | undefined;
  sources: ReadonlySet<string> | undefined;
  sourceKinds: ReadonlySet<string> | undefined;
  when: readonly CompiledCondition[];
  to: readonly string[];
}

/** A table ready to route by. */
export interface CompiledTable {
  inlets: ReadonlyMap<string, RoutingTable["inlets"][string]>;
  targets: ReadonlyMap<string, CompiledTarget>;
  routes: readonly CompiledRoute[];
}

/** Parses and compiles a document. All problems are reported at once, each with its path in the document. */
export function compileTable(
  document: unknown,
): { ok: true; value: CompiledTable } | { ok: false; issues: TemplateIssue[] } {
  const parsed = v.safeParse(RoutingTableSchema, document);
  if (!parsed.success) return { ok: false, issues: parsed.issues.flatMap(schemaIssues) };
  const issues: TemplateIssue[] = [];
  const table = parsed.output;
  const targets = new Map(
    Object.entries(table.targets).flatMap(([id, target]) => {
      const compiled = compileTarget(id, target, issues);
      return compiled === undefined ? [] : [[id, compiled] as const];
    }),
  );
  checkInlets(table, issues);
  const routes = table.routes.map((route, index) => compileRoute(route, index, table, issues));
  if (issues.length > 0) return { ok: false, issues };
  return { ok: true, value: { inlets: new Map(Object.entries(table.inlets)), targets, routes } };
}

/** Targets whose address may not be used, checked when a table is published and again before each request. */
export function addressIssues(table: CompiledTable, localTargets: boolean): TemplateIssue[] {
  return [...table.targets.values()].flatMap((target) => {
    const message = addressIssue(new URL(target.request.url.origin), localTargets);
    return message === undefined ? [] : [{ path: `targets.${target.id}.request.url`, message }];
  });
}

/** The names of secrets the table needs: for its inlets and for its targets. */
export function secretNames(table: CompiledTable): Set<string> {
  const inlets = [...table.inlets.values()].flatMap(({ auth }) => (auth === "none" ? [] : auth.secrets));
  const targets = [...table.targets.values()].flatMap((target) => [...target.secrets]);
  return new Set([...inlets, ...targets]);
}

function compileTarget(id: string, target: Target, issues: TemplateIssue[]): CompiledTarget | undefined {
  const path = `targets.${id}`;
  const secrets = new Set([...authenticationSecrets(target.auth), ...requestSecrets(target.request)]);
  for (const name of secrets) {
    if (!SECRET_NAME_PATTERN.test(name)) {
      issues.push({ path, message: `"${name}" is not a secret's name; use capitals, digits and underscores` });
    } else if (isReservedSecretName(name)) {
      issues.push({ path, message: `the secret ${name} belongs to Signalbox and is never sent to a target` });
    }
  }
  if (target.auth.type === "header") {
    const message = headerNameIssue(target.auth.name);
    if (message !== undefined) issues.push({ path: `${path}.auth.name`, message });
  }
  const request = compileRequest(target.request, `${path}.request`);
  if (request.ok) return { ...target, id, request: request.value, secrets };
  issues.push(...request.issues);
  return undefined;
}

function compileRoute(route: Route, index: number, table: RoutingTable, issues: TemplateIssue[]): CompiledRoute {
  const path = `routes.${index}`;
  if (table.routes.findIndex((other) => other.id === route.id) !== index) {
    issues.push({ path: `${path}.id`, message: `another route has the id "${route.id}"` });
  }
  for (const [position, target] of route.to.entries()) {
    if (Object.hasOwn(table.targets, target)) continue;
    issues.push({ path: `${path}.to.${position}`, message: `there is no target "${target}"` });
  }
  for (const [position, inlet] of (route.inlets ?? []).entries()) {
    if (Object.hasOwn(table.inlets, inlet)) continue;
    issues.push({ path: `${path}.inlets.${position}`, message: `there is no inlet "${inlet}"` });
  }
  return {
    id: route.id,
    events: route.events,
    inlets: toSet(route.inlets),
    sources: toSet(route.sources),
    sourceKinds: toSet(route.sourceKinds),
    when: compileFilter(route.when ?? [], (position, message) => {
      issues.push({ path: `${path}.when.${position}.path`, message });
    }),
    to: route.to,
  };
}

function checkInlets(table: RoutingTable, issues: TemplateIssue[]): void {
  for (const [name, inlet] of Object.entries(table.inlets)) {
    if (inlet.auth === "none" || !inlet.auth.secrets.includes(ADMIN_TOKEN_NAME)) continue;
    issues.push({ path: `inlets.${name}.auth.secrets`, message: "the admin token does not sign sendouts" });
  }
}

/** Every secret node of a request template. */
function requestSecrets(request: RequestTemplateSource): string[] {
  return collectSecrets([request.query, request.headers, request.body]);
}

function collectSecrets(value: unknown): string[] {
  const name = secretNodeName(value);
  if (name !== undefined) return [name];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(collectSecrets) : [];
}

function toSet(list: readonly string[] | undefined): ReadonlySet<string> | undefined {
  return list === undefined ? undefined : new Set(list);
}

/** A schema's issue as path and expectation; never the input. A union reports what its closest branch expected. */
function schemaIssues(issue: v.BaseIssue<unknown>): TemplateIssue[] {
  const nested = issue.issues?.filter((inner) => (inner.path?.length ?? 0) > 0) ?? [];
  const prefix = v.getDotPath(issue) ?? "(root)";
  if (nested.length > 0) {
    return nested.map((inner) => ({ path: `${prefix}.${v.getDotPath(inner) ?? ""}`, message: expectation(inner) }));
  }
  return [{ path: prefix, message: expectation(issue) }];
}

function expectation(issue: v.BaseIssue<unknown>): string {
  if (issue.kind === "validation") return issue.message;
  if (issue.expected === "never") return "this key is not known here";
  return `expected ${issue.expected ?? "another value"}`;
}
