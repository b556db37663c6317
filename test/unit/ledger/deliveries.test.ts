// The guard of a delivery's row: whatever order outcomes come in, late, twice or many at once, a success is never lost, an
// end is never reopened within its round, and a later round stands against an earlier one.

import { reset } from "cloudflare:test";
import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import {
  isEnded,
  readStandings,
  recordOutcomes,
  selectStandings,
  standingKey,
  type DeliveryState,
  type Outcome,
} from "../../../src/ledger/deliveries.ts";
import { ensureMigrated } from "../../../src/ledger/migrate.ts";
import { workingD1 } from "../faults.ts";
import { rowsOf } from "../ledger-rows.ts";

const STATES: readonly DeliveryState[] = ["scheduled", "held", "delivered", "failed", "expired", "cancelled"];
const OPEN: readonly DeliveryState[] = ["scheduled", "held"];

const db = workingD1();

beforeAll(async () => {
  await reset();
  await ensureMigrated(db);
});

/** A delivery that no other test has. */
function newKey(): Pick<Outcome, "sendoutId" | "target" | "copy"> {
  return { sendoutId: `so_${crypto.randomUUID().replaceAll("-", "")}`, target: "crm", copy: 0 };
}

function outcome(changed: Partial<Outcome> = {}): Outcome {
  const { state = "scheduled", updatedAt = 1 } = changed;
  return {
    ...newKey(),
    route: "all",
    reason: null,
    round: 0,
    attemptsMade: 1,
    attemptsBefore: 0,
    dueAt: isEnded(state) ? null : updatedAt + 10,
    sweepAt: isEnded(state) ? null : updatedAt + 20,
    request: "raw:",
    ...changed,
    state,
    updatedAt,
  };
}

/** Records outcomes one after the other, each a write of its own in one transaction. */
async function record(...outcomes: Outcome[]): Promise<void> {
  await db.batch(outcomes.map((one) => recordOutcomes(db, [one])));
}

async function rowOf({ sendoutId }: Pick<Outcome, "sendoutId">): Promise<Record<string, unknown> | null> {
  return db.prepare("SELECT * FROM deliveries WHERE sendout_id = ?1").bind(sendoutId).first();
}

/** What a row says, as far as the guard decides on it. */
interface Model {
  state: DeliveryState;
  round: number;
  updatedAt: number;
  dueAt: number | null;
  attemptsMade: number;
  attempts: number[];
}

/** The rules as docs/delivery.md has them, one outcome at a time. */
function write(row: Model | undefined, next: Outcome): Model {
  const { state, round, updatedAt, dueAt, attempt } = next;
  if (row !== undefined && attempt !== undefined && row.attempts.includes(attempt.at)) return row;
  const attempts = [...(row?.attempts ?? []), ...(attempt === undefined ? [] : [attempt.at])];
  if (row !== undefined && !stands(next, row)) return { ...row, attempts };
  return {
    state,
    updatedAt,
    dueAt,
    attempts,
    round: Math.max(row?.round ?? 0, round),
    attemptsMade: Math.max(row?.attemptsMade ?? 0, next.attemptsMade),
  };
}

function stands({ state, round, updatedAt, attemptsMade }: Outcome, row: Model): boolean {
  if (round > row.round) return true;
  if (row.state === "delivered") return false;
  if (state === "delivered") return true;
  if (round < row.round || isEnded(row.state)) return false;
  return isEnded(state) || updatedAt > row.updatedAt || attemptsMade > row.attemptsMade;
}

const outcomes = fc.array(
  fc.record({
    state: fc.constantFrom(...STATES),
    round: fc.integer({ min: 0, max: 2 }),
    updatedAt: fc.integer({ min: 1, max: 6 }),
    attemptsMade: fc.integer({ min: 0, max: 5 }),
    attempted: fc.boolean(),
  }),
  { minLength: 1, maxLength: 12 },
);

/** A sequence for one delivery. The attempt's instant tells it from every other. */
function sequenceOf(parts: typeof outcomes extends fc.Arbitrary<infer T> ? T : never): Outcome[] {
  const key = newKey();
  return parts.map(({ attempted, ...rest }, at) =>
    outcome({ ...key, ...rest, ...(attempted && { attempt: { at, ms: 1 } }) }),
  );
}

function modelOf(row: Record<string, unknown> | null): unknown {
  const attempts = JSON.parse(String(row?.["attempts"])) as { at: number }[]; // ours, written above
  return {
    state: row?.["state"],
    round: row?.["round"],
    updatedAt: row?.["updated_at"],
    dueAt: row?.["due_at"],
    attemptsMade: row?.["attempts_made"],
    attempts: attempts.map(({ at }) => at),
  };
}

