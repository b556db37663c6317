// Bindings that fail on demand, wrapped around the real ones of the simulator, which never fails by itself. A wrapper
// is a fresh object, so everything that `src` caches per binding is cold: each one stands for a new isolate.

import { env as simulator } from "cloudflare:workers";
import { vi } from "vitest";
import type { Bindings } from "../../src/env.ts";
import { LEDGER_BUDGET_MS } from "../../src/ledger/budget.ts";

/** When a call fails: before its work was done, after it (only the answer is lost), or never answering at all. */
export type Fault = "before" | "after" | "hang";

/** Secrets of the Worker under test, by name. */
export const SECRETS = {
  VOUCHERIFY_SECRET: "signing-secret-5f0c1e",
  SIGNALBOX_ADMIN_TOKEN: "admin-token-77aa90-6c1e0d4b58f293ab",
  CRM_TOKEN: "crm-token-31d9b2",
  SIGNALBOX_SEARCH_KEY: "search-key-3a9f12",
};

/** What D1 throws while it is unwell. */
const D1_FAILURE = "D1_ERROR: Network connection lost.";

/** A queue that keeps what it was sent instead of delivering it. */
export interface RecordingQueue extends Queue {
  /** What is in the queue, in the order it was sent. */
  messages: unknown[];
  /** How many messages each call brought, of the calls that succeeded. */
  batches: unknown[][];
  /** How many calls there were, refused ones included. */
  calls: number;
}

/** Everything the Worker is bound to, storage real and empty of caches, queues recording. */
export interface TestBindings extends Bindings {
  LEDGER: RecordingD1;
  INGEST: RecordingQueue;
  DELIVER: RecordingQueue;
  SLOW: RecordingQueue;
  LATE: RecordingQueue;
  DEAD: RecordingQueue;
}

/** A new isolate's bindings with every secret set. `overrides` replaces bindings and adds variables. */
export function createBindings(overrides: object = {}): TestBindings {
  return {
    TABLE: workingKv(),
    LEDGER: workingD1(),
    INGEST: recordingQueue(),
    DELIVER: recordingQueue(),
    SLOW: recordingQueue(),
    LATE: recordingQueue(),
    DEAD: recordingQueue(),
    ASSETS: simulator.ASSETS,
    ...SECRETS,
    ...overrides,
  };
}

/** A queue that takes everything, or fails those calls that `fault` picks by their number, from 1. */
export function recordingQueue(
  fault: (call: number) => Exclude<Fault, "hang"> | undefined = () => undefined,
): RecordingQueue {
  const keep = async (bodies: unknown[]) => {
    queue.calls++;
    const when = fault(queue.calls);
    if (when === "before") throw new Error("Queue sendBatch failed: Too Many Requests");
    checkLimits(bodies);
    queue.batches.push(bodies);
    queue.messages.push(...bodies);
    if (when === "after") throw new Error("Queue sendBatch failed: Network connection lost");
    return { metadata: { metrics: EMPTY_METRICS } };
  };
  const queue: RecordingQueue = {
    messages: [],
    batches: [],
    calls: 0,
    send: async (body) => keep([structuredClone(body)]),
    sendBatch: async (messages) => keep([...messages].map(({ body }) => structuredClone(body))),
    metrics: async () => EMPTY_METRICS,
  };
  return queue;
}

/** A queue that refuses every call. */
export function failingQueue(): RecordingQueue {
  return recordingQueue(() => "before");
}

const EMPTY_METRICS = { backlogCount: 0, backlogBytes: 0 };

/** Production's limits, of which the simulator enforces some, others not, and `sendBatch` at 288 KB. */
export function checkLimits(bodies: readonly unknown[]): void {
  const sizes = bodies.map(messageBytes);
  if (sizes.some((size) => size > 128_000)) throw new Error("Queue send failed: message over 128,000 bytes");
  if (sizes.length > 100) throw new Error("Queue sendBatch failed: over 100 messages");
  if (sizes.reduce((sum, size) => sum + size, 0) > 256_000)
    throw new Error("Queue sendBatch failed: over 256,000 bytes");
}

/** At most what a message takes: its body in V8's format, and about 100 bytes of metadata. */
export function messageBytes(body: unknown): number {
  return 100 + valueBytes(body);
}

function valueBytes(value: unknown): number {
  if (value instanceof Uint8Array) return value.length + 20;
  if (typeof value === "string") return 5 + value.length * 2;
  if (typeof value !== "object" || value === null) return 9;
  return Object.entries(value).reduce((sum, [key, item]) => sum + valueBytes(key) + valueBytes(item), 8);
}

/** The real KV behind a fresh object. */
export function workingKv(): KVNamespace {
  return override(simulator.TABLE, {});
}

