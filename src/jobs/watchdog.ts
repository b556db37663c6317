// The watchdog: looks in four minutes of five whether anything has stood still for longer than it can by rights, opens an
// incident with what to do about it, and resolves it once it is over. That the cron itself does not run it cannot say; the
// health check does.

import { settleAndLog } from "../alerts/settle.ts";
import { queueRetentionMs } from "../env.ts";
import { readInbox, type InboxBindings } from "../inbox/ask-inbox.ts";
import { forgetOldMarks } from "../ledger/evaluations.ts";
import { countAllNotReady, countAllOverdue, findAllStuckReplays } from "../ledger/everywhere.ts";
import {
  noteJob,
  ORPHANS_JOB,
  PURGE_BODIES_JOB,
  PURGE_REST_JOB,
  readJobs,
  SWEEP_JOB,
  WATCHDOG_JOB,
} from "../ledger/jobs.ts";
import type { NotReady } from "../ledger/not-ready.ts";
import { OVERDUE_COUNT_MAX } from "../ledger/overdue.ts";
import { bindingOf, HOME, shardsOf, type ShardBindings } from "../ledger/shards.ts";
import type { Look } from "../ledger/watched-incidents.ts";
import { endQuiet } from "../ledger/recoveries.ts";
import { logFailure } from "../log.ts";
import { duration } from "./duration.ts";
import type { TableBindings } from "../routing/table-store.ts";
import { lookAround } from "./look-around.ts";
import { lookAtDown } from "./look-at-down.ts";

/** The bindings this job works with. */
export type WatchdogBindings = InboxBindings & TableBindings & Record<(typeof QUEUES)[number], Queue>;

const QUEUES = ["INGEST", "DELIVER", "SLOW", "LATE", "DEAD"] as const;

const MINUTE_MS = 60_000;

/** How long something may be late before it counts as stuck, in milliseconds: every job has had its turn many times. */
const STUCK_AFTER_MS = 15 * MINUTE_MS;

/** Which part of a queue's retention a message may have waited: there are three more in which to do something. */
const RETENTION_PART = 4;

/**
 * The least age of a message that counts, in milliseconds. The platform counts what waits for its delay, at most 15
 * minutes, and the age of what is offered again from when it was first sent.
 */
const BACKLOG_MS_MIN = 30 * MINUTE_MS;

/** How long the purge, which comes to its end every hour, may not have, in milliseconds. */
const PURGE_LATE_AFTER_MS = 3 * 60 * MINUTE_MS;

/** How often the Inbox is asked, in minutes: it is sixteen objects. */
const INBOX_EVERY_MINUTES = 15;

/**
 * Looks at everything.
 *
 * @param now milliseconds since 1970
 * @throws whatever D1 throws; then nothing was opened or resolved
 */
export async function watch(env: WatchdogBindings, now: number): Promise<void> {
  const looks = await Promise.all([
    lookAtQueues(env, now),
    lookAtRows(env, now),
    lookAtTargets(env, now),
    lookAtDown(env, now),
    lookAtJobs(env, now),
    lookAtRetention(env, now),
    lookAtInbox(env, now),
  ]);
  const others = await lookAround(env, now);
  await settleAndLog(env.LEDGER, [...looks.filter((look) => look !== undefined), ...others], now);
  await endQuiet(env.LEDGER, now).run();
  await forgetOldMarks(env.LEDGER, now);
  await noteJob(env.LEDGER, WATCHDOG_JOB, now);
}

async function lookAtQueues(env: WatchdogBindings, now: number): Promise<Look> {
  const retentionMs = queueRetentionMs(env);
  const limitMs = Math.max(retentionMs / RETENTION_PART, BACKLOG_MS_MIN);
  const look = { kind: "queue_backlog", found: [] as Look["found"], unknown: [] as string[] } as const;
  for (const name of QUEUES) {
    const subject = name.toLowerCase();
    const ageMs = await ageOf(env[name], now);
    if (ageMs === undefined) look.unknown.push(subject);
    else if (ageMs >= limitMs) look.found.push({ subject, detail: describeBacklog(subject, ageMs, retentionMs) });
  }
  return look;
}

