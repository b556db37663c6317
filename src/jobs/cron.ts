// What happens every minute, one file per job. A job that fails is logged and does not keep the others from running.

import { logFailure } from "../log.ts";
import { republishTable, type TableBindings } from "../routing/table-store.ts";

/** Runs every job. */
export async function runJobs(env: TableBindings): Promise<void> {
  const jobs = { republish_table: async () => republishTable(env) };
  for (const [name, job] of Object.entries(jobs)) {
    try {
      await job();
    } catch (error) {
      logFailure("job_failed", error, { job: name });
    }
  }
}
