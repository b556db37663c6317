// Erasing sendouts of one customer: all that they say is gone for good, that they came and what became of them stays, so
// that counts hold and a repeat is still recognised.

import * as v from "valibot";
import { goneColumn } from "./content.ts";
import { ensureMigrated } from "./migrate.ts";
import { IS_OPEN } from "./purge.ts";
import { PlannedSchema, SendoutRowSchema } from "./sendouts.ts";
import { TEST_MARK } from "./test-sends.ts";
import { termsOf } from "./terms.ts";

const FoundSchema = v.object({
  ...v.pick(SendoutRowSchema, [
    "id",
    "received_at",
    "inlet",
    "event_type",
    "event_ref",
    "sendout_ref",
    "source_kind",
    "source_id",
    "group_id",
    "planned",
    "body",
  ]).entries,
  has_term: v.number(),
});
/** A sendout that may be the customer's; `has_term` is 1 when its terms say so. */
export type FoundSendout = v.InferOutput<typeof FoundSchema>;

const COLUMNS = Object.keys(FoundSchema.entries).filter((name) => name !== "has_term" && name !== "body");

/** Sendouts of a stretch that may be the customer's: by their terms, or because their payload can be looked into. */
export interface Looking {
  from: number;
  to: number;
  terms: readonly string[];
  /** Whether payloads in the archive are looked into. */
  inArchive: boolean;
}

/**
 * Sendouts received after one instant and up to another that may be the customer's, without their payloads.
 *
 * @returns them, and how many there are in the stretch
 * @throws whatever D1 throws
 */
export async function findSuspects(
  db: D1Database,
  { from, to, terms, inArchive }: Looking,
): Promise<{ suspects: FoundSendout[]; count: number }> {
  await ensureMigrated(db);
  const hasTerm =
    terms.length === 0 ? "0" : terms.map((_, index) => `instr(coalesce(s.terms, ''), ?${index + 3}) > 0`).join(" OR ");
  const gone = inArchive
    ? `'${goneColumn("expired")}', '${goneColumn("erased")}'`
    : `'${goneColumn("expired")}', '${goneColumn("erased")}', '${goneColumn("archived")}'`;
  const [found, counted] = await db.batch([
    db
      .prepare(
        `SELECT ${COLUMNS.map((name) => `s.${name}`).join(", ")}, iif(s.body LIKE 'gone:%', s.body, '') AS body, (${hasTerm}) AS has_term
         FROM sendouts AS s WHERE s.received_at > ?1 AND s.received_at <= ?2 AND (${hasTerm} OR s.body NOT IN (${gone}))`,
      )
      .bind(from, to, ...terms),
    db.prepare("SELECT count(*) AS count FROM sendouts WHERE received_at > ?1 AND received_at <= ?2").bind(from, to),
  ]);
  const count = v.parse(v.object({ count: v.number() }), counted?.results[0]).count;
  return { suspects: v.parse(v.array(FoundSchema), found?.results ?? []), count };
}

/**
 * Payload columns of sendouts by id.
 *
 * @throws whatever D1 throws
 */
export async function readPayloadColumns(db: D1Database, ids: readonly string[]): Promise<Map<string, string>> {
  const { results } = await db
    .prepare("SELECT id, body FROM sendouts WHERE id IN (SELECT value FROM json_each(?1))")
    .bind(JSON.stringify(ids))
    .all();
  const rows = v.parse(v.array(v.object({ id: v.string(), body: v.string() })), results);
  return new Map(rows.map(({ id, body }) => [id, body]));
}

/** What a step erases. */
export interface EraseStep {
  erasureId: string;
  /** What becomes of deliveries under way. */
  open: "wait" | "cancel";
  sendouts: readonly FoundSendout[];
  now: number;
  /** Taken with the rest or not at all. */
  also: readonly D1PreparedStatement[];
}

const NOT_WAITING = "NOT EXISTS (SELECT 1 FROM erasures_waiting AS w WHERE w.erasure_id = ?2 AND w.sendout_id = s.id)";
const IDS = `SELECT s.id FROM sendouts AS s WHERE s.id IN (SELECT value ->> 0 FROM json_each(?1)) AND ${NOT_WAITING}`;

/**
 * Erases sendouts in one transaction. Those of which something is under way wait for its end, or have it cancelled.
 *
 * @returns the claims that nothing refers to any more
 * @throws whatever D1 throws; then nothing has changed, or all of it
 */
