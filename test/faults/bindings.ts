// The bindings of one isolate: fresh objects around what all isolates share, so that every cache is cold. Each await goes
// through a call.

import type { Inbox } from "../../src/inbox/inbox.ts";
import type { TargetGate } from "../../src/delivery/gate/target-gate.ts";
import { standIn } from "./stand-in.ts";
import type { Wrote } from "./check-secrets.ts";
import type { Fault, Invocation, LookUp, MakeCall } from "./calls.ts";
import type { FaultQueue } from "./queue.ts";

/** The largest value of D1, in bytes; the simulator takes larger ones. https://developers.cloudflare.com/d1/platform/limits/ */
const VALUE_BYTES_MAX = 2_000_000;

/** The most parameters of a statement. https://developers.cloudflare.com/d1/platform/limits/ */
const PARAMETERS_MAX = 100;

function checkValues(values: readonly unknown[]): void {
  if (values.length > PARAMETERS_MAX) throw new Error("D1_ERROR: too many SQL variables");
  const isTooLarge = (value: unknown) =>
    typeof value === "string" &&
    value.length * 3 > VALUE_BYTES_MAX &&
    new TextEncoder().encode(value).length > VALUE_BYTES_MAX;
  if (values.some(isTooLarge)) throw new Error("D1_ERROR: string or blob too big: SQLITE_TOOBIG");
}

/** The real D1 behind calls. `rewrite` changes statements: for a Signalbox that is broken on purpose. */
export function ledgerBinding(
  real: D1Database,
  makeCall: MakeCall,
  current: () => Invocation | undefined,
  wrote: Wrote,
  rewrite: (sql: string) => string = (sql) => sql,
): D1Database {
  const known = new WeakMap<object, { statement: D1PreparedStatement; sql: string }>();
  const wrap = (statement: D1PreparedStatement, sql: string): D1PreparedStatement => {
    const call = async <T>(work: () => Promise<T>) => makeCall("d1", describeSql(sql), work);
    const outer = {
      bind: (...values: unknown[]) => {
        wrote("D1 row", values);
        checkValues(values);
        return wrap(statement.bind(...values), sql);
      },
      first: async (column: string) =>
        call(async () => (column === undefined ? statement.first() : statement.first(column))),
      run: async () => call(async () => statement.run()),
      all: async () => call(async () => statement.all()),
      raw: async () => call(async () => statement.raw()),
    };
    known.set(outer, { statement, sql });
    return standIn<D1PreparedStatement>(outer);
  };
  const batch = async (statements: D1PreparedStatement[]) => {
    const parts = statements.map((statement) => {
      const found = known.get(statement);
      if (found === undefined) throw new Error("the statement belongs to another database");
      return found;
    });
    const name = [...new Set(parts.map(({ sql }) => describeSql(sql)))].join(", ");
    const results = await makeCall("d1", name, async () => real.batch(parts.map(({ statement }) => statement)));
    noteLookUp(
      parts.map(({ sql }) => sql),
      results,
      current(),
    );
    return results;
  };
  const prepare = (sql: string) => {
    wrote("D1 row", sql);
    return wrap(real.prepare(rewrite(sql)), sql);
  };
  const db = { prepare, batch };
  return standIn<D1Database>(db);
}

/** What a statement does to which table. */
function describeSql(sql: string): string {
  const flat = sql.replaceAll(/\s+/g, " ").trim();
  const verb = flat.split(" ")[0] ?? "";
  const table = /(?:INTO|FROM|UPDATE|JOIN) (?!json_each)([a-z_0-9]+)/i.exec(flat)?.[1] ?? "";
  return `${verb} ${verb === "SELECT" && flat.includes("json_each(s.planned)") ? "orphans" : table}`.trim();
}

/** Remembers what D1 has told a consumer, to hold it against what the consumer then does. */
function noteLookUp(sql: readonly string[], results: readonly D1Result[], invocation: Invocation | undefined): void {
  if (invocation === undefined || !sql.some((text) => text.includes("AS wanted"))) return;
  const [standings, pauses] = results as D1Result<Record<string, unknown>>[];
  const states: LookUp["states"] = new Map();
  for (const row of standings?.results ?? []) {
    const key = `${String(row["sendout_id"])}.${String(row["target"])}.${String(row["copy"])}`;
    const [state, round, made] = [String(row["state"]), Number(row["round"]), Number(row["attempts_made"])];
    states.set(key, { state, round, attemptsMade: made });
  }
  // A target that does not answer is tried by the sweeper, and called for nothing else; that is the gate's to watch.
  const byPeople = (pauses?.results ?? []).filter((row) => row["reason"] !== "breaker");
  const paused = byPeople.map((row): [string, string] => [String(row["subject"]), String(row["mode"])]);
  invocation.lookUp = { states, pauses: new Map(paused) };
}

