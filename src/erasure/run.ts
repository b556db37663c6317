// Deleting everything about one customer, in steps that can be repeated: which sendouts are the customer's is told by their
// terms, or by looking into their payloads.

import { archiveKey, readArchived, type ArchiveBindings } from "../ledger/archive.ts";
import { dropClaims } from "../ledger/claims.ts";
import { goneColumn, readColumn } from "../ledger/content.ts";
import {
  eraseSendouts,
  findSuspects,
  findWaited,
  readPayloadColumns,
  type FoundSendout,
} from "../ledger/erase-sendouts.ts";
import { advanceErasure, endErasure, readErasure, type Erasure } from "../ledger/erasures.ts";
import { endOfStep } from "../ledger/purge.ts";
import { listRepeatIds } from "../ledger/repeats.ts";
import { namesCustomer } from "./customer-marks.ts";

/** Sendouts of one step, looked at by terms. */
const STEP_SENDOUTS = 200;

/** Payloads read at a time: with the largest they still fit one answer of D1. */
const PAYLOADS_AT_ONCE = 25;

/** Steps of one run. */
const STEPS_MAX = 20;

/** Payloads looked into in one run, about: each is unpacked, parsed and hashed value by value. */
const PAYLOADS_MAX = 1_000;

/**
 * Takes a deletion on in one database, as far as one run of the cron takes it.
 *
 * @param now milliseconds since 1970
 * @throws whatever D1 or R2 throws; the next run goes on where it was
 */
export async function runErasure(env: ArchiveBindings, db: D1Database, id: string, now: number): Promise<void> {
  for (let steps = 0, payloads = 0; steps < STEPS_MAX && payloads < PAYLOADS_MAX; steps++) {
    const erasure = await readErasure(db, id);
    if (erasure?.state !== "running") return;
    const waited = await findWaited(db, id, STEP_SENDOUTS);
    await erase(env, db, erasure, waited, now);
    if (erasure.position >= erasure.until) return endErasure(db, id, now);
    payloads += await step(env, db, erasure, now);
  }
}

/** Returns how many payloads it has looked into. */
async function step(env: ArchiveBindings, db: D1Database, erasure: Erasure, now: number): Promise<number> {
  const { position: from, until, terms } = erasure;
  const to = await endOfStep(db, from, until, STEP_SENDOUTS);
  // With terms, those of what is archived say whose it is.
  const inArchive = env.ARCHIVE !== undefined && terms.length === 0;
  const { suspects, count } = await findSuspects(db, { from, to, terms, inArchive });
  const unsure = suspects.filter(({ has_term }) => has_term === 0);
  const named = await pickNamed(env, db, unsure, erasure);
  const found = [...suspects.filter(({ has_term }) => has_term === 1), ...named];
  await erase(env, db, erasure, found, now, [advanceErasure(db, erasure, to, count)]);
  return unsure.length;
}

async function pickNamed(
  env: ArchiveBindings,
  db: D1Database,
  unsure: readonly FoundSendout[],
  { marks }: Erasure,
): Promise<FoundSendout[]> {
  const named: FoundSendout[] = [];
  for (let start = 0; start < unsure.length; start += PAYLOADS_AT_ONCE) {
    const some = unsure.slice(start, start + PAYLOADS_AT_ONCE);
    const columns = await readPayloadColumns(
      db,
      some.map(({ id }) => id),
    );
    for (const sendout of some) {
      const payload = await readPayload(env, sendout, columns.get(sendout.id) ?? "");
      if (payload !== undefined && namesCustomer(payload, marks)) named.push(sendout);
    }
  }
  return named;
}

async function readPayload(env: ArchiveBindings, { id, received_at }: FoundSendout, column: string) {
  if (column === "") return undefined;
  if (column !== goneColumn("archived")) return readColumn(column, env);
  return env.ARCHIVE && readArchived(env.ARCHIVE, { sendoutId: id, receivedAt: received_at });
}

/** The archive's copies go first: a row that says that it is erased has none. */
async function erase(
  env: ArchiveBindings,
  db: D1Database,
  { id: erasureId, open }: Erasure,
  sendouts: readonly FoundSendout[],
  now: number,
  also: readonly D1PreparedStatement[] = [],
): Promise<void> {
  if (sendouts.length === 0) {
    if (also.length > 0) await db.batch([...also]);
    return;
  }
  await dropArchived(env, db, sendouts);
  await dropClaims(env, await eraseSendouts(db, { erasureId, open, sendouts, now, also }));
}

async function dropArchived(
  { ARCHIVE }: ArchiveBindings,
  db: D1Database,
  sendouts: readonly FoundSendout[],
): Promise<void> {
  const archived = sendouts.filter(({ body }) => body === goneColumn("archived"));
  if (archived.length === 0) return;
  if (ARCHIVE === undefined)
    throw new Error("payloads are in an archive that is not bound: bind the bucket as ARCHIVE");
  const receivedAt = new Map(archived.map(({ id, received_at }) => [id, received_at]));
  const repeats = await listRepeatIds(db, [...receivedAt.keys()]);
  const keys = [
    ...archived.map(({ id, received_at }) => archiveKey({ sendoutId: id, receivedAt: received_at })),
    ...repeats.map(({ sendoutId, acceptedId }) =>
      archiveKey({ sendoutId, receivedAt: receivedAt.get(sendoutId) ?? 0, repeat: acceptedId }),
    ),
  ];
  for (let start = 0; start < keys.length; start += KEYS_AT_ONCE)
    await ARCHIVE.delete(keys.slice(start, start + KEYS_AT_ONCE));
}

/** Most objects that R2 deletes in one call. */
const KEYS_AT_ONCE = 1_000;
