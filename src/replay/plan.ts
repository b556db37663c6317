// The plan of a replay: what a selection would send, to whom, how it would be taken there, and what is left out. Nothing
// is sent; whoever reads it decides.

import { deliveryId } from "../delivery/delivery-id.ts";
import { isKept, readColumn } from "../ledger/content.ts";
import { listPauses, type PauseSubject } from "../ledger/pauses.ts";
import type { Person } from "../ledger/person.ts";
import {
  countExcluded,
  countSendouts,
  readCandidates,
  readRequests,
  readSendouts,
  type Candidate,
  type Position,
  type Selection,
} from "../ledger/replay-candidates.ts";
import { insertReplay, type NewReplay, type ReplayMode } from "../ledger/replays.ts";
import { askAll, shardsOf, type ShardBindings } from "../ledger/shards.ts";
import { failure, success, type Result } from "../result.ts";
import type { RetryBindings } from "../routing/retry-delivery.ts";
import { newestTable, type TableInForce } from "../routing/table-store.ts";
import { exclusionOf, idempotencyOf, repetitionOf, type Repetition } from "./judge-candidate.ts";
import { renderCandidate } from "./render-candidate.ts";

/** How long a plan can be run, in milliseconds: what it says grows old. */
export const PLAN_LIFETIME_MS = 60 * 60_000;

/** The most a replay takes. More is a second replay, of a later time. */
const DELIVERIES_MAX = 100_000;

/** The most sendouts a plan goes through: D1 ends a query after 30 seconds. */
const SENDOUTS_MAX = 500_000;

/** Deliveries read at a time, without their requests. */
const PAGE = 1_000;

/** How many deliveries are rendered to see what would differ. */
const SAMPLE_MAX = 20;

/** What is asked for. `rate` is in deliveries a second. */
export interface ReplayRequest {
  selection: Selection;
  mode: ReplayMode;
  rate: number;
  /** Who asks. */
  by: Person;
}

/** What would be sent to one target. */
interface TargetPlan {
  target: string;
  deliveries: number;
  /** By the state in which they are. */
  states: Record<string, number>;
  /** How the target would take them. */
  repeats: Record<Repetition, number>;
  /** How it recognises a repeat; null when it does not, or when nobody has said. */
  recognises: { by: "header" | "body" | "upsert"; field: string; windowSeconds: number | null } | null;
  /** How many would be held, because the target or their route is paused now. */
  wouldBeHeld: number;
}

/** A delivery that was rendered to see whether it differs; `differs` is null when it cannot be rendered. */
interface Sample {
  delivery: string;
  differs: boolean | null;
  detail?: string;
}

/**
 * Makes and keeps a plan.
 *
 * @returns the replay, or why there is none: its selection names more than one replay takes
 * @throws whatever D1 or R2 throws; then nothing is kept
 */
export async function planReplay(
  env: RetryBindings,
  asked: ReplayRequest,
  now: number,
): Promise<Result<NewReplay, "replay_too_large">> {
  // What arrives from now on is not part of it.
  const selection = { ...asked.selection, until: Math.min(asked.selection.until ?? now + 1, now + 1) };
  const sendouts = await askAll(env, async (db) => countSendouts(db, selection, SENDOUTS_MAX + 1));
  if (sendouts.reduce((sum, count) => sum + count, 0) > SENDOUTS_MAX) {
    return failure("replay_too_large", `the time has more than ${SENDOUTS_MAX} sendouts`);
  }
  const inForce = await newestTable(env, now);
  const paused = new Set((await listPauses(env.LEDGER)).map(({ subject }) => subject));
  const survey: Survey = { selected: 0, targets: new Map(), excluded: new Map(), sample: [] };
  const selected: number[] = [];
  for (const { db } of shardsOf(env)) {
    const before = survey.selected;
    const isAll = await surveyDatabase(survey, { ...asked, selection }, { inForce, paused, now, db });
    if (!isAll) return failure("replay_too_large", `it has more than ${DELIVERIES_MAX} deliveries`);
    selected.push(survey.selected - before);
  }
  const { mode, rate, by } = asked;
  const plan = {
    selected: survey.selected,
    takesSeconds: Math.ceil(survey.selected / rate),
    tableVersion: inForce.version,
    targets: describeTargets(survey, inForce),
    excluded: Object.fromEntries([...(await countAllExcluded(env, selection)), ...survey.excluded]),
    sample: mode === "as then" ? [] : await compareSample(env, survey.sample, mode, inForce),
  };
  const replay: NewReplay = {
    id: createReplayId(now),
    mode,
    rate,
    selection,
    plan,
    plannedAt: now,
    expiresAt: now + PLAN_LIFETIME_MS,
    by,
  };
  await insertReplay(
    env,
    replay,
    selected.map((part) => (part === 0 ? 1 : part / survey.selected)),
  );
  return success(replay);
}

/** What the databases leave out together. An id that names something in one of them is missing in the others. */
async function countAllExcluded(env: ShardBindings, selection: Selection): Promise<Map<string, number>> {
  const all = await askAll(env, async (db) => countExcluded(db, selection));
  const counts = new Map<string, number>();
  for (const [why, count] of all.flatMap((one) => [...one])) counts.set(why, (counts.get(why) ?? 0) + count);
  const elsewhere = (all.length - 1) * (selection.wanted?.length ?? 0);
  const missing = (counts.get("not_found") ?? 0) - elsewhere;
  if (missing > 0) counts.set("not_found", missing);
  else counts.delete("not_found");
  return counts;
}

