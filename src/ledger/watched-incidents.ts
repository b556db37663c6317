// Incidents about conditions that hold or do not: the watchdog looks at them every minute, so they open, stay and end by
// what it finds. A person's word that one is dealt with is taken for an hour.

import * as v from "valibot";
import { WATCHED_KINDS } from "./incident-kinds.ts";
import { recordOccurrences, type Occurrence } from "./incidents.ts";
import { ensureMigrated } from "./migrate.ts";

/** How long an incident that a person has resolved stays so although what it is about goes on, in milliseconds. */
const PERSON_STANDS_MS = 60 * 60_000;

/** One place where a condition holds. */
export interface Found {
  subject: string;
  detail: string;
  /** The target it is about, where there is one. */
  target?: string;
  /** When it was last seen, in milliseconds since 1970, where that is not now. */
  at?: number;
  /**
   * Since when there has been nothing new about it, in milliseconds since 1970: a person's word given after that stands
   * for as long as it stays so. Left out, it stands for an hour.
   */
  since?: number;
}

/** What was found of one kind of condition. */
export interface Look {
  kind: (typeof WATCHED_KINDS)[number];
  /** Where the condition holds, and what to tell people about it. */
  found: Found[];
  /** Where it could not be told: what is open there stays open. */
  unknown?: string[];
  /** Whether there was more than could be looked at: then none of this kind ends. */
  isPartial?: boolean;
}

const KnownSchema = v.pipe(
  v.object({
    kind: v.picklist(WATCHED_KINDS),
    subject: v.string(),
    resolved_at: v.nullable(v.number()),
    resolved_by: v.nullable(v.string()),
  }),
  v.transform(({ resolved_at, resolved_by, ...row }) => ({ ...row, resolvedAt: resolved_at, resolvedBy: resolved_by })),
);

/**
 * Opens, counts and resolves incidents by what was found. Nothing is said of kinds that were not looked at. Looking twice
 * at the same instant counts once.
 *
 * @param now milliseconds since 1970
 * @returns what has been opened or reopened
 * @throws whatever D1 throws; then nothing has changed
 */
export async function settleIncidents(
  db: D1Database,
  looks: readonly Look[],
  now: number,
): Promise<{ kind: string; subject: string }[]> {
  await ensureMigrated(db);
  const { results } = await db
    .prepare(
      `SELECT kind, subject, resolved_at, resolved_by FROM incidents WHERE kind IN (SELECT value FROM json_each(?1))`,
    )
    .bind(JSON.stringify(looks.map(({ kind }) => kind)))
    .all();
  const known = v.parse(v.array(KnownSchema), results);
  const found = looks.flatMap(({ kind, found: subjects }) => subjects.map((one) => ({ kind, ...one })));
  const raised = found.filter((one) => !isDealtWith(find(known, one), one, now));
  const over = known.filter((row) => row.resolvedAt === null && isOver(row, looks));
  const statements = over.map(({ kind, subject }) => endIncident(db, kind, subject, now));
  if (raised.length > 0)
    statements.push(
      recordOccurrences(
        db,
        raised.map((one) => toOccurrence(one, now)),
      ),
    );
  if (statements.length > 0) await db.batch(statements);
  return raised.filter((one) => find(known, one)?.resolvedAt !== null);
}

type Known = v.InferOutput<typeof KnownSchema>;

function find(known: readonly Known[], { kind, subject }: { kind: string; subject: string }): Known | undefined {
  return known.find((row) => row.kind === kind && row.subject === subject);
}

/** Whether a person has said so lately, or after the last that was new. */
function isDealtWith(row: Known | undefined, { since }: Found, now: number): boolean {
  if (row?.resolvedBy !== "person" || row.resolvedAt === null) return false;
  return since === undefined ? now - row.resolvedAt < PERSON_STANDS_MS : since <= row.resolvedAt;
}

function isOver({ kind, subject }: Known, looks: readonly Look[]): boolean {
  const look = looks.find((one) => one.kind === kind);
  if (look === undefined || look.isPartial === true || look.unknown?.includes(subject) === true) return false;
  return !look.found.some((one) => one.subject === subject);
}

function toOccurrence({ kind, subject, detail, target, at }: Found & Pick<Look, "kind">, now: number): Occurrence {
  return { kind, subject, detail, ...(target !== undefined && { target }), id: `seen:${now}`, at: at ?? now, count: 1 };
}

/** The statement that resolves an incident whose condition is over. */
export function endIncident(db: D1Database, kind: string, subject: string, now: number): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE incidents SET resolved_at = ?3, resolved_by = 'itself'
       WHERE kind = ?1 AND subject = ?2 AND resolved_at IS NULL`,
    )
    .bind(kind, subject, now);
}
