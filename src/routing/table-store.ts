// Where the table in force comes from. D1 has the truth, KV a copy that every edge location reads fast, the isolate its
// own. Ingest asks KV; routing learns the newest version from the D1 read it makes anyway. The Worker must come up
// with both empty, and must never say "no such inlet" because it could not look.

import * as v from "valibot";
import { withinBudget } from "../ledger/budget.ts";
import { appendVersion, readHead, type Author } from "../ledger/table-versions.ts";
import { compileTable, type CompiledTable } from "./compile.ts";
import { DEFAULT_TABLE } from "./table.ts";

/** The KV key of the version in force. */
export const TABLE_KEY = "table:current";

/** KV's own cache at each location, in seconds; 30 is the least the platform takes. */
const KV_CACHE_TTL_SECONDS = 30;

/** How long an isolate goes by its own copy before it asks KV again, in milliseconds. */
const REFRESH_AFTER_MS = 10_000;

/**
 * Strangers must not load the database: in so many milliseconds, an isolate asks D1 once about each unknown inlet, about
 * so many of them at most, and not again once D1 did not answer.
 */
const RECHECK_WINDOW_MS = 5_000;
const RECHECK_NAMES_MAX = 20;

/** A table and the number of its version; 0 is the built-in default. */
export interface TableInForce {
  version: number;
  table: CompiledTable;
  /** Set when KV has no table and D1 does not answer, so that the built-in default is only a guess. */
  assumed?: true;
}

/** The bindings this file works with. */
export interface TableBindings {
  TABLE: KVNamespace;
  LEDGER: D1Database;
}

/** Neither KV nor D1 could say which table is in force. */
export class TableUnavailableError extends Error {}

const PublishedSchema = v.object({ version: v.number(), document: v.unknown() });
type Published = v.InferOutput<typeof PublishedSchema>;

/** What was looked up in D1 lately. */
interface Rechecks {
  since: number;
  names: Set<string>;
  failed: boolean;
}

interface Cached extends TableInForce {
  loadedAt: number;
}

// One entry per KV binding, kept for the isolate's life and refreshed as the constants above say.
const cache = new WeakMap<KVNamespace, Cached>();
const rechecks = new WeakMap<KVNamespace, Rechecks>();

/**
 * The table for ingest: the isolate's copy when there is one, refreshed behind the request's back.
 *
 * @throws TableUnavailableError when there is no copy and neither KV nor D1 answers
 */
export async function tableForIngest(
  env: TableBindings,
  ctx: { waitUntil(promise: Promise<unknown>): void },
  now: number,
): Promise<TableInForce> {
  const cached = cache.get(env.TABLE);
  if (cached === undefined) return loadForColdIngest(env, now);
  if (now - cached.loadedAt >= REFRESH_AFTER_MS) {
    cached.loadedAt = now;
    // The copy in hand goes on serving when KV is unwell.
    ctx.waitUntil(loadFromKv(env, now).catch(() => undefined));
  }
  return cached;
}

/**
 * The newest table, straight from D1, for an inlet that the copy in hand does not know; the copy in hand when that
 * inlet was looked up a moment ago.
 *
 * @throws TableUnavailableError when D1 does not answer, so that the caller does not mistake that for "unknown"
 */
export async function recheckInlet(env: TableBindings, inlet: string, now: number): Promise<TableInForce> {
  let recent = rechecks.get(env.TABLE);
  if (recent === undefined || now - recent.since >= RECHECK_WINDOW_MS) {
    recent = { since: now, names: new Set(), failed: false };
    rechecks.set(env.TABLE, recent);
  }
  const cached = cache.get(env.TABLE);
  if (recent.failed) throw new TableUnavailableError("D1 did not answer a moment ago");
  if (cached !== undefined && recent.names.has(inlet)) return cached;
  if (recent.names.size >= RECHECK_NAMES_MAX) throw new TableUnavailableError("too many unknown inlets to look up");
  recent.names.add(inlet);
  try {
    return await newestTable(env, now);
  } catch (error) {
    recent.failed = true;
    throw error;
  }
}

/**
 * The newest table, straight from D1.
 *
 * @throws TableUnavailableError when D1 does not answer
 */
export async function newestTable(env: TableBindings, now: number): Promise<TableInForce> {
  try {
    return await loadFromD1(env, now);
  } catch (error) {
    throw new TableUnavailableError("the routing table cannot be read", { cause: error });
  }
}

/**
 * The table for routing.
 *
 * @param headVersion the newest version's number, or undefined when D1 did not answer
 * @throws TableUnavailableError when no source has a table
 */
