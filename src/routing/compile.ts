// From a document to a table that routes: validation beyond the schema's reach, every template and filter compiled,
// and every problem named by its path.

import * as v from "valibot";
import { addressIssue, type HostRules } from "../delivery/address.ts";
import { tokenUrlOf } from "../delivery/authentication.ts";
import { ADMIN_TOKEN_NAME } from "../secret-names.ts";
import { explainIssue, type Issue } from "../issues.ts";
import { isJsonObject } from "../voucherify/read-json.ts";
import type { Expression } from "../translation/expression.ts";
import { compileFilter, type CompiledFilterCondition } from "./filter.ts";
import { requiredSecrets } from "./inlet-requirements.ts";
import { compileTarget, type CompiledTarget } from "./compile-target.ts";
import { compileOrder } from "./order.ts";
import { upstreamAddressIssues, upstreamIssues } from "./upstream-issues.ts";
import { RoutingTableSchema, type Route, type RoutingTable } from "./table.ts";

/** A route with its lists as sets and its expressions compiled. */
export interface CompiledRoute {
  id: string;
  events: readonly string[];
  inlets: ReadonlySet<string> | undefined;
  sources: ReadonlySet<string> | undefined;
  sourceKinds: ReadonlySet<string> | undefined;
  when: readonly CompiledFilterCondition[];
  /** What its deliveries that go one after another have in common; undefined where they go as they come. */
  order: Expression | undefined;
  to: readonly string[];
}

/** A table ready to route by. */
export interface CompiledTable {
  /** The document it was made of. */
  source: RoutingTable;
  inlets: ReadonlyMap<string, RoutingTable["inlets"][string]>;
  targets: ReadonlyMap<string, CompiledTarget>;
  routes: readonly CompiledRoute[];
}

/** Parses and compiles a document. All problems are reported at once, each with its path in the document. */
export function compileTable(document: unknown): { ok: true; value: CompiledTable } | { ok: false; issues: Issue[] } {
  const parsed = v.safeParse(RoutingTableSchema, document);
  if (!parsed.success) return { ok: false, issues: parsed.issues.flatMap(explainIssue) };
  const table = parsed.output;
  const issues = silentIssues(document);
  const targets = new Map(
    Object.entries(table.targets).flatMap(([id, target]) => {
      const compiled = compileTarget(id, target, issues);
      return compiled === undefined ? [] : [[id, compiled] as const];
    }),
  );
  checkInlets(table, issues);
  issues.push(...upstreamIssues(table));
  const routes = table.routes.map((route, index) => compileRoute(route, index, table, issues));
  if (issues.length > 0) return { ok: false, issues };
  return { ok: true, value: { source: table, inlets: new Map(Object.entries(table.inlets)), targets, routes } };
}

/** Targets, channels of alerts and a Voucherify whose address may not be used, checked when a table is published and again before each request. */
export function addressIssues(table: CompiledTable, localTargets: boolean, rules?: HostRules): Issue[] {
  const issueOf = (address: string): string | undefined => addressIssue(new URL(address), localTargets, rules);
  const ofTargets = [...table.targets.values()].flatMap(({ id, recipe, requests, auth }) => {
    const origins = new Set([...requests.values()].map(({ url }) => url.origin));
    const messages = [...origins].flatMap((origin) => issueOf(origin) ?? []).slice(0, 1);
    const tokenUrl = tokenUrlOf(auth);
    const ofToken = tokenUrl === undefined ? undefined : issueOf(tokenUrl);
    const ownPlace = recipe === undefined;
    return [
      ...messages.map((message) => ({ path: `targets.${id}.${ownPlace ? "request.url" : "settings"}`, message })),
      ...(ofToken === undefined
        ? []
        : [{ path: `targets.${id}.${ownPlace ? "auth.tokenUrl" : "settings"}`, message: ofToken }]),
    ];
  });
  const channels = Object.entries(table.source.settings?.alerts?.channels ?? {});
  const ofChannels = channels.flatMap(([name, channel]) => {
    const message = channel.type === "webhook" ? issueOf(channel.url) : undefined;
    return message === undefined ? [] : [{ path: `settings.alerts.channels.${name}.url`, message }];
  });
  return [...ofTargets, ...ofChannels, ...upstreamAddressIssues(table.source, localTargets)];
}

function compileRoute(route: Route, index: number, table: RoutingTable, issues: Issue[]): CompiledRoute {
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
      const place = typeof route.when?.[position] === "string" ? "" : ".path";
      issues.push({ path: `${path}.when.${position}${place}`, message });
    }),
    order:
      route.order && compileOrder(route.order, (message) => void issues.push({ path: `${path}.order.by`, message })),
    to: route.to,
  };
}

function checkInlets(table: RoutingTable, issues: Issue[]): void {
  const inlets = Object.entries(table.inlets);
  const signing = new Set(inlets.flatMap(([, { auth }]) => (auth === "none" ? [] : auth.secrets)));
  for (const [inlet, { auth, requires }] of inlets) {
    if (auth !== "none" && auth.secrets.includes(ADMIN_TOKEN_NAME)) {
      issues.push({ path: `inlets.${inlet}.auth.secrets`, message: "the admin token does not sign sendouts" });
    }
    for (const { place, name } of requiredSecrets(requires)) {
      const path = `inlets.${inlet}.requires.${place}`;
      if (name === ADMIN_TOKEN_NAME) {
        issues.push({ path, message: "the admin token is not given to senders" });
      } else if (signing.has(name)) {
        // It would stand in URLs, logs and Voucherify's settings, and whoever reads it there could sign.
        issues.push({ path, message: `${name} signs sendouts and is not sent along with them` });
      }
    }
  }
}

/** Names that a record's schema leaves out without a word; an inlet or a header that vanishes must be heard of. */
const DROPPED_NAMES = new Set(["__proto__", "constructor", "prototype"]);

/** What the schema lets pass in silence: dropped names, and lists where names belong. */
function silentIssues(document: unknown): Issue[] {
  if (!isJsonObject(document)) return [];
  const requests = isJsonObject(document["targets"])
    ? Object.entries(document["targets"]).flatMap(([id, target]) =>
        isJsonObject(target) && isJsonObject(target["request"])
          ? [[`targets.${id}.request`, target["request"]] as const]
          : [],
      )
    : [];
  return [
    ...recordIssues("inlets", document["inlets"]),
    ...recordIssues("targets", document["targets"]),
    ...requests.flatMap(([path, request]) => recordIssues(`${path}.headers`, request["headers"])),
    ...requests.flatMap(([path, request]) => recordIssues(`${path}.query`, request["query"])),
  ];
}

function recordIssues(path: string, record: unknown): Issue[] {
  if (Array.isArray(record)) return [{ path, message: "expected an object with names, not a list" }];
  return Object.keys(record ?? {})
    .filter((name) => DROPPED_NAMES.has(name))
    .map((name) => ({ path: `${path}.${name}`, message: `the name ${name} is not available` }));
}

function toSet(list: readonly string[] | undefined): ReadonlySet<string> | undefined {
  return list === undefined ? undefined : new Set(list);
}