export async function eraseSendouts(db: D1Database, step: EraseStep): Promise<string[]> {
  const { erasureId, open, sendouts, now, also } = step;
  const json = JSON.stringify(sendouts.map((row) => [row.id, plainTermsOf(row)]));
  const bind = (sql: string, ...more: (string | number)[]) => db.prepare(sql).bind(json, erasureId, ...more);
  const gone = goneColumn("erased");
  const cancelling = open === "cancel" ? cancelOpen(db, json, now) : [];
  const results = await db.batch([
    ...cancelling,
    selectClaims(db, json, erasureId),
    bind(
      `DELETE FROM erasures_waiting WHERE erasure_id = ?2 AND sendout_id IN (
         SELECT s.id FROM sendouts AS s WHERE s.id IN (SELECT value ->> 0 FROM json_each(?1)) AND NOT ${IS_OPEN})`,
    ),
    bind(
      `INSERT OR IGNORE INTO erasures_waiting (erasure_id, sendout_id)
       SELECT ?2, s.id FROM sendouts AS s WHERE s.id IN (SELECT value ->> 0 FROM json_each(?1)) AND ${IS_OPEN}`,
    ),
    bind(
      `UPDATE erasures SET erased = erased + (SELECT count(*) FROM sendouts AS s
         WHERE s.id IN (${IDS}) AND s.body <> ?3) WHERE id = ?2`,
      gone,
    ),
    bind(
      `UPDATE deliveries SET request = ?3, order_key = NULL, attempts = (
         SELECT json_group_array(json(json_remove(value, '$.excerpt', '$.headers', '$.detail')))
         FROM json_each(deliveries.attempts))
       WHERE sendout_id IN (${IDS})`,
      gone,
    ),
    bind(`UPDATE repeats SET body = ?3 WHERE body IS NOT NULL AND sendout_id IN (${IDS})`, gone),
    bind(`UPDATE replayed SET request_before = NULL WHERE request_before IS NOT NULL AND sendout_id IN (${IDS})`),
    bind(
      `UPDATE sendouts AS s SET body = ?3, label = NULL, detail = NULL, dedupe_key = 'erased',
         terms = (SELECT value ->> 1 FROM json_each(?1) WHERE value ->> 0 = s.id)
       WHERE s.id IN (${IDS})`,
      gone,
    ),
    ...also,
  ]);
  const claims = v.parse(v.array(v.object({ column: v.string() })), results[cancelling.length]?.results ?? []);
  return claims.map(({ column }) => column.split(":")[1] ?? "");
}

/** Terms that are of no customer and no voucher. */
function plainTermsOf(row: FoundSendout): string {
  return termsOf(row, v.parse(v.array(PlannedSchema), JSON.parse(row.planned)), undefined, undefined);
}

/** What is open ends; what is planned and was never heard of gets a row that has ended, which its message will find. */
function cancelOpen(db: D1Database, json: string, now: number): D1PreparedStatement[] {
  const ids = "SELECT value ->> 0 FROM json_each(?1)";
  return [
    db
      .prepare(
        `UPDATE deliveries SET state = 'cancelled', reason = 'customer_deleted', due_at = NULL, sweep_at = NULL,
           updated_at = ?2 WHERE sendout_id IN (${ids}) AND state IN ('scheduled', 'held')`,
      )
      .bind(json, now),
    db
      .prepare(
        `INSERT OR IGNORE INTO deliveries
           (sendout_id, target, route, state, reason, attempts_made, updated_at, attempts, request, received_at)
         SELECT s.id, plan.value ->> 'target', plan.value ->> 'route', 'cancelled', 'customer_deleted', 0, ?2, '[]',
           '${goneColumn("erased")}', s.received_at
         FROM sendouts AS s, json_each(s.planned) AS plan WHERE s.id IN (${ids}) AND s.inlet <> '${TEST_MARK}'`,
      )
      .bind(json, now),
  ];
}

/** Read first, while the columns still say. What waits keeps its own: those are left out. */
function selectClaims(db: D1Database, json: string, erasureId: string): D1PreparedStatement {
  return db
    .prepare(
      `SELECT content AS column FROM (
         SELECT s.id, s.body AS content FROM sendouts AS s WHERE s.id IN (${IDS})
         UNION ALL SELECT d.sendout_id, d.request FROM deliveries AS d WHERE d.sendout_id IN (${IDS})
         UNION ALL SELECT r.sendout_id, r.body FROM repeats AS r WHERE r.sendout_id IN (${IDS})) AS kept
       JOIN sendouts AS s ON s.id = kept.id
       WHERE substr(content, 1, 6) = 'claim:' AND NOT ${IS_OPEN}`,
    )
    .bind(json, erasureId);
}

/**
 * Sendouts that waited and of which nothing is under way any more.
 *
 * @throws whatever D1 throws
 */
export async function findWaited(db: D1Database, erasureId: string, limit: number): Promise<FoundSendout[]> {
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS.map((name) => `s.${name}`).join(", ")}, '' AS body, 1 AS has_term
       FROM erasures_waiting AS w CROSS JOIN sendouts AS s ON s.id = w.sendout_id
       WHERE w.erasure_id = ?1 AND NOT ${IS_OPEN} LIMIT ?2`,
    )
    .bind(erasureId, limit)
    .all();
  return v.parse(v.array(FoundSchema), results);
}

/** What terms alone say of a customer, before anything is begun. */
export interface KnownByTerms {
  sendouts: number;
  /** Of those with a delivery under way, the first few. */
  open: string[];
  /** Sendouts in the ledger: what a deletion looks through. */
  all: number;
}

/** How many open sendouts a plan names. */
const OPEN_NAMED_MAX = 20;

/**
 * Counts a customer's sendouts by the index that has the terms.
 *
 * @throws whatever D1 throws
 */
export async function countByTerms(db: D1Database, terms: readonly string[]): Promise<KnownByTerms> {
  await ensureMigrated(db);
  const hasTerm = terms.length === 0 ? "0" : terms.map((_, index) => `instr(s.terms, ?${index + 1}) > 0`).join(" OR ");
  const from = `FROM sendouts AS s INDEXED BY sendouts_by_time WHERE (${hasTerm})`;
  const [found, open, all] = await db.batch([
    db.prepare(`SELECT count(*) AS count ${from}`).bind(...terms),
    db.prepare(`SELECT s.id ${from} AND ${IS_OPEN} LIMIT ${OPEN_NAMED_MAX}`).bind(...terms),
    db.prepare("SELECT count(*) AS count FROM sendouts"),
  ]);
  const CountSchema = v.object({ count: v.number() });
  return {
    sendouts: v.parse(CountSchema, found?.results[0]).count,
    open: v.parse(v.array(v.object({ id: v.string() })), open?.results ?? []).map(({ id }) => id),
    all: v.parse(CountSchema, all?.results[0]).count,
  };
}
