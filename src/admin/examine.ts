// The examinations of a router, for the doctor and the health check: each looks at one thing and never throws. What hangs
// is not waited for.

import * as v from "valibot";
import { allowsLocalTargets, readSecret, type Bindings } from "../env.ts";
import { readInbox } from "../inbox/ask-inbox.ts";
import { countOpenIncidents } from "../ledger/incidents.ts";
import { readJobs } from "../ledger/jobs.ts";
import { newerMigrations } from "../ledger/migrate.ts";
import { askAll, bindingOf, HOME, othersOf, shardsOf, sinceOf, type Shard } from "../ledger/shards.ts";
import { readHead } from "../ledger/table-versions.ts";
import { errorMessage } from "../log.ts";
import { newestTable, versionAtEdge } from "../routing/table-store.ts";
import { accessKeysOf } from "./cloudflare-access/keys.ts";
import { readAccessSettings } from "./cloudflare-access/settings.ts";
import { isSweptLate, judgeCron } from "./judge-cron.ts";
import { judgeRoot } from "./judge-root.ts";
import { readBacklogs } from "./queue-backlogs.ts";
import { judgeSecrets } from "./secret-standing.ts";

const SEEN = {
  name: v.pipe(v.string(), v.description("What was examined: kv, d1, cron, …")),
  detail: v.pipe(v.string(), v.description("What was seen.")),
};

/** What an examination found; what is not well comes with what to do. */
export const FindingSchema = v.variant("state", [
  v.object({ ...SEEN, state: v.literal("ok"), remedy: v.null() }),
  v.object({ ...SEEN, state: v.picklist(["warning", "failed"]), remedy: v.string() }),
]);
export type Finding = v.InferOutput<typeof FindingSchema>;

type Verdict = Pick<Finding & { state: "ok" }, "state" | "detail" | "remedy"> | Illness;
type Illness = Pick<Exclude<Finding, { state: "ok" }>, "state" | "detail" | "remedy">;

/** How long one examination may take, in milliseconds. */
const PATIENCE_MS = 5_000;

/** How long a queue's oldest message may have waited before its consumer is asked after, in milliseconds. */
const BACKLOG_MS_MAX = 15 * 60_000;

/** In the order of a sendout's way. */
const EXAMINATIONS = {
  kv: examineKv,
  d1: examineD1,
  migrations: examineMigrations,
  table: examineTable,
  inlets: examineInlets,
  secrets: examineSecrets,
  vault: examineVault,
  queues: examineQueues,
  cron: examineCron,
  access: examineAccess,
  gate: examineGate,
  inbox: examineInbox,
  settings: examineSettings,
  incidents: examineIncidents,
} as const satisfies Record<string, (env: Bindings, now: number) => Promise<Verdict>>;

type ExaminationName = keyof typeof EXAMINATIONS;
const ALL = Object.keys(EXAMINATIONS) as ExaminationName[]; // its own keys

/**
 * What was found, in the order of the names; of everything when none are given.
 *
 * @param now milliseconds since 1970
 */
export async function examine(env: Bindings, now: number, names: readonly ExaminationName[] = ALL): Promise<Finding[]> {
  return Promise.all(names.map(async (name) => ({ name, ...(await inTime(EXAMINATIONS[name](env, now))) })));
}

async function inTime(examination: Promise<Verdict>): Promise<Verdict> {
  const verdict = examination.catch((error: unknown) => failed(errorMessage(error), NO_LEDGER));
  return withinPatience(verdict, HANGS);
}

/** What a promise comes to, or something else when that takes longer than anybody waits. */
export async function withinPatience<T, U>(promise: Promise<T>, otherwise: U): Promise<T | U> {
  const { promise: impatience, resolve } = Promise.withResolvers<U>();
  const timer = setTimeout(() => resolve(otherwise), PATIENCE_MS);
  return Promise.race([promise, impatience]).finally(() => clearTimeout(timer));
}

const NO_LEDGER = "It needs D1 and KV: see what is said of d1 and kv.";

function ok(detail: string): Verdict {
  return { state: "ok", detail, remedy: null };
}

function warning(detail: string, remedy: string): Illness {
  return { state: "warning", detail, remedy };
}

function failed(detail: string, remedy: string): Illness {
  return { state: "failed", detail, remedy };
}

const HANGS = failed(`no answer within ${PATIENCE_MS} ms`, "Look at https://www.cloudflarestatus.com, then try again.");

