// What a queue offers again may be what an invocation was killed over: routing evaluates the expressions of customers, and
// an invocation that uses up its processor time ends with its whole batch, without any of our code being asked. So what
// comes again is evaluated under a mark, and whatever finds its own mark comes first and alone, until it is clear that it
// is what kills.

import * as v from "valibot";
import { withinBudget } from "../ledger/budget.ts";
import { readMarks } from "../ledger/evaluations.ts";
import type { Entry } from "../ledger/record.ts";
import { logFailure } from "../log.ts";
import { IngestMessageSchema } from "./message.ts";
import { quarantineRow, type ReadSendout } from "./route-sendout.ts";

/**
 * How often a message was being evaluated when everything stopped before it is taken for the reason: with its batch, then
 * alone, then alone and before anything else in its invocation.
 */
const KILLED_MAX = 3;

/** How many messages are evaluated alone in an invocation: D1 answers 50 queries to one on the free plan. */
const ALONE_MAX = 4;

/** A batch by what is to be done with its messages. */
export interface Offers {
  /** Not to be evaluated any more. */
  killed: Message[];
  /** To be evaluated one after another, the most suspicious first, and before the others. */
  alone: Message[];
  /** To be evaluated alone, but not in this invocation. */
  later: Message[];
  /** All others. */
  together: Message[];
}

const AcceptedSchema = v.pick(IngestMessageSchema, ["acceptedId"]);

/**
 * Sorts a batch by the marks that earlier evaluations have left. First offers have none and cost nothing; while D1 does
 * not answer, nothing is known of any.
 */
export async function sortOffers(db: D1Database, messages: readonly Message[]): Promise<Offers> {
  const again = messages.filter(({ attempts }) => attempts > 1);
  const marks = again.length === 0 ? new Map<string, number>() : await marksOf(db, again);
  const begun = (message: Message) => marks.get(idOf(message) ?? "") ?? 0;
  const suspects = again.filter((message) => begun(message) > 0 && begun(message) < KILLED_MAX);
  suspects.sort((one, other) => begun(other) - begun(one));
  return {
    killed: again.filter((message) => begun(message) >= KILLED_MAX),
    alone: suspects.slice(0, ALONE_MAX),
    later: suspects.slice(ALONE_MAX),
    together: messages.filter((message) => begun(message) === 0),
  };
}

async function marksOf(db: D1Database, messages: readonly Message[]): Promise<ReadonlyMap<string, number>> {
  const ids = messages.flatMap((message) => idOf(message) ?? []);
  return withinBudget(readMarks(db, ids)).catch((error: unknown) => {
    logFailure("evaluations_unknown", error);
    return new Map<string, number>();
  });
}

/** Undefined where the message is of another shape, which is nothing to evaluate. */
function idOf({ body }: Message): string | undefined {
  const parsed = v.safeParse(AcceptedSchema, body);
  return parsed.success ? parsed.output.acceptedId : undefined;
}

/** The rows of a sendout that is not evaluated any more: itself, in quarantine, and an incident of its inlet. */
export function killedEntries(sendout: ReadSendout, now: number): Entry[] {
  const row = quarantineRow(sendout, "evaluation_killed", CAUSE);
  const occurrence = {
    id: row.id,
    kind: "evaluation_killed" as const,
    subject: row.inlet,
    at: now,
    count: 1,
    detail: `evaluation_killed: ${CAUSE}`,
  };
  return [
    { kind: "sendout", row },
    { kind: "incident", occurrence },
  ];
}

const CAUSE = "Evaluating it used up an invocation's processor time three times, the last time alone.";