describe("whatever outcomes come in whatever order", () => {
  it("the row is what the rules make of them", async () => {
    await fc.assert(
      fc.asyncProperty(outcomes, async (parts) => {
        const sequence = sequenceOf(parts);
        await record(...sequence);
        expect(modelOf(await rowOf(outcome(sequence[0])))).toEqual(
          sequence.reduce<Model | undefined>((row, next) => write(row, next), undefined),
        );
      }),
      { numRuns: 100 },
    );
  });

  it("it makes no difference whether they are written one by one or together", async () => {
    await fc.assert(
      fc.asyncProperty(outcomes, async (parts) => {
        const together = sequenceOf(parts);
        const oneByOne = sequenceOf(parts);
        await db.batch([recordOutcomes(db, together)]);
        await record(...oneByOne);
        const { sendout_id: _, ...row } = (await rowOf(outcome(together[0]))) ?? {};
        expect(await rowOf(outcome(oneByOne[0]))).toEqual({ ...row, sendout_id: oneByOne[0]?.sendoutId });
      }),
      { numRuns: 50 },
    );
  });

  it("each may be written twice", async () => {
    await fc.assert(
      fc.asyncProperty(outcomes, async (parts) => {
        const sequence = sequenceOf(parts);
        const select = () => db.prepare("SELECT * FROM deliveries WHERE sendout_id = ?1").bind(sequence[0]?.sendoutId);
        const steps = sequence.flatMap((one) => [recordOutcomes(db, [one]), select()]);
        const twice = sequence.flatMap((one) => [recordOutcomes(db, [one, one]), recordOutcomes(db, [one]), select()]);
        const wipe = db.prepare("DELETE FROM deliveries WHERE sendout_id = ?1").bind(sequence[0]?.sendoutId);
        const results = await db.batch([...steps, wipe, ...twice]);
        const rows = results.flatMap(({ results: found }) => found);
        expect(rows).toHaveLength(2 * sequence.length);
        expect(rows.slice(sequence.length)).toEqual(rows.slice(0, sequence.length));
      }),
      { numRuns: 30 },
    );
  });

  it("a success is never lost, unless a later round was begun on purpose", async () => {
    await fc.assert(
      fc.asyncProperty(outcomes, async (parts) => {
        const sequence = sequenceOf(parts);
        await record(...sequence);
        const last = Math.max(...sequence.map(({ round }) => round));
        const succeeded = sequence.some(({ state, round }) => state === "delivered" && round === last);
        const { state, round } = (await rowOf(outcome(sequence[0]))) ?? {};
        expect(round).toBe(last);
        if (succeeded) expect(state).toBe("delivered");
      }),
      { numRuns: 50 },
    );
  });

  it("what has ended is never open again within its round, nor has it a next attempt", async () => {
    await fc.assert(
      fc.asyncProperty(outcomes, async (parts) => {
        const sequence = sequenceOf(parts);
        await record(...sequence);
        const last = Math.max(...sequence.map(({ round }) => round));
        const ended = sequence.some(({ state, round }) => isEnded(state) && round === last);
        const row = await rowOf(outcome(sequence[0]));
        if (ended) expect(OPEN).not.toContain(row?.["state"]);
        if (!OPEN.some((open) => open === row?.["state"])) expect(row).toMatchObject({ due_at: null, sweep_at: null });
      }),
      { numRuns: 50 },
    );
  });
});

describe("within a round", () => {
  const pairs = STATES.flatMap((before) => STATES.map((after) => [before, after] as const));

  it.each(pairs)("after %s, %s that comes later", async (before, after) => {
    const key = newKey();
    await record(outcome({ ...key, state: before }), outcome({ ...key, state: after, updatedAt: 2 }));
    const stays = isEnded(before) && (after !== "delivered" || before === "delivered");
    expect(await rowOf(key)).toMatchObject(stays ? { state: before, updated_at: 1 } : { state: after, updated_at: 2 });
  });

  it.each(pairs)("after %s, %s that was meant for before", async (before, after) => {
    const key = newKey();
    await record(outcome({ ...key, state: before, updatedAt: 2 }), outcome({ ...key, state: after }));
    const goesOn = after === "delivered" ? before !== "delivered" : isEnded(after) && !isEnded(before);
    expect(await rowOf(key)).toMatchObject(goesOn ? { state: after, updated_at: 1 } : { state: before, updated_at: 2 });
  });
});

