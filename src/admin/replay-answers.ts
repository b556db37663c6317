// How the API shows a replay: what was asked for, what it would do, and how far it has come.

import * as v from "valibot";
import { PersonSchema } from "../ledger/person.ts";
import { REPLAY_MODES, type Progress, type Replay } from "../ledger/replays.ts";
import { InstantTextSchema, MaybeInstantSchema, toInstant, toMaybeInstant } from "./answers.ts";
import { describeSelection } from "./replay-selection.ts";

const CountsSchema = v.record(v.string(), v.number());

const REPLAY = {
  id: v.string(),
  state: v.picklist(["planned", "running", "stopped", "done"]),
  mode: v.picklist(REPLAY_MODES),
  rate: v.pipe(v.number(), v.description("Deliveries a second.")),
  plannedAt: InstantTextSchema,
  by: v.pipe(v.nullable(PersonSchema), v.description("Who planned it; null where that was not noted.")),
  expiresAt: v.pipe(InstantTextSchema, v.description("A plan can be run until then.")),
  startedAt: MaybeInstantSchema,
  endedAt: MaybeInstantSchema,
  selected: v.pipe(v.number(), v.description("How many deliveries its plan takes.")),
  select: v.pipe(
    v.record(v.string(), v.unknown()),
    v.description("As it was asked for; ids are only counted (`named`), customers and vouchers hidden."),
  ),
};
export const ReplaySchema = v.pipe(v.object(REPLAY), v.metadata({ ref: "Replay" }));

/** The whole of a replay. */
export const WholeReplaySchema = v.pipe(
  v.object({
    ...REPLAY,
    plan: v.looseObject({
      selected: v.number(),
      takesSeconds: v.number(),
      tableVersion: v.number(),
      targets: v.array(v.looseObject({ target: v.string(), deliveries: v.number() })),
      excluded: v.pipe(CountsSchema, v.description("What is not taken, by why.")),
      sample: v.array(
        v.object({ delivery: v.string(), differs: v.nullable(v.boolean()), detail: v.optional(v.string()) }),
      ),
    }),
    progress: v.object({
      selected: v.number(),
      sent: v.number(),
      states: v.pipe(CountsSchema, v.description("Of those sent, how they stand.")),
      targets: v.pipe(v.record(v.string(), CountsSchema), v.description("The same by target.")),
      left: v.number(),
      withdrawn: v.number(),
      skipped: CountsSchema,
    }),
  }),
  v.metadata({ ref: "WholeReplay" }),
);

/** A replay as lists have it. */
export function describeReplay(replay: Replay): v.InferOutput<typeof ReplaySchema> {
  const { id, state, mode, rate, plannedAt, by, expiresAt, startedAt, endedAt, selection, plan } = replay;
  return {
    id,
    state,
    mode,
    rate,
    plannedAt: toInstant(plannedAt),
    by,
    expiresAt: toInstant(expiresAt),
    startedAt: toMaybeInstant(startedAt),
    endedAt: toMaybeInstant(endedAt),
    selected: plan.selected,
    select: describeSelection(selection),
  };
}

/** A replay with its plan and how far it has come. */
export function describeWhole(replay: Replay, { sent, withdrawn, targets }: Progress) {
  const { selected } = replay.plan;
  const skipped = Object.values(replay.skipped).reduce((sum, count) => sum + count, 0);
  const rest = Math.max(selected - sent - withdrawn - skipped, 0);
  // At the end, what is left of the plan is what something else happened to since.
  const isOver = replay.state === "done";
  const changed: Record<string, number> = isOver && rest > 0 ? { changed_since: rest } : {};
  const progress = {
    selected,
    sent,
    states: addUp(Object.values(targets)),
    targets,
    left: isOver ? 0 : rest,
    withdrawn,
    skipped: { ...replay.skipped, ...changed },
  };
  return { ...describeReplay(replay), plan: replay.plan, progress };
}

function addUp(all: readonly Record<string, number>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [name, count] of all.flatMap((counts) => Object.entries(counts))) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}