async function examineKv(env: Bindings): Promise<Verdict> {
  const remedy = 'See that wrangler.toml has the KV namespace with the binding "TABLE", then deploy.';
  if (!("TABLE" in env)) return failed("is not bound", remedy);
  try {
    const [edge, head] = await Promise.all([versionAtEdge(env), readHead(env.LEDGER).catch(() => undefined)]);
    if (head === undefined || edge === head.version) return ok(`has version ${edge ?? 0} of the table`);
    return warning(
      `has version ${edge ?? 0} of the table, and ${head.version} is in force`,
      "The cron copies it within a minute. Where it stays like this, see what is said of cron.",
    );
  } catch (error) {
    return failed(errorMessage(error), remedy);
  }
}

async function examineD1(env: Bindings): Promise<Verdict> {
  if (!("LEDGER" in env)) return failed("is not bound", databaseRemedy(bindingOf(HOME)));
  const verdicts = await Promise.all(shardsOf(env).map(async (shard) => examineDatabase(env, shard)));
  const ill = verdicts.find(({ state }) => state === "failed") ?? verdicts.find(({ state }) => state === "warning");
  return ill ?? ok(verdicts.map(({ detail }) => detail).join("; "));
}

async function examineDatabase(env: Bindings, { number, db }: Shard): Promise<Verdict> {
  const binding = bindingOf(number);
  const name = number === HOME ? "" : `${binding} `;
  try {
    const { meta } = await db.prepare("SELECT 1").run();
    if (number !== HOME && sinceOf(env, number) === undefined) {
      return warning(
        `${binding} is bound and takes no sendouts: SIGNALBOX_${binding}_SINCE is not set, or no date`,
        "Set it in wrangler.toml to an instant some minutes after the deploy (docs/sharding.md).",
      );
    }
    return ok(`${name}answers; ${(meta.size_after / 1_000_000).toFixed(1)} MB`);
  } catch (error) {
    return failed(`${name}${errorMessage(error)}`, databaseRemedy(binding));
  }
}

function databaseRemedy(binding: string): string {
  return `See that wrangler.toml has the D1 database with the binding "${binding}", that it is not full, and https://www.cloudflarestatus.com. Sendouts are accepted meanwhile and logged later.`;
}

async function examineMigrations(env: Bindings): Promise<Verdict> {
  const newer = [...new Set((await askAll(env, newerMigrations)).flat())];
  if (newer.length === 0) return ok("all are applied");
  return warning(
    `the database has ${newer.join(", ")}, which this release does not know`,
    "A newer release was deployed before this one. Deploy it again, or make sure that this one may work on its database.",
  );
}

async function examineTable(env: Bindings, now: number): Promise<Verdict> {
  const { version, table } = await newestTable(env, now);
  const [targets, routes] = [table.targets.size, table.routes.length];
  if (version === 0) {
    return warning(
      "none was published yet, so that nothing is routed",
      "Publish one: signalbox apply, or PUT /admin/table.",
    );
  }
  if (routes === 0)
    return warning(`version ${version} has no routes, so that nothing is routed`, "Add a route and publish.");
  return ok(`version ${version}; inlets: ${table.inlets.size}, targets: ${targets}, routes: ${routes}`);
}

async function examineInlets(env: Bindings, now: number): Promise<Verdict> {
  const { table } = await newestTable(env, now);
  const open = [...table.inlets].filter(([, { auth }]) => auth === "none").map(([name]) => name);
  if (open.length === 0) return ok([...table.inlets.keys()].map((name) => `/in/${name}`).join(", "));
  return warning(
    `${open.join(", ")} takes what anybody sends, unsigned`,
    'Give it "auth": {"secrets": [...]} with the secret that Voucherify shows, unless something else proves the sender.',
  );
}

async function examineSecrets(env: Bindings, now: number): Promise<Verdict> {
  const { table } = await newestTable(env, now);
  const { secrets } = await judgeSecrets(env, table);
  const problems = secrets.flatMap((secret) => secret.problems);
  if (problems.length === 0) return ok(`${secrets.length} named, each usable where it is`);
  return failed(
    problems.map(({ message }) => message).join(" "),
    "Set each: npx wrangler secret put <NAME>, or signalbox secret set <NAME>.",
  );
}

async function examineVault(env: Bindings, now: number): Promise<Verdict> {
  const { table } = await newestTable(env, now);
  const { keys } = await judgeSecrets(env, table);
  if (keys.missing.length > 0) {
    const lost = keys.missing.map(
      (id) => `the master key ${id}, which has sealed ${keys.rows[id]} secrets, is not there`,
    );
    return failed(
      [...(keys.problem === undefined ? [] : [keys.problem]), ...lost].join("; "),
      "Bring the key back into the Worker secret SIGNALBOX_MASTER_KEYS (docs/secrets.md), or set its secrets again.",
    );
  }
  if (keys.problem !== undefined)
    return warning(keys.problem, "Only needed for secrets that are set through the API (docs/secrets.md).");
  return ok(keys.active === null ? "is not used" : `seals with the key ${keys.active}`);
}