/**
 * How long a queue's oldest message has waited, in milliseconds; 0 when there is none, undefined when the platform does
 * not say.
 */
async function ageOf(queue: Queue, now: number): Promise<number | undefined> {
  try {
    const { backlogCount, oldestMessageTimestamp } = await queue.metrics();
    // Some say 1970 where it is not known.
    const oldest = oldestMessageTimestamp?.getTime() ?? 0;
    if (oldest > 0) return now - oldest;
    return backlogCount === 0 ? 0 : undefined;
  } catch (error) {
    logFailure("queue_metrics_unavailable", error);
    return undefined;
  }
}

function describeBacklog(name: string, ageMs: number, retentionMs: number): string {
  return `The oldest message of the queue "${name}" was sent ${duration(ageMs)} ago, and the queue forgets it after ${duration(retentionMs)}.`;
}

async function lookAtRows(env: ShardBindings, now: number): Promise<Look> {
  const { count, oldest } = await countAllOverdue(env, now - STUCK_AFTER_MS);
  const many = count >= OVERDUE_COUNT_MAX ? `at least ${count}` : `${count}`;
  const detail = `Deliveries that should have been sent again by the sweeper: ${many}, the oldest ${duration(now - (oldest ?? now))} ago. After a long outage it takes 5,000 a minute; else the log has why it fails (job_failed, job sweep).`;
  return { kind: "rows_overdue", found: count === 0 ? [] : [{ subject: "deliveries", detail }] };
}

async function lookAtTargets(env: ShardBindings, now: number): Promise<Look> {
  const { waits, isPartial } = await countAllNotReady(env, now);
  const look = { kind: "target_not_ready", found: [] as Look["found"], unknown: [] as string[], isPartial } as const;
  for (const [subject, ofTarget] of Map.groupBy(waits, ({ target }) => target)) {
    const lasting = ofTarget.filter((wait) => isLasting(wait, now));
    // What is open stays so while they still wait for something.
    if (lasting.length === 0) look.unknown.push(subject);
    else look.found.push({ subject, target: subject, detail: describeNotReady(subject, lasting, isPartial) });
  }
  return look;
}

/** A wait that ends only when somebody does something. */
type Lasting = NotReady & { reason: keyof typeof REMEDIES };

/** Whether a wait will not be over by itself: a token endpoint may be down for a while, and D1 be silent. */
function isLasting(wait: NotReady, now: number): wait is Lasting {
  if (wait.reason === "token_unavailable") return (wait.since ?? now) <= now - STUCK_AFTER_MS;
  return wait.reason !== "vault_unavailable";
}

const SET = "on the Worker or in the vault (docs/secrets.md)";

/** What to do about each thing that deliveries wait for. */
const REMEDIES = {
  secret_missing: `Set the secret, ${SET}.`,
  secret_unreadable: `Bring its master key back (SIGNALBOX_MASTER_KEYS), or set the secret again, ${SET}.`,
  secret_host_changed: `If it is to go there, set it again, ${SET}.`,
  secret_invalid: `Set one of the form that docs/authentication.md asks for, ${SET}.`,
  binding_missing: "Add the mTLS binding to wrangler.toml and deploy (docs/authentication.md).",
  token_unavailable: `See whether the token endpoint is up and takes the client; if its secret is the wrong one, set the right one, ${SET}.`,
} as const satisfies Partial<Record<NotReady["reason"], string>>;

function describeNotReady(target: string, waits: readonly Lasting[], isPartial: boolean): string {
  const reasons = waits.map(({ reason, count, example }) => {
    const many = isPartial ? `at least ${count}` : `${count}`;
    return `${reason}: ${many}${example === null ? "" : ` (${example})`}. ${REMEDIES[reason]}`;
  });
  return `Deliveries to the target "${target}" wait, which costs no attempt. ${reasons.join(" ")} They are looked at every five minutes and go out by themselves.`;
}