/** An id that sorts by its time. */
function createReplayId(now: number): string {
  return `rpl_${now.toString(16).padStart(12, "0")}${crypto.randomUUID().replaceAll("-", "").slice(0, 20)}`;
}

type Counts = Pick<TargetPlan, "states" | "repeats" | "wouldBeHeld">;

/** What a delivery is judged by. */
interface Circumstances {
  inForce: TableInForce;
  paused: ReadonlySet<PauseSubject>;
  now: number;
  /** The database that it is in. */
  db: D1Database;
}

interface Survey {
  selected: number;
  targets: Map<string, Counts>;
  excluded: Map<string, number>;
  /** Deliveries with the database that each is in. */
  sample: { candidate: Candidate; db: D1Database }[];
}

/** Goes through everything in a database that a selection names; false when that is too much. */
async function surveyDatabase(
  survey: Survey,
  { selection, mode }: ReplayRequest,
  circumstances: Circumstances,
): Promise<boolean> {
  const { inForce, now, db } = circumstances;
  let after: Position | undefined;
  for (;;) {
    const page = await readCandidates(db, selection, after, { unchangedSince: now, requests: false, limit: PAGE });
    for (const candidate of page) {
      const excluded = exclusionOf(candidate, mode, inForce, now);
      if (excluded === undefined) add(survey, candidate, mode, circumstances);
      else survey.excluded.set(excluded, (survey.excluded.get(excluded) ?? 0) + 1);
    }
    if (survey.selected > DELIVERIES_MAX) return false;
    after = page.at(-1);
    if (page.length < PAGE) return true;
  }
}

function add(survey: Survey, candidate: Candidate, mode: ReplayMode, { inForce, paused, now, db }: Circumstances) {
  const { target, route, state } = candidate;
  const policy = inForce.table.targets.get(target);
  const repetition = repetitionOf(candidate, mode, policy && idempotencyOf(policy), now);
  const nothing: Counts = {
    states: {},
    repeats: { never_sent: 0, recognised: 0, may_be_seen_twice: 0 },
    wouldBeHeld: 0,
  };
  const counts = survey.targets.get(target) ?? nothing;
  counts.states[state] = (counts.states[state] ?? 0) + 1;
  counts.repeats[repetition]++;
  if (paused.has(`target:${target}`) || paused.has(`route:${route}`)) counts.wouldBeHeld++;
  survey.targets.set(target, counts);
  survey.selected++;
  if (survey.sample.length < SAMPLE_MAX) survey.sample.push({ candidate, db });
}

function describeTargets({ targets }: Survey, { table }: TableInForce): TargetPlan[] {
  return [...targets]
    .map(([target, counts]): TargetPlan => {
      const policy = table.targets.get(target);
      return {
        target,
        ...counts,
        deliveries: Object.values(counts.states).reduce((sum, count) => sum + count, 0),
        recognises: describeIdempotency(policy && idempotencyOf(policy)),
      };
    })
    .toSorted((one, other) => other.deliveries - one.deliveries);
}

function describeIdempotency(idempotency: ReturnType<typeof idempotencyOf>): TargetPlan["recognises"] {
  switch (idempotency?.kind) {
    case "header":
      return { by: "header", field: idempotency.header, windowSeconds: idempotency.windowSeconds ?? null };
    case "body":
      return { by: "body", field: idempotency.field, windowSeconds: idempotency.windowSeconds ?? null };
    case "upsert":
      return { by: "upsert", field: idempotency.field, windowSeconds: null };
    case "none":
    case undefined:
      return null;
  }
}

/** Renders some deliveries and compares them with what was kept. */
async function compareSample(
  env: RetryBindings,
  sample: Survey["sample"],
  mode: ReplayMode,
  inForce: TableInForce,
): Promise<Sample[]> {
  const ofEach = Map.groupBy(sample, ({ db }) => db);
  const samples: Sample[] = [];
  for (const [db, some] of ofEach) {
    const candidates = some.map(({ candidate }) => candidate);
    samples.push(...(await compareOf(env, db, candidates, mode, inForce)));
  }
  return samples;
}

async function compareOf(
  env: RetryBindings,
  db: D1Database,
  candidates: readonly Candidate[],
  mode: ReplayMode,
  inForce: TableInForce,
): Promise<Sample[]> {
  const sendouts = await readSendouts(db, [...new Set(candidates.map(({ sendoutId }) => sendoutId))]);
  const kept = await readRequests(db, candidates);
  const samples: Sample[] = [];
  for (const [index, candidate] of candidates.entries()) {
    const delivery = deliveryId(candidate.sendoutId, candidate.target, candidate.copy);
    const rendered = await renderCandidate(env, candidate, sendouts.get(candidate.sendoutId), mode, inForce);
    if (!rendered.ok) samples.push({ delivery, differs: null, detail: rendered.detail });
    else samples.push({ delivery, differs: !(await holdSame(env, kept[index] ?? "", rendered.value)) });
  }
  return samples;
}

/** Whether two columns hold the same bytes, however each is packed. */
async function holdSame(env: RetryBindings, one: string, other: string): Promise<boolean> {
  if (one === other) return true;
  if (!isKept(one)) return false;
  const [before, after] = await Promise.all([one, other].map(async (column) => readColumn(column, env)));
  if (before === undefined || after === undefined || before.length !== after.length) return false;
  return before.every((byte, index) => byte === after[index]);
}