/** KV that has nothing and takes what it is given nowhere. */
export function emptyKv(): KVNamespace {
  return override(simulator.TABLE, { get: async () => null, put: async () => undefined });
}

/** KV that goes on answering with what it had when this was called, as a location does that lags behind. */
export async function staleKv(key: string): Promise<KVNamespace> {
  const value: unknown = await simulator.TABLE.get(key, "json");
  return override(simulator.TABLE, { get: async () => structuredClone(value) });
}

/** KV whose calls fail as long as `when` says so. */
export function brokenKv(when: () => boolean = () => true): KVNamespace {
  const guard =
    (work: (...args: never[]) => Promise<unknown>) =>
    async (...args: never[]) => {
      if (when()) throw new Error("KV GET failed: 500 Internal Server Error");
      return work(...args);
    };
  const { TABLE } = simulator;
  return override(TABLE, { get: guard(TABLE.get.bind(TABLE)), put: guard(TABLE.put.bind(TABLE)) });
}

/** A database that remembers what it ran. */
export interface RecordingD1 extends D1Database {
  /** The SQL of each call that reached the database: one statement, or those of a batch. */
  queries: string[][];
  /** Rows written by batches, as D1 bills them. */
  rowsWritten: number;
}

/** The real D1 behind a fresh object. */
export function workingD1(): RecordingD1 {
  return brokenD1({ when: () => false });
}

/** D1 that answers nothing: every call fails before it reaches the database. */
export function downD1(): RecordingD1 {
  return brokenD1({ when: () => true });
}

/**
 * D1 that never answers those calls that `when` picks. The time it is given passes at once, as soon as whoever asked
 * has set a timer for it; for that the test has to fake `setTimeout` and `clearTimeout`.
 */
export function hangingD1(when: (sql: string) => boolean = () => true): RecordingD1 {
  const onHang = () => queueMicrotask(() => vi.advanceTimersByTime(LEDGER_BUDGET_MS));
  return brokenD1({ when, fault: "hang", onHang });
}

/** D1 in which those calls fail whose SQL `when` picks; a batch is asked as one text. */
export function brokenD1({
  when,
  fault = "before",
  real = simulator.LEDGER,
  onHang = () => {},
}: {
  when: (sql: string) => boolean;
  fault?: Fault;
  /** Which database; LEDGER when left out. */
  real?: D1Database;
  /** Called when a call begins to hang. */
  onHang?: () => void;
}): RecordingD1 {
  // The statements of this database, to be unwrapped again for the real batch.
  const wrapped = new WeakMap<D1PreparedStatement, { statement: D1PreparedStatement; sql: string }>();

  const run = async <T>(sql: string[], work: () => Promise<T>): Promise<T> => {
    const failing = when(sql.join("\n"));
    if (failing && fault === "before") throw new Error(D1_FAILURE);
    if (failing && fault === "hang") {
      onHang();
      return new Promise<never>(() => {});
    }
    db.queries.push(sql);
    const result = await work();
    if (failing) throw new Error(D1_FAILURE);
    return result;
  };

  const wrap = (statement: D1PreparedStatement, sql: string): D1PreparedStatement => {
    const guarded = Object.fromEntries(
      (["first", "run", "all", "raw"] as const).map((name) => [
        name,
        async (...args: unknown[]) => run([sql], async () => Reflect.apply(statement[name], statement, args)),
      ]),
    );
    const bind = (...values: unknown[]) => wrap(statement.bind(...values), sql);
    const proxy = override(statement, { ...guarded, bind });
    wrapped.set(proxy, { statement, sql });
    return proxy;
  };

  const unwrap = (statement: D1PreparedStatement) => {
    const found = wrapped.get(statement);
    if (found === undefined) throw new Error("the statement belongs to another database");
    return found;
  };

  const db = override(real, {
    queries: [] as string[][],
    rowsWritten: 0,
    prepare: (sql: string) => wrap(real.prepare(sql), sql),
    batch: async (statements: D1PreparedStatement[]) => {
      const parts = statements.map(unwrap);
      return run(
        parts.map(({ sql }) => sql),
        async () => {
          const results = await real.batch(parts.map(({ statement }) => statement));
          db.rowsWritten += results.reduce((sum, { meta }) => sum + meta.rows_written, 0);
          return results;
        },
      );
    },
  }) as RecordingD1; // exactly the two keys it has more than a database
  return db;
}

/** A fresh object that behaves like `binding` except for the given keys. */
function override<T extends object>(binding: T, keys: object): T {
  const own = { ...keys };
  return new Proxy(binding, {
    get(target, key) {
      if (Object.hasOwn(own, key)) return Reflect.get(own, key);
      const value: unknown = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
    set: (_target, key, value) => Reflect.set(own, key, value),
  });
}
