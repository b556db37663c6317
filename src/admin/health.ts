// Whether everything the Worker depends on answers, and what its operator still has to set.

import { Hono } from "hono";
import { allowsLocalTargets, type Bindings } from "../env.ts";
import { readInbox } from "../inbox/ask-inbox.ts";
import { PURGE_BODIES_JOB, PURGE_METADATA_JOB, readJobs, type Job } from "../ledger/jobs.ts";
import { errorMessage } from "../log.ts";
import { countOpenIncidents } from "../ledger/incidents.ts";
import { readHead } from "../ledger/table-versions.ts";
import { TABLE_KEY, newestTable } from "../routing/table-store.ts";
import { toMaybeInstant } from "./answers.ts";
import { judgeAccess } from "./cloudflare-access/judge-access.ts";
import { judgeCron } from "./judge-cron.ts";
import { readBacklogs } from "./queue-backlogs.ts";
import { judgeSecrets } from "./secret-standing.ts";

type Check = { ok: true } | { ok: false; detail: string };

/** `GET /admin/health`: 200 when every check is fine, 503 when one is not; the body says which. */
export const healthRoutes = new Hono<{ Bindings: Bindings }>().get("/", async (c) => {
  const [kv, d1, queues, openIncidents, inbox, cron, access] = await Promise.all([
    checkKv(c.env),
    checkD1(c.env),
    describeQueues(c.env),
    countIncidents(c.env),
    describeInbox(c.env),
    checkCron(c.env),
    checkAccess(c.env),
  ]);
  const secrets = await checkSecrets(c.env);
  const ok = kv.ok && d1.ok && cron.check.ok && secrets.ok && access.ok;
  return c.json(
    {
      status: ok ? "ok" : "degraded",
      tableVersion: d1.version,
      checks: { kv: kv.check, d1: d1.check, cron: cron.check, secrets: secrets.check, access },
      missingSecrets: secrets.missing,
      // For people; it is no part of the status, because strangers can open incidents.
      openIncidents,
      queues,
      inbox,
      jobs: cron.jobs,
      retention: cron.retention,
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

async function describeQueues(env: Bindings) {
  const backlogs = Object.entries(await readBacklogs(env));
  return Object.fromEntries(
    backlogs.map(([name, known]) => [
      name,
      known === null ? null : { backlog: known.backlog, oldest: toMaybeInstant(known.oldestAt) },
    ]),
  );
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

/** Whether the cron runs, and when each of its jobs last ended well, by name; null while D1 does not say. */
async function checkCron(env: Bindings) {
  try {
    const jobs = await readJobs(env.LEDGER);
    const detail = judgeCron(jobs, Date.now());
    const check: Check = detail === undefined ? { ok: true } : { ok: false, detail };
    return { check, jobs: describeJobs(jobs), retention: describeRetention(jobs) };
  } catch (error) {
    const check: Check = { ok: false, detail: errorMessage(error) };
    return { check, jobs: null, retention: null };
  }
}

/** Up to when contents and rows are gone, and what keeps the purge from going on; null before it has run. */
function describeRetention(jobs: ReadonlyMap<string, Job>) {
  const [bodies, rows] = [jobs.get(PURGE_BODIES_JOB), jobs.get(PURGE_METADATA_JOB)];
  return {
    bodiesPurgedUpTo: toMaybeInstant(bodies?.position || null),
    metadataPurgedUpTo: toMaybeInstant(rows?.position || null),
    trouble: bodies?.note ?? null,
  };
}

async function checkAccess(env: Bindings): Promise<Check> {
  const detail = await judgeAccess(env, Date.now());
  return detail === undefined ? { ok: true } : { ok: false, detail };
}

function describeJobs(jobs: ReadonlyMap<string, Job>): Record<string, string> {
  const ran = [...jobs.values()].filter(({ endedAt }) => endedAt > 0);
  return Object.fromEntries(ran.map(({ name, endedAt }) => [name, new Date(endedAt).toISOString()]));
}

/** Null while D1 does not say. */
async function countIncidents(env: Bindings): Promise<number | null> {
  try {
    return await countOpenIncidents(env.LEDGER);
  } catch {
    return null; // the check of D1 says why
  }
}

/** Whether every secret of the table can be sent where the table says, and every one in the vault be opened. */
async function checkSecrets(env: Bindings): Promise<{ ok: boolean; check: Check; missing: string[] }> {
  const inForce = await newestTable(env, Date.now()).catch(() => undefined);
  // No table to be read: the check of D1 says so.
  if (inForce === undefined) return { ok: true, check: { ok: true }, missing: [] };
  const { table } = inForce;
  try {
    const { secrets, keys } = await judgeSecrets(env, table);
    const missing = secrets.filter(({ problems }) => problems.some(({ code }) => code === "secret_missing"));
    const lost = keys.missing.map(
      (id) => `The master key ${id}, which has sealed ${keys.rows[id]} secrets, is not there.`,
    );
    const wrong = [...lost, ...secrets.flatMap(({ problems }) => problems.map(({ message }) => message))];
    if (keys.problem !== undefined) wrong.unshift(keys.problem);
    const check: Check = wrong.length === 0 ? { ok: true } : { ok: false, detail: wrong.join(" ") };
    return { ok: check.ok, check, missing: missing.map(({ name }) => name) };
  } catch (error) {
    return { ok: false, check: { ok: false, detail: errorMessage(error) }, missing: [] };
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
