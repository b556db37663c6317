// An inlet that used to be busy and has gone silent: something between Voucherify and here has stopped, whoever's fault it is.
// Told by the inlet's own rhythm, so that a shop that sleeps at night or on Sundays raises nothing. It needs no credentials.

import { settleAndLog } from "../alerts/settle.ts";
import { countSlots, findSilences, type Silence } from "../ledger/inlet-rhythm.ts";
import { logFailure } from "../log.ts";
import { newestTable, type TableBindings } from "../routing/table-store.ts";

/** The bindings this job works with. */
export type SilenceBindings = TableBindings & { INGEST: Queue };

const MINUTE_MS = 60_000;

/** How often it looks, in minutes, and in which of them: the statistics count in the one before. */
const EVERY_MINUTES = 5;
const TURN_MINUTE = 2;

/** How far behind the statistics may be before nothing can be said, in milliseconds; slots are by twelve minutes when all is well. */
const BEHIND_MS_MAX = 30 * MINUTE_MS;

/**
 * How many sendouts must have come in at the same time of every earlier week. Where ten are to be expected, none comes by
 * chance once in 22,000 times.
 */
const USUAL_MIN = 10;

/** How many earlier weeks must be known: one alone may have had something special. */
const WEEKS_MIN = 2;

/**
 * Counts what came in and looks for inlets that are silent when they never were.
 *
 * @param now milliseconds since 1970
 * @throws whatever D1 throws
 */
export async function watchInlets(env: SilenceBindings, now: number): Promise<void> {
  if (Math.floor(now / MINUTE_MS) % EVERY_MINUTES !== TURN_MINUTE) return;
  const until = await countSlots(env.LEDGER, now);
  // What waits here in a queue has come in all the same.
  if (now - until > BEHIND_MS_MAX || (await waitsSince(env.INGEST)) < until) return;
  const { table } = await newestTable(env, now);
  const silences = await findSilences(env.LEDGER, [...table.inlets.keys()], until);
  const found = silences
    .filter(isUnusual)
    .map((silence) => ({ subject: silence.inlet, detail: describeSilence(silence), since: silence.since }));
  await settleAndLog(env.LEDGER, [{ kind: "inlet_silent", found }], now);
}

/** Whether in each of the weeks before so much came in at this time that nothing is not chance. */
function isUnusual({ usual }: Silence): boolean {
  return usual.length >= WEEKS_MIN && Math.min(...usual) >= USUAL_MIN;
}

/** Since when the oldest sendout waits to be routed, in milliseconds since 1970; infinite when none does or nobody says. */
async function waitsSince(queue: Queue): Promise<number> {
  try {
    const { oldestMessageTimestamp } = await queue.metrics();
    const oldest = oldestMessageTimestamp?.getTime() ?? 0;
    return oldest > 0 ? oldest : Number.POSITIVE_INFINITY; // some say 1970 where it is not known
  } catch (error) {
    logFailure("queue_metrics_unavailable", error);
    return Number.POSITIVE_INFINITY;
  }
}

function describeSilence({ inlet, since, usual }: Silence): string {
  return `Nothing has come in at the inlet "${inlet}" since ${new Date(since).toISOString()}. At this time of the week at least ${Math.min(...usual)} sendouts came in each of the last ${usual.length} weeks. It ends with the next sendout.`;
}