describe("a row", () => {
  it("of a new round counts the attempts before it, and keeps them", async () => {
    const key = newKey();
    const first = { at: 1, ms: 5, status: 400 };
    const second = { at: 2, ms: 5, status: 503 };
    await record(outcome({ ...key, state: "failed", attemptsMade: 1, attempt: first }));
    await record(outcome({ ...key, round: 1, attemptsMade: 2, attemptsBefore: 1, updatedAt: 2, attempt: second }));
    const row = await rowOf(key);
    expect(row).toMatchObject({ state: "scheduled", round: 1, attempts_made: 2, attempts_before: 1, due_at: 12 });
    expect(JSON.parse(String(row?.["attempts"]))).toEqual([first, second]);
  });

  it("keeps its last 50 attempts", async () => {
    const key = newKey();
    const made = Array.from({ length: 60 }, (_, at) => outcome({ ...key, updatedAt: at + 1, attempt: { at, ms: 1 } }));
    await record(...made);
    const attempts = JSON.parse(String((await rowOf(key))?.["attempts"])) as { at: number }[]; // ours, written above
    expect(attempts.map(({ at }) => at)).toEqual(Array.from({ length: 50 }, (_, index) => index + 10));
  });

  it("keeps its request when an outcome has none, and takes a newer one", async () => {
    const key = newKey();
    await record(outcome({ ...key, request: "raw:YQ==" }), outcome({ ...key, request: "", updatedAt: 2 }));
    expect(await rowOf(key)).toMatchObject({ request: "raw:YQ==", updated_at: 2 });
    await record(outcome({ ...key, request: "raw:Yg==", updatedAt: 3 }));
    expect(await rowOf(key)).toMatchObject({ request: "raw:Yg==" });
  });

  it("of a copy is another than that of the first", async () => {
    const key = newKey();
    await record(outcome({ ...key, state: "delivered" }), outcome({ ...key, copy: 1, state: "failed" }));
    const rows = (await rowsOf("deliveries")).filter((row) => row["sendout_id"] === key.sendoutId);
    expect(rows).toMatchObject([
      { copy: 0, state: "delivered" },
      { copy: 1, state: "failed" },
    ]);
  });
});

describe("an outcome in the same millisecond as a resume", () => {
  // The model check found it: the attempt was made and stood in no log.
  it("is recorded when it has an attempt more, and changes nothing when it has not", async () => {
    const key = newKey();
    const resumed = outcome({ ...key, state: "scheduled", reason: "resumed", attemptsMade: 1, updatedAt: 1_000 });
    await record(resumed);
    await record({ ...resumed, state: "held", reason: "throttled" });
    const stateOf = async () => (await rowsOf("deliveries")).find((row) => row["sendout_id"] === key.sendoutId);
    expect(await stateOf()).toMatchObject({ state: "scheduled", reason: "resumed", attempts_made: 1 });
    await record({ ...resumed, state: "held", reason: "target_credentials", attemptsMade: 2 });
    expect(await stateOf()).toMatchObject({ state: "held", reason: "target_credentials", attempts_made: 2 });
  });
});

describe("looking deliveries up", () => {
  it("finds those that have a row, by sendout, target and copy", async () => {
    const known = outcome({ copy: 2, round: 1, state: "held", reason: "throttled", attemptsMade: 3, dueAt: 77 });
    await record(known);
    const wanted = [known, { ...known, copy: 0 }, { ...known, target: "mail" }, newKey()];
    const { results } = await selectStandings(db, wanted).all();
    const standing = { state: "held", reason: "throttled", round: 1, attemptsMade: 3, dueAt: 77, orderKey: null };
    expect([...readStandings(results)]).toEqual([[standingKey(known), standing]]);
  });

  it("finds nothing where nothing is asked for", async () => {
    const { results } = await selectStandings(db, []).all();
    expect(readStandings(results)).toEqual(new Map());
  });
});

describe("a success that is written once more", () => {
  it("does not end a replay that has begun since", async () => {
    const key = newKey();
    const success = outcome({ ...key, state: "delivered", attemptsMade: 1, attempt: { at: 1, ms: 1, status: 200 } });
    await record(success);
    await record(outcome({ ...key, state: "scheduled", round: 1, attemptsBefore: 1, attemptsMade: 1, updatedAt: 5 }));
    await record(success);
    expect(await rowOf(success)).toMatchObject({ state: "scheduled", round: 1 });
  });
});