/** A queue behind calls. */
export function queueBinding(queue: FaultQueue, makeCall: MakeCall, wrote: Wrote, now: () => number): Queue {
  const send = async (bodies: unknown[], delaySeconds: number | undefined) => {
    wrote("queue message", bodies);
    return makeCall("queue", `${queue.name}.send`, () => {
      queue.send(bodies, now(), delaySeconds);
      return { metadata: { metrics: EMPTY_METRICS } };
    });
  };
  return {
    send: async (body, options) => send([structuredClone(body)], options?.delaySeconds),
    sendBatch: async (messages, options) =>
      send(
        [...messages].map(({ body }) => structuredClone(body)),
        options?.delaySeconds,
      ),
    metrics: async () => EMPTY_METRICS,
  };
}

const EMPTY_METRICS = { backlogCount: 0, backlogBytes: 0 };

/** What KV holds, with what it held before. */
export interface KvHistory {
  values: Map<string, string[]>;
}

/** KV behind calls, of which a reader may see what was there before, or nothing. */
export function kvBinding({ values }: KvHistory, makeCall: MakeCall): KVNamespace {
  const get = async (key: string, options?: unknown) =>
    makeCall("kv", "TABLE.get", (fault) => {
      const text = pickValue(values.get(key) ?? [], fault);
      if (text === undefined) return null;
      const asJson = options === "json" || (typeof options === "object" && JSON.stringify(options).includes("json"));
      return asJson ? (JSON.parse(text) as unknown) : text;
    });
  const put = async (key: string, value: string) =>
    makeCall("kv", "TABLE.put", () => void values.set(key, [...(values.get(key) ?? []), value]));
  return standIn<KVNamespace>({ get, put });
}

function pickValue(history: readonly string[], fault: Fault | undefined): string | undefined {
  if (fault === "empty") return undefined;
  return history.at(fault === "stale" ? -2 : -1);
}

/** What a gate's object offers. */
export interface GateObject {
  admit: TargetGate["admit"];
  report: TargetGate["report"];
}

/** The gates behind calls. */
export function gateBinding(
  find: (account: string) => { admit: (...args: Parameters<GateObject["admit"]>) => unknown } & {
    report: (...args: Parameters<GateObject["report"]>) => unknown;
  },
  forget: (account: string) => void,
  makeCall: MakeCall,
): DurableObjectNamespace<TargetGate> {
  const call = async (account: string, name: string, work: () => unknown) =>
    makeCall("gate", name, (fault) => {
      if (fault === "forgotten") forget(account);
      return work();
    });
  const getByName = (account: string) => ({
    admit: async (...args: Parameters<GateObject["admit"]>) =>
      call(account, "GATE.admit", () => find(account).admit(...args)),
    report: async (...args: Parameters<GateObject["report"]>) =>
      call(account, "GATE.report", () => find(account).report(...args)),
  });
  return standIn<DurableObjectNamespace<TargetGate>>({ getByName });
}

/** The Inbox behind calls. One object stands for all sixteen. */
export function inboxBinding(
  find: () => Inbox,
  changed: () => Promise<void>,
  makeCall: MakeCall,
): DurableObjectNamespace<Inbox> {
  const call = async <T>(name: string, work: (inbox: Inbox) => T | Promise<T>) =>
    makeCall("inbox", `INBOX.${name}`, async () => {
      const result = await work(find());
      await changed();
      return result;
    });
  const stub = {
    keep: async (...args: Parameters<Inbox["keep"]>) => call("keep", async (inbox) => inbox.keep(...args)),
    release: async (...args: Parameters<Inbox["release"]>) => call("release", (inbox) => inbox.release(...args)),
    state: async () => call("state", (inbox) => inbox.state()),
    wake: async (now: number) => call("wake", async (inbox) => inbox.wake(now)),
  };
  return standIn<DurableObjectNamespace<Inbox>>({ getByName: () => stub });
}
