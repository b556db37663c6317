// The ledger's rows for deliveries: one per sendout and target, written with its first outcome and updated with every
// later one. A write that comes twice or late never takes a delivery back to where it was.

import * as v from "valibot";
import { isGoneSql } from "./content.ts";
import { ensureMigrated } from "./migrate.ts";

/** States in which something is still to come. */
export const OPEN_STATES = ["scheduled", "held"] as const;

/** States in which a round of attempts has ended. Only a person begins another. */
const ENDED_STATES = ["delivered", "failed", "expired", "cancelled"] as const;

/** Those states, as SQL lists them. */
export function endedStates(): string {
  return list(ENDED_STATES);
}

/** What set an attempt off. */
export const TRIGGERS = ["automatic", "manual", "replay", "resume", "test"] as const;

/** One HTTP call, or the reason why none was made. */
export const AttemptSchema = v.object({
  /** Milliseconds since 1970. */
  at: v.number(),
  /** How long it took, in milliseconds. */
  ms: v.number(),
  status: v.optional(v.number()),
  /** Stable code of what went wrong. */
  reason: v.optional(v.string()),
  detail: v.optional(v.string()),
  /** The answer's headers, secrets removed. */
  headers: v.optional(v.array(v.tuple([v.string(), v.string()]))),
  /** The beginning of the response body, secrets removed. */
  excerpt: v.optional(v.string()),
  /** What set it off; automatic when it is not said. */
  trigger: v.optional(v.picklist(TRIGGERS)),
  /** Whether the target may have got the request although there is no answer. */
  ambiguous: v.optional(v.boolean()),
  /** Whether the target refused a token and got the request once more with a new one. */
  tokenRefreshed: v.optional(v.literal(true)),
  /** The version of the routing table whose policy it went by. */
  tableVersion: v.optional(v.number()),
});
export type Attempt = v.InferOutput<typeof AttemptSchema>;

/** How a delivery stands after an attempt, or after something that took its place. */
export const OutcomeSchema = v.object({
  sendoutId: v.string(),
  target: v.string(),
  /** 0, or the number of a repeat that was asked for as something new. */
  copy: v.optional(v.number(), 0),
  route: v.string(),
  state: v.picklist([...OPEN_STATES, ...ENDED_STATES]),
  reason: v.nullable(v.string()),
  /** Which round of attempts this belongs to: 0 from routing, one more each time a person asks again. */
  round: v.optional(v.number(), 0),
  attemptsMade: v.number(),
  /** How many of them were made before this round. */
  attemptsBefore: v.optional(v.number(), 0),
  /** Milliseconds since 1970. */
  updatedAt: v.number(),
  /** When the next attempt comes, in milliseconds since 1970; null when none does, or when that depends on others. */
  dueAt: v.nullable(v.number()),
  /** When the sweeper sends it again unless something else happened; null when it has not to. */
  sweepAt: v.optional(v.nullable(v.number()), null),
  /** The attempt just made; absent when there was none. */
  attempt: v.optional(AttemptSchema),
  /** How many Signalboxes its sendout has come through; none when left out. */
  hops: v.optional(v.number()),
  /** The rendered request, so that it can be sent again; written by `toColumn`. */
  request: v.string(),
});
export type Outcome = v.InferOutput<typeof OutcomeSchema>;
export type DeliveryState = Outcome["state"];

/** One delivery by its key. */
export type DeliveryKey = Pick<Outcome, "sendoutId" | "target" | "copy">;

/** Where a delivery stands, as far as the delivery step needs to know. */
export interface Standing {
  state: DeliveryState;
  reason: string | null;
  round: number;
  attemptsMade: number;
  /** When the next attempt comes, in milliseconds since 1970; null when none does. */
  dueAt: number | null;
  /** What it has in common with those it goes before and after; null where no order was asked for. */
  orderKey: string | null;
}

/** The status that the last attempt of a delivery `d` was answered with; its own column lacks what was 2xx long ago. */
export const LAST_STATUS = "d.attempts ->> '$[#-1].status'";

/** Which deliveries the index `deliveries_unsettled` has. */
export const UNSETTLED = "(d.state <> 'delivered' OR d.last_status NOT BETWEEN 200 AND 299)";

/** Whether a round has ended in this state. */
export function isEnded(state: DeliveryState): boolean {
  return !OPEN_STATES.some((open) => open === state);
}

/** A delivery's key as one text. */
export function standingKey({ sendoutId, target, copy }: DeliveryKey): string {
  return `${sendoutId}.${target}.${copy}`;
}

/** The statement that looks deliveries up; `readStandings` reads what it finds. */
export function selectStandings(db: D1Database, deliveries: readonly DeliveryKey[]): D1PreparedStatement {
  return db
    .prepare(
      `SELECT d.sendout_id, d.target, d.copy, d.state, d.reason, d.round, d.attempts_made, d.due_at, d.order_key
       FROM json_each(?1) AS wanted
       JOIN deliveries AS d
         ON d.sendout_id = wanted.value ->> 0 AND d.target = wanted.value ->> 1 AND d.copy = wanted.value ->> 2`,
    )
    .bind(JSON.stringify(deliveries.map(({ sendoutId, target, copy }) => [sendoutId, target, copy])));
}

/**
 * How deliveries stand, by `standingKey`. Those without an outcome yet are not among them.
 *
 * @throws whatever D1 throws
 */
export async function findStandings(
  db: D1Database,
  deliveries: readonly DeliveryKey[],
): Promise<Map<string, Standing>> {
  await ensureMigrated(db);
  return readStandings((await selectStandings(db, deliveries).all()).results);
}

