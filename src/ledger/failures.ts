// Deliveries that ended badly, as incidents: one for each target, cause and shape of message, however many they are. They
// are grouped in memory and counted in the transaction that records their outcomes, so that a failure costs no row of its
// own and none is counted twice.

import { endedStates, type Outcome } from "./deliveries.ts";
import { startOver } from "./incidents.ts";
import { messageShape } from "./message-shape.ts";
import { wordsOfRequest } from "./request-words.ts";

/**
 * How many incidents of this kind one target may have open; what else goes wrong there is one more. A target that answers
 * with random words must not fill the database.
 */
const OPEN_PER_TARGET_MAX = 20;

/** Reasons that open an incident of another kind: `evaluation_killed`, and `route_paused`. */
const TOLD_ELSEWHERE: ReadonlySet<string | null> = new Set(["evaluation_killed", "target_gone"]);

// True when the failure came after the resolution; null, which counts as false, while the incident is open.
const REOPENS = "incidents.resolved_at < excluded.last_seen_at";

// A delivery counts whose round has not ended in the ledger yet: it is new, whichever way its outcome came.
const NEW_ONES = `SELECT count(*) FROM json_each(failures.value -> '$.deliveries') AS one
  WHERE NOT EXISTS (SELECT 1 FROM deliveries AS d
    WHERE d.sendout_id = one.value ->> 0 AND d.target = failures.value ->> '$.target' AND d.copy = one.value ->> 1
      AND (d.round > one.value ->> 2 OR (d.round = one.value ->> 2 AND d.state IN (${endedStates()}))))`;

const OPEN_OF_TARGET = `SELECT count(*) FROM incidents AS other
  WHERE other.resolved_at IS NULL AND other.target = failures.value ->> '$.target' AND other.kind = 'deliveries_failed'
    AND other.subject <> failures.value ->> '$.subject'`;

const UPSERT = `INSERT INTO incidents
    (kind, subject, opened_at, last_seen_at, count, detail, recent, target, cause)
  SELECT 'deliveries_failed',
    iif((${OPEN_OF_TARGET}) < ${OPEN_PER_TARGET_MAX}, value ->> '$.subject', value ->> '$.target' || '.other'),
    value ->> '$.at', value ->> '$.at', (${NEW_ONES}) AS new, value ->> '$.detail', '[]', value ->> '$.target',
    value -> '$.cause'
  FROM json_each(?1) AS failures WHERE new > 0
  ON CONFLICT (kind, subject) DO UPDATE SET
    opened_at = iif(${REOPENS}, excluded.opened_at, incidents.opened_at),
    last_seen_at = max(incidents.last_seen_at, excluded.last_seen_at),
    count = iif(${REOPENS}, excluded.count, incidents.count + excluded.count),
    detail = excluded.detail, cause = excluded.cause, recovered_at = NULL, ${startOver(REOPENS)}`;

/** The statements that count failures; they stand before those that record the outcomes. */
export function recordFailures(db: D1Database, outcomes: readonly Outcome[]): D1PreparedStatement[] {
  const failed = outcomes.filter(
    ({ state, reason }) => (state === "failed" || state === "expired") && !TOLD_ELSEWHERE.has(reason),
  );
  if (failed.length === 0) return [];
  const groups = Map.groupBy(failed.map(describe), ({ subject }) => subject);
  const rows = [...groups.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const all = [first, ...others];
    return [{ ...first, at: Math.max(...all.map(({ at }) => at)), deliveries: all.flatMap((one) => one.deliveries) }];
  });
  return [db.prepare(UPSERT).bind(JSON.stringify(rows))];
}

function describe({ sendoutId, target, copy, round, reason, attempt, updatedAt, request }: Outcome) {
  const cause = {
    reason: reason ?? "unknown",
    status: attempt?.status ?? null,
    message: attempt?.detail === undefined ? shapeOfAnswer(attempt?.excerpt, request) : messageShape(attempt.detail),
  };
  const subject = [target, cause.reason, cause.status ?? [], fingerprint(cause.message)].flat().join(".");
  return { subject, target, cause, at: updatedAt, detail: explain(cause), deliveries: [[sendoutId, copy, round]] };
}

/** What a target said, without what it repeats of the request. */
function shapeOfAnswer(excerpt: string | undefined, request: string): string {
  if (excerpt === undefined || excerpt === "") return "";
  const said = wordsOfRequest(request);
  return said === undefined ? "" : messageShape(excerpt, said);
}

function explain({ reason, status, message }: { reason: string; status: number | null; message: string }): string {
  const answered = status === null ? "" : ` The target answered ${status}.`;
  const said = /[a-z]/.test(message) ? ` It says: ${message}.` : "";
  return `${reason}: these deliveries ended and are not tried again by themselves.${answered}${said}`;
}

/** Eight characters that tell messages apart (FNV-1a, 32 bits); an incident that two shared would still be a right one. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}
