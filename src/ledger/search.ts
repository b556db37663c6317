// One sendout with all that became of it, for people.

import * as v from "valibot";
import { AttemptSchema, OutcomeSchema } from "./deliveries.ts";
import { ensureMigrated } from "./migrate.ts";
import { walk } from "./walk.ts";
import { PlannedSchema, SendoutRowSchema, type SendoutRow } from "./sendouts.ts";

/** A delivery with its attempts, oldest first. */
export interface DeliveryRecord {
  target: string;
  /** 0, or the number of a repeat that was asked for as something new. */
  copy: number;
  route: string;
  /** "pending" is planned and without an outcome yet. */
  state: v.InferOutput<typeof OutcomeSchema>["state"] | "pending";
  reason: string | null;
  round: number;
  attemptsMade: number;
  updatedAt: number | null;
  dueAt: number | null;
  attempts: v.InferOutput<typeof AttemptSchema>[];
  /** As `toColumn` wrote it; null while pending. */
  request: string | null;
}

/** A sendout with its payload, repeats and deliveries. */
export interface SendoutRecord {
  sendout: SendoutRow;
  repeats: { acceptedId: string; receivedAt: number; same: boolean }[];
  deliveries: DeliveryRecord[];
}

/**
 * Finds a sendout by its id (`so_…`), by any id a 202 was answered with (`acc_…`), or by Voucherify's own (`whs_…`).
 * Undefined when there is none.
 *
 * @throws whatever D1 throws
 */
export async function readSendoutRecord(db: D1Database, id: string): Promise<SendoutRecord | undefined> {
  await ensureMigrated(db);
  const sendoutId = await findSendoutId(db, id);
  if (sendoutId === undefined) return undefined;
  const [sendouts, deliveries, repeats] = await db.batch<Record<string, unknown>>([
    db.prepare("SELECT * FROM sendouts WHERE id = ?1").bind(sendoutId),
    db.prepare("SELECT * FROM deliveries WHERE sendout_id = ?1").bind(sendoutId),
    db
      .prepare("SELECT accepted_id, received_at, body IS NULL AS same FROM repeats WHERE sendout_id = ?1 ORDER BY 2")
      .bind(sendoutId),
  ]);
  const row = sendouts?.results[0];
  if (row === undefined) return undefined;
  const sendout = v.parse(SendoutRowSchema, row);
  const recorded = v.parse(v.array(DeliveryRowSchema), deliveries?.results ?? []);
  return {
    sendout,
    deliveries: joinPlanned(sendout, recorded),
    // What arrived before somebody corrected it is kept as its own repeat, which it is not.
    repeats: v
      .parse(v.array(RepeatSchema), repeats?.results ?? [])
      .filter(({ acceptedId }) => acceptedId !== sendout.accepted_id),
  };
}

/** An accepted id begins with its time (`createAcceptedId`), which the index by time turns into one row. */
async function findSendoutId(db: D1Database, id: string): Promise<string | undefined> {
  if (id.startsWith("so_")) return id;
  const byId = id.startsWith("acc_")
    ? db
        .prepare(
          `SELECT id FROM sendouts WHERE received_at = ?2 AND accepted_id = ?1
           UNION ALL SELECT sendout_id FROM repeats WHERE accepted_id = ?1 LIMIT 1`,
        )
        .bind(id, Number.parseInt(id.slice(4, 16), 16) || 0)
    : undefined;
  if (byId !== undefined) return (await byId.first<{ id: string }>())?.id;
  // Of several, which nearly never are, the newest.
  const { rows } = await walk(db, { ref: id }, { columns: "r.id", after: undefined, limit: 1 });
  return v.parse(v.optional(v.object({ id: v.string() })), rows[0])?.id;
}

const DeliveryRowSchema = v.pipe(
  v.object({
    target: v.string(),
    copy: v.number(),
    route: v.string(),
    state: OutcomeSchema.entries.state,
    reason: v.nullable(v.string()),
    round: v.number(),
    attempts_made: v.number(),
    updated_at: v.number(),
    due_at: v.nullable(v.number()),
    attempts: v.pipe(v.string(), v.parseJson(), v.array(AttemptSchema)),
    request: v.string(),
  }),
  v.transform(({ attempts_made, updated_at, due_at, ...row }): DeliveryRecord => ({
    ...row,
    attemptsMade: attempts_made,
    updatedAt: updated_at,
    dueAt: due_at,
  })),
);

const RepeatSchema = v.pipe(
  v.object({ accepted_id: v.string(), received_at: v.number(), same: v.number() }),
  v.transform((row) => ({ acceptedId: row.accepted_id, receivedAt: row.received_at, same: row.same === 1 })),
);

/**
 * Every planned delivery in the order of the plan, pending when it has no row yet; then those asked for as new, and those
 * of a sendout that was being taken out of quarantine when something stopped.
 */
function joinPlanned(sendout: SendoutRow, recorded: readonly DeliveryRecord[]): DeliveryRecord[] {
  const planned = readPlanned(sendout).map(
    ({ target, route }) =>
      recorded.find((delivery) => delivery.target === target && delivery.copy === 0) ?? {
        target,
        copy: 0,
        route,
        state: "pending" as const,
        reason: null,
        round: 0,
        attemptsMade: 0,
        updatedAt: null,
        dueAt: null,
        attempts: [],
        request: null,
      },
  );
  return [...planned, ...recorded.filter((delivery) => !planned.includes(delivery))];
}

/** The deliveries that were planned for a sendout. */
export function readPlanned(sendout: Pick<SendoutRow, "planned">): v.InferOutput<typeof PlannedSchema>[] {
  return v.parse(v.array(PlannedSchema), JSON.parse(sendout.planned));
}