async function examineQueues(env: Bindings, now: number): Promise<Verdict> {
  const backlogs = await readBacklogs(env);
  const known = Object.entries(backlogs).flatMap(([name, one]) => (one === null ? [] : [{ name, ...one }]));
  const late = known.filter(({ oldestAt }) => oldestAt !== null && oldestAt > 0 && now - oldestAt > BACKLOG_MS_MAX);
  if (late.length > 0) {
    return failed(
      late
        .map(({ name, backlog }) => `${name}: ${backlog} messages wait, the oldest for longer than 15 minutes`)
        .join("; "),
      "See that wrangler.toml has a consumer for each queue, that the Worker is the one deployed, and what its log says.",
    );
  }
  const silent = Object.keys(backlogs).filter((name) => backlogs[name] === null);
  if (silent.length === 0) return ok(known.map(({ name, backlog }) => `${name} ${backlog}`).join(", "));
  return warning(`the platform says nothing of ${silent.join(", ")}`, "The self-test shows whether they work.");
}

async function examineCron(env: Bindings, now: number): Promise<Verdict> {
  const detail = judgeCron(await readJobs(env.LEDGER), now);
  const [unswept] = await findUnswept(env, now);
  if (unswept !== undefined) {
    return failed(
      `nothing that waits in ${unswept} has been sent lately`,
      'See that wrangler.toml has [triggers] crons = ["* * * * *", "*/1 * * * *"], of which the second is for the databases beside LEDGER (docs/sharding.md), then deploy.',
    );
  }
  if (detail === undefined) return ok("every job has run lately, or is about to for the first time");
  return failed(
    detail,
    'See that wrangler.toml has [triggers] crons = ["* * * * *"], then deploy. Retries that wait longer than 15 minutes do not go out meanwhile.',
  );
}

/** The databases beside LEDGER that no cron sees to, by their bindings. */
async function findUnswept(env: Bindings, now: number): Promise<string[]> {
  const others = await Promise.all(othersOf(env).map(async ({ number, db }) => ({ number, jobs: await readJobs(db) })));
  return others.flatMap(({ number, jobs }) => (isSweptLate(jobs, now) ? [bindingOf(number)] : []));
}

async function examineAccess(env: Bindings, now: number): Promise<Verdict> {
  const settings = readAccessSettings(env);
  if (!settings.ok) return failed(settings.detail, "Set its three variables (docs/access.md). Tokens work meanwhile.");
  if (settings.value === undefined) return ok("is not used");
  const keys = await accessKeysOf(env.INGEST, settings.value.issuer).find(undefined, now);
  if (keys.ok) return ok(`the keys of ${settings.value.issuer} can be had`);
  return failed(
    `The keys of Cloudflare Access cannot be had: ${keys.detail}.`,
    "See that SIGNALBOX_ACCESS_TEAM is the team's name (docs/access.md). Tokens work meanwhile.",
  );
}

async function examineGate(env: Bindings): Promise<Verdict> {
  if (env.TARGET_GATE !== undefined) return ok("is bound");
  return warning(
    "is not bound: each isolate keeps to a target's limits by itself",
    'Put [[durable_objects.bindings]] "TARGET_GATE" back into wrangler.toml, then deploy.',
  );
}

async function examineInbox(env: Bindings): Promise<Verdict> {
  if (env.INBOX === undefined) {
    return warning(
      "is not bound: a queue that refuses is answered with 503",
      'Put [[durable_objects.bindings]] "INBOX" back into wrangler.toml, then deploy.',
    );
  }
  const { count } = await readInbox(env);
  return ok(`keeps ${count} sendouts`);
}

async function examineSettings(env: Bindings): Promise<Verdict> {
  const remarks = [judgeRoot(env) ?? []].flat();
  if (allowsLocalTargets(env)) remarks.push("SIGNALBOX_LOCAL_TARGETS lets targets be plain http and private addresses");
  if (readSecret(env, "SIGNALBOX_MASTER_KEYS") === undefined)
    remarks.push("SIGNALBOX_MASTER_KEYS is not set: no secret can be set through the API");
  if (readSecret(env, "SIGNALBOX_SEARCH_KEY") === undefined)
    remarks.push("SIGNALBOX_SEARCH_KEY is not set: sendouts cannot be found by customer or voucher");
  if (remarks.length === 0) return ok("nothing out of the ordinary");
  return warning(
    remarks.join("; "),
    "Fine on your own machine. Elsewhere: npx wrangler secret put <NAME>, and no SIGNALBOX_LOCAL_TARGETS.",
  );
}

async function examineIncidents(env: Bindings): Promise<Verdict> {
  const count = await countOpenIncidents(env.LEDGER);
  if (count === 0) return ok("none is open");
  return warning(`${count} are open`, "Look at them: signalbox incidents.");
}
