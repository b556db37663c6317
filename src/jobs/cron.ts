// What happens every minute, or in some minutes of five, one file per job. A job that fails is logged and does not keep the
// others from running. Where the ledger is spread over several databases, an invocation of its own sees to the others.

import { wakeInbox, type InboxBindings } from "../inbox/ask-inbox.ts";
import { endPauses, freeStranded, freeStrandedIn } from "../ledger/holds.ts";
import { noteJob, REPUBLISH_JOB, SWEEP_JOB } from "../ledger/jobs.ts";
import { sealBlocks } from "../ledger/seal-blocks.ts";
import { purgeSessions } from "../ledger/sessions.ts";
import { bindingOf, HOME, othersOf } from "../ledger/shards.ts";
import { countOn } from "../ledger/statistics.ts";
import { logFailure } from "../log.ts";
import { republishTable } from "../routing/table-store.ts";
import { watchInlets } from "./inlet-silence.ts";
import { tellPeople } from "./alerts.ts";
import { runErasures } from "./erase.ts";
import { keepOrder } from "./keep-order.ts";
import { runReplays } from "./replays.ts";
import { purge } from "./purge.ts";
import { probeTargets, sweepOrphans, sweepShard, type SweepBindings } from "./sweep.ts";
import { watchUpstream } from "./upstream.ts";
import { watch, type WatchdogBindings } from "./watchdog.ts";

/** The bindings the jobs work with. */
export type JobBindings = SweepBindings & InboxBindings & WatchdogBindings;

/**
 * In which minutes of five a job runs that does not run in all of them: D1 takes 50 queries of an invocation on the free
 * plan, and together the jobs have more. Two that watch, and the blocks, give way to the purge.
 * https://developers.cloudflare.com/d1/platform/limits/ (read 2026-11-29)
 */
const TURNS: Readonly<Record<string, readonly number[]>> = {
  watchdog: [0, 1, 2, 3],
  alerts: [0, 1, 2, 3],
  seal_blocks: [0, 1, 2, 3],
  statistics: [1],
  purge_sessions: [3],
  purge: [4],
};

const MINUTE_MS = 60_000;
const TURNS_OF = 5;

/** The jobs of an invocation, by name. */
type Jobs = Readonly<Record<string, () => Promise<unknown>>>;

/** Runs the jobs whose turn it is, one after another: they share D1. */
export async function runJobs(env: JobBindings, now: number): Promise<void> {
  const jobs: Jobs = {
    republish_table: async () => {
      await republishTable(env);
      await noteJob(env.LEDGER, REPUBLISH_JOB, now);
    },
    wake_inbox: async () => wakeInbox(env, now),
    // Before what they held would count as stranded, and go all at once.
    end_pauses: async () => endPauses(env, now),
    adopt_orphans: async () => sweepOrphans(env, now),
    free_stranded: async () => freeStranded(env.LEDGER, now),
    probe_targets: async () => probeTargets(env, now),
    replays: async () => runReplays(env, now),
    sweep: async () => {
      await sweepShard(env, HOME, now);
      await noteJob(env.LEDGER, SWEEP_JOB, now);
    },
    seal_blocks: async () => sealBlocks(env.LEDGER, now),
    keep_order: async () => keepOrder(env, now),
    purge_sessions: async () => purgeSessions(env.LEDGER, now),
    ...(othersOf(env).length === 0 && overAll(env, now)),
    inlet_silence: async () => watchInlets(env, now),
    upstream: async () => watchUpstream(env, now),
    alerts: async () => tellPeople(env, now),
    erase: async () => runErasures(env, now),
    purge: async () => purge(env, now),
  };
  await run(jobs, TURNS, now);
}

/** What goes over all databases; with several it is too much for the invocation that sees to LEDGER. */
function overAll(env: JobBindings, now: number): Jobs {
  return {
    watchdog: async () => watch(env, now),
    statistics: async () => countOn(env, now),
  };
}

/** The same of the jobs that see to the other databases. */
const TURNS_OF_OTHERS: typeof TURNS = {
  adopt_orphans: [1, 2, 3, 4],
  free_stranded: [1, 2, 3, 4],
  seal_blocks: [1, 2, 3, 4],
  watchdog: [0, 2, 3],
  statistics: [1],
  purge: [4],
};

/**
 * Sees to the other databases: sends what is due in all of them, and does the rest for one of them in each five minutes.
 * Nothing where there is but one database.
 */
export async function runJobsOfOthers(env: JobBindings, now: number): Promise<void> {
  const others = othersOf(env);
  const turn = others[Math.floor(now / MINUTE_MS / TURNS_OF) % others.length];
  if (turn === undefined) return;
  const { number, db } = turn;
  const sweeps = others.map((one) => [
    `sweep:${bindingOf(one.number)}`,
    async () => {
      await sweepShard(env, one.number, now);
      await noteJob(one.db, SWEEP_JOB, now);
    },
  ]);
  const jobs: Jobs = {
    ...Object.fromEntries(sweeps),
    adopt_orphans: async () => sweepOrphans(env, now, { shard: number }),
    free_stranded: async () => freeStrandedIn(env, db, now),
    seal_blocks: async () => sealBlocks(db, now),
    replays: async () => runReplays(env, now, others),
    erase: async () => runErasures(env, now, db),
    ...overAll(env, now),
    purge: async () => purge(env, now, number),
  };
  await run(jobs, TURNS_OF_OTHERS, now);
}

async function run(jobs: Jobs, turns: typeof TURNS, now: number): Promise<void> {
  const turn = Math.floor(now / MINUTE_MS) % TURNS_OF;
  for (const [name, job] of Object.entries(jobs)) {
    if (turns[name]?.includes(turn) === false) continue;
    try {
      await job();
    } catch (error) {
      logFailure("job_failed", error, { job: name });
    }
  }
}
