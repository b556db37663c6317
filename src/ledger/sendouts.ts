// The ledger's rows for sendouts: one per sendout, whatever became of it. Writing one twice changes nothing.

import * as v from "valibot";
import { goneColumn, isGoneSql } from "./content.ts";
import { UNSETTLED } from "./deliveries.ts";
import { logFailure } from "../log.ts";
import { withinBudget } from "./budget.ts";
import { ensureMigrated } from "./migrate.ts";
import { readHoldups, selectHoldups } from "./pauses.ts";
import { findIn, HOME, mayHave, othersOf, type Shard, type ShardBindings } from "./shards.ts";
import { HEAD_SQL, readHeadVersion, type HeadVersion } from "./table-versions.ts";

/** A planned delivery, as kept with its sendout. */
export const PlannedSchema = v.object({
  target: v.string(),
  route: v.string(),
  /** What it has in common with those it goes before and after; absent where no order was asked for. */
  orderKey: v.optional(v.string()),
});

/** A sendout's row. Null columns are what the body did not say. */
export const SendoutRowSchema = v.object({
  id: v.string(),
  accepted_id: v.string(),
  received_at: v.number(),
  inlet: v.string(),
  state: v.picklist(["routed", "unrouted", "quarantined"]),
  reason: v.nullable(v.string()),
  detail: v.nullable(v.string()),
  dedupe_key: v.string(),
  /** 0 when D1 was down and the sendout was routed without looking for an earlier one. */
  deduped: v.number(),
  sendout_ref: v.nullable(v.string()),
  /** What arrived: `project webhook`, `distribution`, `campaign notification A`, … */
  shape: v.nullable(v.string()),
  payload_version: v.nullable(v.string()),
  /** A distribution's or notification's free text. */
  label: v.nullable(v.string()),
  event_type: v.nullable(v.string()),
  event_ref: v.nullable(v.string()),
  source_kind: v.nullable(v.string()),
  source_id: v.nullable(v.string()),
  project_id: v.nullable(v.string()),
  group_id: v.nullable(v.string()),
  occurred_at: v.nullable(v.number()),
  table_version: v.nullable(v.number()),
  /** JSON of `PlannedSchema[]`. */
  planned: v.string(),
  body_sha256: v.string(),
  body_bytes: v.number(),
  /** Written by `toColumn`. */
  body: v.string(),
  /** What proved it authentic, by name. Null where nothing was signed; absent from rows that an older release sent late. */
  signature_secret: v.optional(v.nullable(v.string()), null),
  signature_form: v.optional(v.nullable(v.picklist(["raw", "compact"])), null),
  /** What it can be found by, written by `termsOf`. Null in rows of an older release. */
  terms: v.optional(v.nullable(v.string()), null),
});
export type SendoutRow = v.InferOutput<typeof SendoutRowSchema>;

/** Longest text of a column beside the payload, in characters. The payload has it whole. */
const COLUMN_LENGTH_MAX = 500;

/** A text for a column: a sender may write what it likes, and a row must fit one statement. */
export function clipText(text: string | null | undefined): string | null {
  return text?.slice(0, COLUMN_LENGTH_MAX) ?? null;
}

/** A sendout that arrived again; `body` only when it differs from the first. */
export const RepeatRowSchema = v.object({
  accepted_id: v.string(),
  sendout_id: v.string(),
  received_at: v.number(),
  body: v.nullable(v.string()),
});
export type RepeatRow = v.InferOutput<typeof RepeatRowSchema>;

/** What the ledger knows of some sendouts, and the newest version of the routing table. */
export interface Known {
  head: HeadVersion;
  /** By sendout id: which arrival was recorded, the hash of its body, and the number of the database that it is in. */
  sendouts: Map<string, { acceptedId: string; bodySha256: string; shard: number }>;
  /** Of which it is not known, because a database that may have them did not answer. */
  unknown: ReadonlySet<string>;
  /** Targets that answer slowly. */
  slow: ReadonlySet<string>;
}

/**
 * Looks sendouts up by id in all databases that may have them; in LEDGER, in one round trip with the table's newest
 * version and the slow targets.
 *
 * @throws whatever LEDGER throws; another database that does not answer leaves its sendouts unknown
 */
export async function lookUpSendouts(env: ShardBindings, ids: readonly string[]): Promise<Known> {
  const [home, ...others] = await Promise.all([
    withinBudget(lookUpHome(env.LEDGER, ids)),
    ...othersOf(env).map(async (shard) =>
      lookUpIn(
        shard,
        ids.filter((id) => mayHave(shard, id)),
      ),
    ),
  ]);
  return {
    ...home,
    sendouts: new Map([home, ...others].flatMap(({ sendouts }) => [...sendouts])),
    unknown: new Set(others.flatMap(({ unknown }) => unknown)),
  };
}

