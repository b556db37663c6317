// Whether everything the Worker depends on answers, and what its operator still has to set.

import { Hono } from "hono";
import * as v from "valibot";
import { allowsLocalTargets, type Bindings } from "../env.ts";
import { readInbox } from "../inbox/ask-inbox.ts";
import { PURGE_BODIES_JOB, PURGE_METADATA_JOB, readJobs, type Job } from "../ledger/jobs.ts";
import { errorMessage } from "../log.ts";
import { countOpenIncidents } from "../ledger/incidents.ts";
import { readHead } from "../ledger/table-versions.ts";
import { TABLE_KEY, newestTable } from "../routing/table-store.ts";
import { InstantTextSchema, MaybeInstantSchema, toInstant, toMaybeInstant } from "./answers.ts";
import { judgeAccess } from "./cloudflare-access/judge-access.ts";
import { describe } from "./describe.ts";
import { judgeCron } from "./judge-cron.ts";
import { judgeRoot } from "./judge-root.ts";
import { readBacklogs } from "./queue-backlogs.ts";
import { judgeSecrets } from "./secret-standing.ts";

const CheckSchema = v.pipe(
  v.variant("ok", [v.object({ ok: v.literal(true) }), v.object({ ok: v.literal(false), detail: v.string() })]),
  v.metadata({ ref: "Check" }),
);
type Check = v.InferOutput<typeof CheckSchema>;

const HealthSchema = v.pipe(
  v.object({
    status: v.picklist(["ok", "degraded"]),
    tableVersion: v.pipe(
      v.nullable(v.number()),
      v.description("The newest version of the routing table; 0 before the first, null while D1 does not say."),
    ),
    checks: v.object({
      kv: CheckSchema,
      d1: CheckSchema,
      cron: CheckSchema,
      secrets: CheckSchema,
      access: v.pipe(CheckSchema, v.description("Whether people can come by Cloudflare Access, where that is set.")),
    }),
    missingSecrets: v.pipe(v.array(v.string()), v.description("Secrets that the table names and that are not set.")),
    openIncidents: v.pipe(
      v.nullable(v.number()),
      v.description("No part of the status, because strangers can open incidents; null while D1 does not say."),
    ),
    queues: v.pipe(
      v.record(v.string(), v.nullable(v.object({ backlog: v.number(), oldest: MaybeInstantSchema }))),
      v.description("The backlog of each queue; null where the platform does not say."),
    ),
    inbox: v.pipe(
      v.nullable(v.object({ kept: v.number(), oldest: MaybeInstantSchema })),
      v.description("The sendouts that the Inbox keeps; null where it does not say."),
    ),
    jobs: v.pipe(
      v.nullable(v.record(v.string(), InstantTextSchema)),
      v.description("When each job of the cron last ended well; null while D1 does not say."),
    ),
    retention: v.pipe(
      v.nullable(
        v.object({
          bodiesPurgedUpTo: MaybeInstantSchema,
          metadataPurgedUpTo: MaybeInstantSchema,
          trouble: v.pipe(v.nullable(v.string()), v.description("What keeps the purge from going on.")),
        }),
      ),
      v.description("Up to when contents and rows are gone; null while D1 does not say."),
    ),
    localTargets: v.pipe(v.boolean(), v.description("Whether targets on this machine may be called.")),
    warnings: v.pipe(v.array(v.string()), v.description("For people; no part of the status.")),
  }),
  v.metadata({ ref: "Health" }),
);

const EXAMPLE: v.InferOutput<typeof HealthSchema> = {
  status: "ok",
  tableVersion: 7,
  checks: { kv: { ok: true }, d1: { ok: true }, cron: { ok: true }, secrets: { ok: true }, access: { ok: true } },
  missingSecrets: [],
  openIncidents: 1,
  queues: {
    ingest: { backlog: 0, oldest: null },
    deliver: { backlog: 3, oldest: "2026-10-05T08:15:31.000Z" },
    slow: { backlog: 0, oldest: null },
    late: { backlog: 0, oldest: null },
    dead: null,
  },
  inbox: { kept: 0, oldest: null },
  jobs: { sweep: "2026-10-05T08:15:02.000Z" },
  retention: {
    bodiesPurgedUpTo: "2026-09-21T08:15:00.000Z",
    metadataPurgedUpTo: "2026-07-07T08:15:00.000Z",
    trouble: null,
  },
  localTargets: false,
  warnings: [],
};

/** `GET /admin/health`: 200 when every check is fine, 503 when one is not; the body says which. */
export const healthRoutes = new Hono<{ Bindings: Bindings }>().get(
  "/",
  describe({
    summary: "Says whether everything that the Worker depends on answers: 200 when it does, else 503.",
    description: "`checks` says what is wrong. Backlogs, the Inbox, jobs and open incidents are no part of the status.",
    answer: HealthSchema,
    status: [200, 503],
    example: { answer: EXAMPLE },
  }),
  async (c) => {
    const [kv, d1, queues, openIncidents, inbox, cron, access] = await Promise.all([
      attempt(async () => c.env.TABLE.get(TABLE_KEY)),
      checkD1(c.env),
      describeQueues(c.env),
      countIncidents(c.env),
      describeInbox(c.env),
      checkCron(c.env),
      checkAccess(c.env),
    ]);
    const secrets = await checkSecrets(c.env);
    const checks = { kv, d1: d1.check, cron: cron.check, secrets: secrets.check, access };
    const ok = Object.values(checks).every((check) => check.ok);
    const health: v.InferOutput<typeof HealthSchema> = {
      status: ok ? "ok" : "degraded",
      tableVersion: d1.version,
      checks,
      missingSecrets: secrets.missing,
      openIncidents,
      queues,
      inbox,
      jobs: cron.jobs,
      retention: cron.retention,
      localTargets: allowsLocalTargets(c.env),
      warnings: [judgeRoot(c.env) ?? []].flat(),
    };
    return c.json(health, ok ? 200 : 503);
  },
);

async function checkD1(env: Bindings): Promise<{ check: Check; version: number | null }> {
  let version: number | null = null;
  const check = await attempt(async () => {
    version = (await readHead(env.LEDGER))?.version ?? 0;
  });
  return { check, version };
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
    return { kept: count, oldest: toMaybeInstant(oldest) };
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
  return Object.fromEntries(ran.map(({ name, endedAt }) => [name, toInstant(endedAt)]));
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
async function checkSecrets(env: Bindings): Promise<{ check: Check; missing: string[] }> {
  const inForce = await newestTable(env, Date.now()).catch(() => undefined);
  // No table to be read: the check of D1 says so.
  if (inForce === undefined) return { check: { ok: true }, missing: [] };
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
    return { check, missing: missing.map(({ name }) => name) };
  } catch (error) {
    return { check: { ok: false, detail: errorMessage(error) }, missing: [] };
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
