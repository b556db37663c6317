// Whether everything the Worker depends on answers, and what its operator still has to set.

import { Hono } from "hono";
import * as v from "valibot";
import { allowsLocalTargets, type Bindings } from "../env.ts";
import { readInbox } from "../inbox/ask-inbox.ts";
import { PURGE_BODIES_JOB, PURGE_METADATA_JOB, readJobs, type Job } from "../ledger/jobs.ts";
import { countOpenIncidents } from "../ledger/incidents.ts";
import { readHead } from "../ledger/table-versions.ts";
import { newestTable } from "../routing/table-store.ts";
import { InstantTextSchema, MaybeInstantSchema, toInstant, toMaybeInstant } from "./answers.ts";
import { describe } from "./describe.ts";
import { examine, withinPatience, type Finding } from "./examine.ts";
import { judgeRoot } from "./judge-root.ts";
import { readBacklogs } from "./queue-backlogs.ts";
import { judgeSecrets } from "./secret-standing.ts";

const CheckSchema = v.pipe(
  v.variant("ok", [
    v.object({ ok: v.literal(true) }),
    v.object({ ok: v.literal(false), detail: v.string(), remedy: v.string() }),
  ]),
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
      vault: CheckSchema,
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
  checks: {
    kv: { ok: true },
    d1: { ok: true },
    cron: { ok: true },
    secrets: { ok: true },
    vault: { ok: true },
    access: { ok: true },
  },
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
    const { env } = c;
    const now = Date.now();
    const [checks, version, missing, openIncidents, queues, inbox, jobs] = await Promise.all([
      readChecks(env, now),
      orNull(readHead(env.LEDGER)).then((head) => (head === null ? null : (head?.version ?? 0))),
      orNull(findMissingSecrets(env, now)),
      orNull(countOpenIncidents(env.LEDGER)),
      describeQueues(env),
      orNull(describeInbox(env)),
      orNull(readJobs(env.LEDGER)),
    ]);
    const isWell = Object.values(checks).every((check) => check.ok);
    const health: v.InferOutput<typeof HealthSchema> = {
      status: isWell ? "ok" : "degraded",
      tableVersion: version,
      checks,
      missingSecrets: missing ?? [],
      openIncidents,
      queues,
      inbox,
      jobs: jobs && describeJobs(jobs),
      retention: jobs && describeRetention(jobs),
      localTargets: allowsLocalTargets(env),
      warnings: [judgeRoot(env) ?? []].flat(),
    };
    return c.json(health, isWell ? 200 : 503);
  },
);

/** What must be well. What the examinations only warn of is for the doctor. */
async function readChecks(env: Bindings, now: number) {
  const findings = await examine(env, now, ["kv", "d1", "cron", "secrets", "vault", "access"]);
  const checks = Object.fromEntries(findings.map((finding) => [finding.name, toCheck(finding)]));
  return v.parse(HealthSchema.pipe[0].entries.checks, checks);
}

function toCheck({ state, detail, remedy }: Finding): Check {
  return state === "failed" ? { ok: false, detail, remedy } : { ok: true };
}

/** Null where it fails or hangs: the checks say why. */
async function orNull<T>(work: Promise<T>): Promise<T | null> {
  return withinPatience(
    work.catch(() => null),
    null,
  );
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

async function describeInbox(env: Bindings) {
  const { count, oldest } = await readInbox(env);
  return { kept: count, oldest: toMaybeInstant(oldest) };
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

function describeJobs(jobs: ReadonlyMap<string, Job>): Record<string, string> {
  const ran = [...jobs.values()].filter(({ endedAt }) => endedAt > 0);
  return Object.fromEntries(ran.map(({ name, endedAt }) => [name, toInstant(endedAt)]));
}

/** The secrets that the table in force names and that are nowhere. */
async function findMissingSecrets(env: Bindings, now: number): Promise<string[]> {
  const { table } = await newestTable(env, now);
  const { secrets } = await judgeSecrets(env, table);
  return secrets
    .filter(({ problems }) => problems.some(({ code }) => code === "secret_missing"))
    .map(({ name }) => name);
}