async function lookUpHome(db: D1Database, ids: readonly string[]) {
  await ensureMigrated(db);
  const [head, found, pauses, slow] = await db.batch<Record<string, unknown>>([
    db.prepare(HEAD_SQL),
    selectKnown(db, ids),
    ...selectHoldups(db),
  ]);
  return {
    head: readHeadVersion(head?.results ?? []),
    sendouts: readKnown(found?.results ?? [], HOME),
    slow: readHoldups(pauses?.results ?? [], slow?.results ?? []).slow,
  };
}

async function lookUpIn({ number, db }: Shard, ids: readonly string[]) {
  if (ids.length === 0) return { sendouts: new Map<string, never>(), unknown: [] };
  const look = async () => {
    await ensureMigrated(db);
    return readKnown((await selectKnown(db, ids).all()).results, number);
  };
  try {
    return { sendouts: await withinBudget(look()), unknown: [] };
  } catch (error) {
    logFailure("ledger_unreadable", error, { shard: number });
    return { sendouts: new Map<string, never>(), unknown: ids };
  }
}

/**
 * In which database but LEDGER a sendout is; undefined when it is in none.
 *
 * @throws whatever one of them throws: then it may be in that
 */
export async function findElsewhere(env: ShardBindings, id: string): Promise<number | undefined> {
  const shards = othersOf(env).filter((shard) => mayHave(shard, id));
  const found = await findIn(shards, async (db) => {
    await ensureMigrated(db);
    return (await selectKnown(db, [id]).first()) ?? undefined;
  });
  return found?.shard;
}

function selectKnown(db: D1Database, ids: readonly string[]): D1PreparedStatement {
  return db
    .prepare("SELECT id, accepted_id, body_sha256 FROM sendouts WHERE id IN (SELECT value FROM json_each(?1))")
    .bind(JSON.stringify(ids));
}

function readKnown(results: readonly unknown[], shard: number): Known["sendouts"] {
  const rows = v.parse(v.array(KnownRowSchema), results);
  return new Map(rows.map((row) => [row.id, { acceptedId: row.accepted_id, bodySha256: row.body_sha256, shard }]));
}

const KnownRowSchema = v.pick(SendoutRowSchema, ["id", "accepted_id", "body_sha256"]);

const COLUMNS = Object.keys(SendoutRowSchema.entries);
const INSERT_SENDOUTS = `INSERT OR IGNORE INTO sendouts (${COLUMNS.join(", ")})
  SELECT ${COLUMNS.map((column) => `value ->> '$.${column}'`).join(", ")} FROM json_each(?1)`;

/** The SQL for what is kept of a repeat: nothing where its sendout's payload is kept no longer. */
function asKept(first: string, body: string): string {
  return `iif(${body} IS NOT NULL AND ${isGoneSql(first)}, '${goneColumn("expired")}', ${body})`;
}

/** Another arrival of a sendout that has a row by now becomes its repeat, with its body when that differs. */
const INSERT_RACED = `INSERT OR IGNORE INTO repeats (accepted_id, sendout_id, received_at, body)
  SELECT value ->> '$.accepted_id', s.id, value ->> '$.received_at',
    iif(s.body_sha256 = value ->> '$.body_sha256', NULL, ${asKept("s.body", "value ->> '$.body'")})
  FROM json_each(?1) JOIN sendouts AS s ON s.id = value ->> '$.id'
  WHERE s.accepted_id <> value ->> '$.accepted_id'`;

/**
 * Deliveries that had an outcome before their sendout had its row. Those of no index need not know when that arrived. The
 * plus keeps SQLite from going through all that have none yet, and has it look each sendout up instead.
 */
const DATE_DELIVERIES = `UPDATE deliveries AS d SET received_at = sendout.value ->> 1 FROM json_each(?1) AS sendout
  WHERE d.sendout_id = sendout.value ->> 0 AND +d.received_at = 0 AND ${UNSETTLED}`;

/**
 * The statements that record sendouts; one that is recorded already stays as it is. When that was another arrival of
 * the same sendout (two consumers at once, or a row that came late), this one is kept as its repeat, so that every id
 * ever answered with a 202 can be found.
 */
export function insertSendouts(db: D1Database, rows: readonly SendoutRow[]): D1PreparedStatement[] {
  const json = JSON.stringify(rows);
  const instants = JSON.stringify(rows.map(({ id, received_at }) => [id, received_at]));
  return [
    db.prepare(INSERT_SENDOUTS).bind(json),
    db.prepare(INSERT_RACED).bind(json),
    db.prepare(DATE_DELIVERIES).bind(instants),
  ];
}

/** The statement that records repeats. */
export function insertRepeats(db: D1Database, rows: readonly RepeatRow[]): D1PreparedStatement {
  return db
    .prepare(
      `INSERT OR IGNORE INTO repeats (accepted_id, sendout_id, received_at, body)
       SELECT value ->> '$.accepted_id', value ->> '$.sendout_id', value ->> '$.received_at',
         ${asKept("coalesce(s.body, '')", "value ->> '$.body'")}
       FROM json_each(?1) LEFT JOIN sendouts AS s ON s.id = value ->> '$.sendout_id'`,
    )
    .bind(JSON.stringify(rows));
}