async function lookAtJobs(env: ShardBindings, now: number): Promise<Look> {
  const by = now - STUCK_AFTER_MS;
  const [ofAll, replays] = await Promise.all([readAllJobs(env), findAllStuckReplays(env, by)]);
  // A job that has never ended well is waited for since there has been a watchdog.
  const firstAt = ofAll[0]?.jobs.get(WATCHDOG_JOB)?.position ?? now;
  const stuck = ofAll.flatMap(({ number, jobs }) =>
    [SWEEP_JOB, ORPHANS_JOB].flatMap((job) => {
      const endedAt = jobs.get(job)?.endedAt ?? 0;
      return Math.max(endedAt, firstAt) > by ? [] : [{ name: `${job}${suffixOf(number)}`, endedAt }];
    }),
  );
  return {
    kind: "job_stuck",
    found: [
      ...stuck.map(({ name, endedAt }) => ({ subject: name, detail: describeJob(name, endedAt, now) })),
      ...replays.map(({ id, since }) => ({ subject: `replay:${id}`, detail: describeReplay(id, now - since) })),
    ],
  };
}

function describeJob(name: string, endedAt: number, now: number): string {
  const last = endedAt === 0 ? "has never ended well" : `ended well ${duration(now - endedAt)} ago for the last time`;
  return `The cron's job "${name}" ${last}. The log has why it fails (job_failed). Until it runs, nothing is sent that waits in the ledger.`;
}

function describeReplay(id: string, lateMs: number): string {
  return `The replay ${id} runs and has sent nothing for ${duration(lateMs)}. The log has why (replay_step_failed); one whose rendering used up the processor time of the cron twice is left out.`;
}

/** How each database's jobs stand, LEDGER's first. */
async function readAllJobs(env: ShardBindings) {
  return Promise.all(shardsOf(env).map(async ({ number, db }) => ({ number, jobs: await readJobs(db) })));
}

/** What tells another database's job from that of LEDGER. */
function suffixOf(number: number): string {
  return number === HOME ? "" : `:${bindingOf(number)}`;
}

/** The purge says by itself when it is behind, and why; that it fails it cannot say. */
async function lookAtRetention(env: ShardBindings, now: number): Promise<Look> {
  const ofAll = await readAllJobs(env);
  const firstAt = ofAll[0]?.jobs.get(WATCHDOG_JOB)?.position ?? now;
  const found = ofAll.flatMap(({ number, jobs }) => {
    const endedAt = Math.max(jobs.get(PURGE_REST_JOB)?.endedAt ?? 0, firstAt);
    const fails = now - endedAt > PURGE_LATE_AFTER_MS ? describeFailingPurge(now - endedAt) : null;
    const detail = jobs.get(PURGE_BODIES_JOB)?.note ?? fails;
    return detail === null ? [] : [{ subject: `purge${suffixOf(number)}`, detail }];
  });
  return { kind: "retention_behind", found };
}

function describeFailingPurge(lateMs: number): string {
  return `The cron's job "purge" has not come to its end for ${duration(lateMs)}. The log has why it fails (job_failed). Until it runs, payloads are kept for longer than settings.retention says.`;
}

/** Undefined when it is not its turn, or when the Inbox does not answer. */
async function lookAtInbox(env: WatchdogBindings, now: number): Promise<Look | undefined> {
  if (Math.floor(now / MINUTE_MS) % INBOX_EVERY_MINUTES !== 0) return undefined;
  try {
    const { count, oldest } = await readInbox(env);
    const ageMs = now - (oldest ?? now);
    const detail = `The Inbox keeps ${count} sendouts, the oldest since ${duration(ageMs)}: the queue "ingest" refuses them, or routing does not record them. The log has why (inbox_not_sent, routing_not_recorded). They are sent again by themselves.`;
    return { kind: "inbox_backlog", found: ageMs < STUCK_AFTER_MS ? [] : [{ subject: "inbox", detail }] };
  } catch (error) {
    logFailure("inbox_unavailable", error);
    return undefined;
  }
}
