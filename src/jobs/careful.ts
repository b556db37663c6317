// Jobs that evaluate expressions. The cron comes every minute and would be killed over the same one for ever, before it
// had done anything else: so a run that follows a killed one does less, each thing under a mark of its own, and leaves out
// what it was killed over.

import { beginEvaluations, readMarks, whileMarked } from "../ledger/evaluations.ts";

/** How often something was being evaluated alone when everything stopped before it is left out. */
const KILLED_MAX = 2;

/** A run of a job. */
export interface Run {
  /** Whether the run before was killed. */
  careful: boolean;
  /** Whether something is what runs are killed over. */
  isKilled(id: string): boolean;
  /** Evaluates one thing; in a careful run under its own mark. */
  evaluate<T>(id: string, work: () => Promise<T>): Promise<T>;
}

/**
 * Runs a job that evaluates.
 *
 * @param job its name
 * @param ids all that it may evaluate
 * @param now milliseconds since 1970
 * @param isDone whether a careful run has left nothing out; else the next one is careful as well
 * @throws whatever D1 or the work throws
 */
export async function runCarefully<T>(
  db: D1Database,
  job: string,
  ids: readonly string[],
  now: number,
  work: (run: Run) => Promise<T>,
  isDone: (result: T) => boolean = () => true,
): Promise<T> {
  const mark = `job:${job}`;
  const marks = await readMarks(db, [mark, ...ids]);
  const careful = marks.has(mark);
  const result = await whileMarked(db, [mark], now, async () =>
    work({
      careful,
      isKilled: (id) => (marks.get(id) ?? 0) >= KILLED_MAX,
      evaluate: async (id, one) => (careful ? whileMarked(db, [id], now, one) : one()),
    }),
  );
  if (careful && !isDone(result)) await beginEvaluations(db, [mark], now);
  return result;
}
