// What happens every minute, or in some minutes of five, one file per job. A job that fails is logged and does not keep the
// others from running.

import { wakeInbox, type InboxBindings } from "../inbox/ask-inbox.ts";
import { freeStranded } from "../ledger/holds.ts";
import { noteJob, REPUBLISH_JOB, SWEEP_JOB } from "../ledger/jobs.ts";
import { sealBlocks } from "../ledger/seal-blocks.ts";
import { purgeSessions } from "../ledger/sessions.ts";
import { countOn } from "../ledger/statistics.ts";
import { logFailure } from "../log.ts";
import { republishTable } from "../routing/table-store.ts";
import { watchInlets } from "./inlet-silence.ts";
import { tellPeople } from "./alerts.ts";
import { runErasures } from "./erase.ts";
import { keepOrder } from "./keep-order.ts";
import { runReplays } from "./replays.ts";
import { purge } from "./purge.ts";
import { probeTargets, sweepDue, sweepOrphans, type SweepBindings } from "./sweep.ts";
import { watchUpstream } from "./upstream.ts";
import { watch, type WatchdogBindings } from "./watchdog.ts";

/** The bindings the jobs work with. */
export type JobBindings = SweepBindings & InboxBindings & WatchdogBindings;

/**
 * In which minutes of five a job runs that does not run in all of them: D1 takes 50 queries of an invocation on the free
 * plan, and together the jobs have more. Two that watch give way to the purge.
 * https://developers.cloudflare.com/d1/platform/limits/ (read 2026-11-29)
 */
const TURNS: Readonly<Record<string, readonly number[]>> = {
  watchdog: [0, 1, 2, 3],
  alerts: [0, 1, 2, 3],
  statistics: [1],
  purge_sessions: [3],
  purge: [4],
};

const MINUTE_MS = 60_000;
const TURNS_OF = 5;

/** Runs the jobs whose turn it is, one after another: they share D1. */
export async function runJobs(env: JobBindings, now: number): Promise<void> {
  const jobs: Readonly<Record<string, () => Promise<unknown>>> = {
    republish_table: async () => {
      await republishTable(env);
      await noteJob(env.LEDGER, REPUBLISH_JOB, now);
    },
    wake_inbox: async () => wakeInbox(env, now),
    adopt_orphans: async () => sweepOrphans(env, now),
    free_stranded: async () => freeStranded(env.LEDGER, now),
    probe_targets: async () => probeTargets(env, now),
    replays: async () => runReplays(env, now),
    sweep: async () => {
      await sweepDue(env, now);
      await noteJob(env.LEDGER, SWEEP_JOB, now);
    },
    seal_blocks: async () => sealBlocks(env.LEDGER, now),
    keep_order: async () => keepOrder(env, now),
    purge_sessions: async () => purgeSessions(env.LEDGER, now),
    watchdog: async () => watch(env, now),
    statistics: async () => countOn(env.LEDGER, now),
    inlet_silence: async () => watchInlets(env, now),
    upstream: async () => watchUpstream(env, now),
    alerts: async () => tellPeople(env, now),
    erase: async () => runErasures(env, now),
    purge: async () => purge(env, now),
  };
  const turn = Math.floor(now / MINUTE_MS) % TURNS_OF;
  for (const [name, job] of Object.entries(jobs)) {
    if (TURNS[name]?.includes(turn) === false) continue;
    try {
      await job();
    } catch (error) {
      logFailure("job_failed", error, { job: name });
    }
  }
}
