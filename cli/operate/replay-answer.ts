// A replay as the admin API answers, as far as people are told.

import * as v from "valibot";

const CountsSchema = v.record(v.string(), v.number());

const ReplaySchema = v.object({
  id: v.string(),
  state: v.picklist(["planned", "running", "stopped", "done"]),
  mode: v.string(),
  rate: v.number(),
  expiresAt: v.string(),
  plan: v.object({
    selected: v.number(),
    takesSeconds: v.number(),
    targets: v.array(
      v.object({
        target: v.string(),
        deliveries: v.number(),
        states: CountsSchema,
        repeats: CountsSchema,
        wouldBeHeld: v.number(),
      }),
    ),
    excluded: CountsSchema,
    sample: v.optional(
      v.array(
        v.object({
          delivery: v.string(),
          differs: v.nullable(v.boolean()),
          detail: v.optional(v.nullable(v.string())),
        }),
      ),
    ),
  }),
  progress: v.object({
    selected: v.number(),
    sent: v.number(),
    states: CountsSchema,
    left: v.number(),
    withdrawn: v.number(),
    skipped: CountsSchema,
  }),
});

/** A replay with its plan and how far it has come. */
export type Replay = v.InferOutput<typeof ReplaySchema>;

/** Reads an answer. */
export function parseReplay(answer: unknown): Replay {
  return v.parse(ReplaySchema, answer);
}