export async function tableForRouting(
  env: TableBindings,
  headVersion: number | undefined,
  now: number,
): Promise<TableInForce> {
  const cached = cache.get(env.TABLE);
  if (cached !== undefined && (headVersion === undefined || cached.version === headVersion)) return cached;
  const table = headVersion === undefined ? loadFromKv(env, now) : loadFromD1(env, now);
  const loaded = await table.catch((error: unknown) => {
    throw new TableUnavailableError("the routing table cannot be read", { cause: error });
  });
  if (loaded === undefined) throw new TableUnavailableError("KV has no routing table and D1 does not answer");
  return loaded;
}

/**
 * Publishes a document over version `expected`. "conflict" when another version was published since. When only the
 * copy to KV failed the version is in force all the same: routing reads D1, and the cron copies it within a minute.
 *
 * @throws whatever D1 throws; then nothing was published
 */
export async function publishTable(
  env: TableBindings,
  expected: number,
  document: unknown,
  now: number,
  author?: Author,
): Promise<{ outcome: "published"; version: number; copied: boolean } | { outcome: "conflict" }> {
  if (!(await appendVersion(env.LEDGER, expected, document, now, author))) return { outcome: "conflict" };
  const version = expected + 1;
  remember(env, { version, document }, now);
  try {
    await copyToKv(env, { version, document });
    return { outcome: "published", version, copied: true };
  } catch {
    return { outcome: "published", version, copied: false };
  }
}

/**
 * Copies the newest version to KV when KV has another. Returns whether it did.
 *
 * @throws whatever D1 or KV throws
 */
export async function republishTable(env: TableBindings): Promise<boolean> {
  // A copy that cannot be read is replaced like one that is old.
  const [head, copy] = await Promise.all([readHead(env.LEDGER), readKv(env).catch(() => undefined)]);
  if (head === undefined || copy?.version === head.version) return false;
  await copyToKv(env, head);
  return true;
}

/**
 * Ingest must work while D1 is down, from the first request on. When KV answers that nothing was ever published, the
 * default inlet is known without D1; it is not remembered, so that the next request looks again.
 */
async function loadForColdIngest(env: TableBindings, now: number): Promise<TableInForce> {
  let publishedNever = false;
  try {
    const copy = await readKv(env);
    if (copy !== undefined) return remember(env, copy, now);
    publishedNever = true;
  } catch {
    // D1 is asked next; if it fails too, that is the error to report.
  }
  try {
    return await loadFromD1(env, now);
  } catch (error) {
    if (publishedNever) return { version: 0, table: defaultTable(), assumed: true };
    throw new TableUnavailableError("neither KV nor D1 could be read", { cause: error });
  }
}

async function loadFromKv(env: TableBindings, now: number): Promise<TableInForce | undefined> {
  const copy = await readKv(env);
  return copy === undefined ? undefined : remember(env, copy, now);
}

async function loadFromD1(env: TableBindings, now: number): Promise<TableInForce> {
  const head = await withinBudget(readHead(env.LEDGER));
  return remember(env, head ?? { version: 0, document: DEFAULT_TABLE }, now);
}

/**
 * The version of the copy at the edge; undefined when there is none.
 *
 * @throws whatever KV throws, or when the copy cannot be read
 */
export async function versionAtEdge(env: TableBindings): Promise<number | undefined> {
  return (await readKv(env))?.version;
}

async function readKv(env: TableBindings): Promise<Published | undefined> {
  const value: unknown = await env.TABLE.get(TABLE_KEY, { type: "json", cacheTtl: KV_CACHE_TTL_SECONDS });
  return value === null ? undefined : v.parse(PublishedSchema, value);
}

async function copyToKv(env: TableBindings, { version, document }: Published): Promise<void> {
  await env.TABLE.put(TABLE_KEY, JSON.stringify({ version, document }));
}

function defaultTable(): CompiledTable {
  const compiled = compileTable(DEFAULT_TABLE);
  if (!compiled.ok) throw new Error("the built-in routing table does not compile");
  return compiled.value;
}

/** Compiles and caches a version. KV may lag behind: an older version than the one in hand changes nothing. */
function remember(env: TableBindings, { version, document }: Published, now: number): TableInForce {
  const cached = cache.get(env.TABLE);
  if (cached !== undefined && cached.version >= version) {
    cached.loadedAt = now;
    return cached;
  }
  const compiled = compileTable(document);
  if (!compiled.ok)
    throw new TableUnavailableError(`version ${version} of the routing table cannot be read by this release`);
  const entry = { version, table: compiled.value, loadedAt: now };
  cache.set(env.TABLE, entry);
  return entry;
}