/** Deliveries by `standingKey`. Those without an outcome yet are not among them. */
export function readStandings(results: readonly unknown[]): Map<string, Standing> {
  return new Map(
    v
      .parse(v.array(StandingRowSchema), results)
      .map(({ sendout_id, target, copy, attempts_made, due_at, order_key, ...rest }) => [
        standingKey({ sendoutId: sendout_id, target, copy }),
        { ...rest, attemptsMade: attempts_made, dueAt: due_at, orderKey: order_key },
      ]),
  );
}

const StandingRowSchema = v.object({
  sendout_id: v.string(),
  target: v.string(),
  copy: v.number(),
  state: OutcomeSchema.entries.state,
  reason: v.nullable(v.string()),
  round: v.number(),
  attempts_made: v.number(),
  due_at: v.nullable(v.number()),
  order_key: v.nullable(v.string()),
});

/** How many attempts a row keeps: the last ones. A schedule has 21 at most; the rest are of people who asked again. */
const ATTEMPTS_KEPT = 50;

/** What an attempt says of the target's answer: kept as long as the request, and no longer. */
const ANSWERED = ["excerpt", "headers"] as const satisfies readonly (keyof Attempt)[];

/** The SQL that takes out of an attempt what is not kept any more. */
export function withoutAnswerSql(attempt: string): string {
  return `json_remove(${attempt}, ${ANSWERED.map((field) => `'$.${field}'`).join(", ")})`;
}

/** What a late outcome must not bring back. */
const IS_GONE = isGoneSql("deliveries.request");
const ATTEMPT = `iif(${IS_GONE}, ${withoutAnswerSql("excluded.attempts -> 0")}, excluded.attempts -> 0)`;

/** Whether the row has the outcome's attempt already: then it is the same write once more. */
const IS_KNOWN = `EXISTS (SELECT 1 FROM json_each(deliveries.attempts) WHERE value = ${ATTEMPT})`;

/** Whether the outcome stands against what the row says. */
const STANDS = `(excluded.round > deliveries.round
  OR (excluded.state = 'delivered' AND deliveries.state <> 'delivered')
  OR (excluded.round = deliveries.round AND deliveries.state IN (${list(OPEN_STATES)})
    AND (excluded.state NOT IN (${list(OPEN_STATES)}) OR excluded.updated_at > deliveries.updated_at
      OR excluded.attempts_made > deliveries.attempts_made
      OR deliveries.reason IN ('in_order', 'next_in_order'))))`;

/** What a column becomes: of an outcome that stands what it says, else what it was. */
function taken(column: string, value = `excluded.${column}`): string {
  return `${column} = iif(${STANDS}, ${value}, deliveries.${column})`;
}

const UPDATES = [
  "received_at = max(deliveries.received_at, excluded.received_at)",
  ...["state", "reason", "route", "updated_at", "due_at", "sweep_at"].map((column) => taken(column)),
  taken("round", "max(deliveries.round, excluded.round)"),
  taken("attempts_made", "max(deliveries.attempts_made, excluded.attempts_made)"),
  taken(
    "attempts_before",
    "iif(excluded.round > deliveries.round, excluded.attempts_before, deliveries.attempts_before)",
  ),
  taken("request", `iif(excluded.request = '' OR ${IS_GONE}, deliveries.request, excluded.request)`),
  "last_status = iif(excluded.attempts = '[]', deliveries.last_status, excluded.last_status)",
  `attempts = iif(excluded.attempts = '[]', deliveries.attempts,
    json_insert(
      iif(json_array_length(deliveries.attempts) < ${ATTEMPTS_KEPT}, deliveries.attempts,
        json_remove(deliveries.attempts, '$[0]')),
      '$[#]', json(${ATTEMPT})))`,
];

/**
 * The statement that records outcomes. Of two outcomes of one round, one that ended it stands against one that did not,
 * a success against everything, and else the later, which is also the one with more attempts; a later round stands
 * against an earlier one. So neither a repeated write nor one that comes late takes a delivery back, and a success is
 * recorded whenever it is first heard of. Whichever stands, the attempt it tells of was made, and is kept. What waited for its turn, or has just got it, has had no outcome in its round,
 * so that any is later, whatever the clocks say.
 */
export function recordOutcomes(db: D1Database, outcomes: readonly Outcome[]): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO deliveries
         (sendout_id, target, copy, route, state, reason, round, attempts_made, attempts_before, updated_at, due_at,
          sweep_at, hops, request, received_at, last_status, attempts)
       SELECT value ->> '$.sendoutId', value ->> '$.target', value ->> '$.copy', value ->> '$.route',
         value ->> '$.state', value ->> '$.reason', value ->> '$.round', value ->> '$.attemptsMade',
         value ->> '$.attemptsBefore', value ->> '$.updatedAt', value ->> '$.dueAt', value ->> '$.sweepAt', value ->> '$.hops',
         value ->> '$.request',
         coalesce((SELECT received_at FROM sendouts WHERE id = value ->> '$.sendoutId'), 0),
         value ->> '$.attempt.status',
         iif(value -> '$.attempt' IS NULL, '[]', json_array(value -> '$.attempt'))
       FROM json_each(?1) WHERE true
       ON CONFLICT (sendout_id, target, copy) DO UPDATE SET ${UPDATES.join(", ")}
       WHERE NOT ${IS_KNOWN} AND (excluded.attempts <> '[]' OR ${STANDS})`,
    )
    .bind(JSON.stringify(outcomes));
}

function list(states: readonly string[]): string {
  return states.map((state) => `'${state}'`).join(", ");
}
