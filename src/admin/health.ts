// Whether everything the Worker depends on answers, and what its operator still has to set.

import { Hono } from "hono";
import { allowsLocalTargets, readSecret, type Bindings } from "../env.ts";
import { readInbox } from "../inbox/ask-inbox.ts";
import { readJobs } from "../ledger/jobs.ts";
import { errorMessage } from "../log.ts";
import { countOpenIncidents } from "../ledger/incidents.ts";
import { readHead } from "../ledger/table-versions.ts";
import { secretNames } from "../routing/compile.ts";
import { TABLE_KEY, tableForRouting } from "../routing/table-store.ts";

type Check = { ok: true } | { ok: false; detail: string };

/** `GET /admin/health`: 200 when every check is fine, 503 when one is not; the body says which. */
export const healthRoutes = new Hono<{ Bindings: Bindings }>().get("/", async (c) => {
  const [kv, d1, queues, openIncidents, inbox, jobs] = await Promise.all([
    checkKv(c.env),
    checkD1(c.env),
    readQueues(c.env),
    countIncidents(c.env),
    describeInbox(c.env),
    describeJobs(c.env),
  ]);
  const secrets = await missingSecrets(c.env);
  const ok = kv.ok && d1.ok && secrets.length === 0;
  return c.json(
    {
      status: ok ? "ok" : "degraded",
      tableVersion: d1.version,
      checks: { kv: kv.check, d1: d1.check },
      missingSecrets: secrets,
      // For people; it is no part of the status, because strangers can open incidents.
      openIncidents,
      queues,
      inbox,
      jobs,
      localTargets: allowsLocalTargets(c.env),
    },
    ok ? 200 : 503,
  );
});

async function checkKv(env: Bindings): Promise<{ ok: boolean; check: Check }> {
  const check = await attempt(async () => env.TABLE.get(TABLE_KEY));
  return { ok: check.ok, check };
}

async function checkD1(env: Bindings): Promise<{ ok: boolean; check: Check; version: number | null }> {
  let version: number | null = null;
  const check = await attempt(async () => {
    version = (await readHead(env.LEDGER))?.version ?? 0;
  });
  return { ok: check.ok, check, version };
}

/** The backlog of each queue; null where the platform does not say. */
async function readQueues(env: Bindings) {
  const queues = { ingest: env.INGEST, deliver: env.DELIVER, slow: env.SLOW, late: env.LATE, dead: env.DEAD };
  const entries = Object.entries(queues).map(async ([name, queue]) => {
    try {
      const { backlogCount, oldestMessageTimestamp } = await queue.metrics();
      return [name, { backlog: backlogCount, oldest: oldestMessageTimestamp?.toISOString() ?? null }] as const;
    } catch {
      return [name, null] as const; // metrics are a courtesy; a queue works without them
    }
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** The sendouts that the Inbox keeps; null where it does not say. */
async function describeInbox(env: Bindings) {
  try {
    const { count, oldest } = await readInbox(env);
    return { kept: count, oldest: oldest === null ? null : new Date(oldest).toISOString() };
  } catch {
    return null; // it is asked when it is needed, and says in the log what is wrong then
  }
}

/** When each job of the cron last ended well, by name; null while D1 does not say. */
async function describeJobs(env: Bindings) {
  try {
    const jobs = [...(await readJobs(env.LEDGER)).values()].filter(({ endedAt }) => endedAt > 0);
    return Object.fromEntries(jobs.map(({ name, endedAt }) => [name, new Date(endedAt).toISOString()]));
  } catch {
    return null; // the check of D1 says why
  }
}

/** Null while D1 does not say. */
async function countIncidents(env: Bindings): Promise<number | null> {
  try {
    return await countOpenIncidents(env.LEDGER);
  } catch {
    return null; // the check of D1 says why
  }
}

async function missingSecrets(env: Bindings): Promise<string[]> {
  try {
    const { table } = await tableForRouting(env, undefined, Date.now());
    return [...secretNames(table)].filter((name) => readSecret(env, name) === undefined);
  } catch {
    return []; // no table to be read: the checks above say so
  }
}

async function attempt(work: () => Promise<unknown>): Promise<Check> {
  try {
    await work();
    return { ok: true };
  } catch (error) {
    return { ok: false, detail: errorMessage(error) };
  }
}
