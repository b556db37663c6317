// From a refusal to an incident that people see. The first one is written at once; a storm of them is counted in memory
// and costs three rows written and a log line per minute, whatever strangers send.

import type { Occurrence } from "../ledger/incidents.ts";
import { recordEntries, type RecordBindings } from "../ledger/record.ts";
import { logFailure } from "../log.ts";
import { describeRefusal, type RefusalReason } from "./refusal.ts";

/** How often an isolate writes the same incident at most, in milliseconds. */
const WRITE_EVERY_MS = 60_000;

/** How many incidents an isolate counts before it starts over: two for each of 500 inlets. */
const COUNTED_MAX = 1_000;

/** A request that an inlet refused. */
interface Refusal {
  inlet: string;
  reason: RefusalReason;
}

/** What keeps a Worker alive for work that goes on after its answer. */
interface Background {
  waitUntil(promise: Promise<unknown>): void;
}

/** Takes a refusal and returns at once; whatever there is to write is written behind the answer's back. */
type Raise = (env: RecordBindings, ctx: Background, refusal: Refusal, now: number) => void;

interface Counted {
  /** When it was last written, in milliseconds since 1970. */
  writtenAt: number;
  /** How many have come since. */
  waiting: number;
}

// One for each database binding, for the isolate's life: what is not written yet when it ends is not counted.
const raisers = new WeakMap<D1Database, Raise>();

/**
 * Raises a refusal as an incident of its inlet. Never throws, never waits, and never keeps anything of the request.
 *
 * @param now milliseconds since 1970
 */
export function raiseRefusal(env: RecordBindings, ctx: Background, refusal: Refusal, now: number): void {
  const raise = raisers.get(env.LEDGER) ?? createRaiser();
  raisers.set(env.LEDGER, raise);
  raise(env, ctx, refusal, now);
}

/**
 * A raiser with an empty memory. Of each incident it writes the first occurrence at once, counts the later ones, and
 * writes them together with the first that comes a minute after the last write.
 */
export function createRaiser(): Raise {
  const counted = new Map<string, Counted>();
  return (env, ctx, refusal, now) => {
    const { kind, detail } = describeRefusal(refusal.reason);
    const key = `${kind} ${refusal.inlet}`;
    const known = counted.get(key);
    if (known !== undefined && now - known.writtenAt < WRITE_EVERY_MS) {
      known.waiting++;
      return;
    }
    if (known === undefined && counted.size >= COUNTED_MAX) counted.clear();
    const count = 1 + (known?.waiting ?? 0);
    const current: Counted = { writtenAt: now, waiting: 0 };
    counted.set(key, current);
    const id = crypto.getRandomValues(new Uint8Array(8)).toHex();
    const occurrence: Occurrence = { id, kind, subject: refusal.inlet, at: now, count, detail };
    ctx.waitUntil(
      write(env, occurrence, refusal.reason).catch((error: unknown) => {
        current.waiting += count; // the next write carries them
        logFailure("incident_not_recorded", error, { inlet: refusal.inlet, count });
      }),
    );
  };
}

async function write(env: RecordBindings, occurrence: Occurrence, reason: RefusalReason): Promise<void> {
  const { subject, count } = occurrence;
  console.error(JSON.stringify({ event: "alert_raised", inlet: subject, reason, count }));
  await recordEntries(env, [{ kind: "incident", occurrence }]);
}
