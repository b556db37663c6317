// Turns: each key has one delivery under way at most, the first that waits goes next, and every one gets its turn.

import { reset } from "cloudflare:test";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { isEnded, type Outcome } from "../../../src/ledger/deliveries.ts";
import { findWaiting, takeNext, type NextDelivery, type Waiting } from "../../../src/ledger/in-order.ts";
import { readHead } from "../../../src/ledger/table-versions.ts";
import { writeEntries } from "../../../src/ledger/record.ts";
import { noteLane } from "../../../src/ledger/pauses.ts";
import { inStorage } from "../../faults/in-storage.ts";
import { workingD1, type RecordingD1 } from "../faults.ts";
import { rowsOf } from "../ledger-rows.ts";
import { createTable, publish } from "../payloads.ts";

const NOW = Date.UTC(2026, 9, 5, 8, 15, 31);
const LEASE_MS = 120_000;

let db: D1Database;
let recording: RecordingD1;

beforeEach(async () => {
  await reset();
  recording = workingD1();
  db = recording;
});

function waiting(sendoutId: string, more: Partial<Waiting> = {}): Waiting {
  const rest = { target: "crm", route: "all", orderKey: "ada", orderAt: NOW - 1_000, updatedAt: NOW - 500, hops: 2 };
  return { sendoutId, request: `raw:${btoa(sendoutId)}`, ...rest, ...more };
}

async function record(...rows: Waiting[]): Promise<void> {
  await writeEntries(
    db,
    rows.map((row) => ({ kind: "waiting" as const, waiting: row })),
  );
}

async function conclude(sendoutId: string, state: Outcome["state"], more: Partial<Outcome> = {}): Promise<void> {
  const key = { sendoutId, target: "crm", copy: 0, route: "all", round: 0, attemptsBefore: 0 };
  const rest = { reason: null, attemptsMade: 1, updatedAt: NOW + 1_000, dueAt: null, sweepAt: null, request: "" };
  await writeEntries(db, [{ kind: "outcome", outcome: { ...key, ...rest, state, ...more } }]);
}

/** Takes the next of each key; the ids of their sendouts. */
async function take(keys: readonly string[], now = NOW): Promise<string[]> {
  return ids((await takeNext(db, keys, now, LEASE_MS)).deliveries);
}

function ids(deliveries: readonly NextDelivery[]): string[] {
  return deliveries.map(({ sendoutId }) => sendoutId);
}

describe("a delivery that waits for its turn", () => {
  it("is a held row with its key and the arrival of its sendout, and nothing to sweep", async () => {
    await record(waiting("so_1"));
    expect(await rowsOf("deliveries")).toMatchObject([
      {
        sendout_id: "so_1",
        target: "crm",
        copy: 0,
        route: "all",
        state: "held",
        reason: "in_order",
        round: 0,
        attempts_made: 0,
        updated_at: NOW - 500,
        due_at: null,
        sweep_at: null,
        attempts: "[]",
        request: waiting("so_1").request,
        order_key: "ada",
        order_at: NOW - 1_000,
        hops: 2,
      },
    ]);
  });

  it("keeps the row it has when it is written once more, whatever has become of it", async () => {
    await record(waiting("so_1"));
    expect(await take(["ada"])).toEqual(["so_1"]);
    await conclude("so_1", "delivered");
    const before = await rowsOf("deliveries");
    await record(waiting("so_1", { orderKey: "bob", request: "raw:" }));
    expect(await rowsOf("deliveries")).toEqual(before);
  });
});

describe("a turn", () => {
  it("makes the delivery due now, leases it, and gives what is needed to send it", async () => {
    const version = await publish(createTable(["crm"]));
    await noteLane(db, "crm", "slow", NOW);
    await record(waiting("so_1"));
    expect(await takeNext(db, ["ada"], NOW, LEASE_MS)).toEqual({
      deliveries: [
        {
          sendoutId: "so_1",
          target: "crm",
          copy: 0,
          route: "all",
          round: 0,
          attemptsMade: 0,
          attemptsBefore: 0,
          dueAt: NOW,
          reason: "next_in_order",
          request: waiting("so_1").request,
          // Its sendout's row is not there yet: what arrived then happened then.
          happenedAt: NOW - 1_000,
          hops: 2,
        },
      ],
      headVersion: version,
      slow: new Set(["crm"]),
    });
    expect((await readHead(db))?.version).toBe(version);
    expect(await rowsOf("deliveries")).toMatchObject([
      { state: "scheduled", reason: "next_in_order", updated_at: NOW, due_at: NOW, sweep_at: NOW + LEASE_MS },
    ]);
  });

  it("goes to the sendout that arrived first, and of two at the same instant to the lesser id", async () => {
    await record(
      waiting("so_3", { orderAt: NOW - 10 }),
      waiting("so_2", { orderAt: NOW - 10 }),
      waiting("so_9", { orderAt: NOW - 20 }),
    );
    for (const next of ["so_9", "so_2", "so_3"]) {
      expect(await take(["ada"])).toEqual([next]);
      await conclude(next, "delivered");
    }
    expect(await take(["ada"])).toEqual([]);
  });

  it("goes to one of earlier arrival that is written late before those that still wait", async () => {
    await record(waiting("so_2", { orderAt: NOW - 20 }), waiting("so_3", { orderAt: NOW - 10 }));
    expect(await take(["ada"])).toEqual(["so_2"]);
    await record(waiting("so_1", { orderAt: NOW - 30 }));
    expect(await take(["ada"])).toEqual([]);
    await conclude("so_2", "delivered");
    expect(await take(["ada"])).toEqual(["so_1"]);
  });

  it("is given to each key that is asked for, and to no other, however often a key is named", async () => {
    await record(
      waiting("so_1"),
      waiting("so_2", { orderKey: "bob" }),
      waiting("so_3", { orderKey: "cy" }),
      waiting("so_4"),
    );
    expect((await take(["ada", "bob", "ada", "nobody"])).toSorted()).toEqual(["so_1", "so_2"]);
    expect(await take([])).toEqual([]);
  });

  it.each<[string, Partial<Outcome> & Pick<Outcome, "state">]>([
    ["is tried again", { state: "scheduled", reason: "target_unavailable", dueAt: NOW, sweepAt: NOW }],
    ["is held by a pause", { state: "held", reason: "target_paused" }],
    ["is held by its gate", { state: "held", reason: "rate_limited", sweepAt: NOW }],
    ["is held for a person", { state: "held", reason: "ambiguous" }],
  ])("is not given while the one before %s", async (_, outcome) => {
    await record(waiting("so_1"), waiting("so_2"));
    await take(["ada"]);
    await conclude("so_1", outcome.state, outcome);
    expect(await take(["ada"])).toEqual([]);
    expect(await findWaiting(db, 10)).toEqual([]);
  });

  it.each(["delivered", "failed", "expired", "cancelled"] as const)(
    "is given when the one before is %s",
    async (state) => {
      await record(waiting("so_1"), waiting("so_2"));
      await take(["ada"]);
      await conclude("so_1", state);
      expect(await findWaiting(db, 10)).toEqual(["ada"]);
      expect(await take(["ada"])).toEqual(["so_2"]);
    },
  );

  // The model check found it: the pause was recorded, and the outcome that it came from was not.
  it.each([
    ["after a call", { attemptsMade: 1 }],
    ["without a call", { attemptsMade: 0 }],
  ])("and an outcome %s in the same millisecond are both recorded", async (_, made) => {
    await record(waiting("so_1"));
    await take(["ada"]);
    await conclude("so_1", "held", { reason: "target_credentials", updatedAt: NOW, ...made });
    expect(await rowsOf("deliveries")).toMatchObject([
      { state: "held", reason: "target_credentials", attempts_made: made.attemptsMade, sweep_at: null },
    ]);
  });

  it("is given once when many ask at the same time", async () => {
    await record(waiting("so_1"), waiting("so_2"), waiting("so_3"));
    const taken = await Promise.all(Array.from({ length: 8 }, async () => take(["ada"])));
    expect(taken.flat()).toEqual(["so_1"]);
  });

  it("is not looked for by going through what waits", async () => {
    await take(["ada"]);
    const sql = recording.queries.flat().find((text) => text.includes("next_in_order")) ?? "";
    const { results } = await db.prepare(`EXPLAIN QUERY PLAN ${sql}`).bind("[]", 0, 0).all();
    const plan = results.map((row) => String(row["detail"]));
    expect(plan).toEqual(
      expect.arrayContaining([
        "SEARCH deliveries USING INDEX deliveries_in_turn (order_key=?)",
        "SEARCH deliveries USING COVERING INDEX deliveries_waiting (order_key=?)",
        "SEARCH waiting USING PRIMARY KEY (sendout_id=? AND target=? AND copy=?)",
      ]),
    );
    expect(plan.filter((line) => /^SCAN (?!asked VIRTUAL TABLE)|TEMP B-TREE/.test(line))).toEqual([]);
  });
});

describe("keys of which some wait and none is under way", () => {
  it("are found, each once, as many as are asked for", async () => {
    await record(
      ...["a", "b", "c"].flatMap((orderKey) =>
        [1, 2].map((number) => waiting(`so_${orderKey}${number}`, { orderKey })),
      ),
    );
    await take(["b"]);
    expect(await findWaiting(db, 10)).toEqual(["a", "c"]);
    expect(await findWaiting(db, 1)).toEqual(["a"]);
    await take(["a", "c"]);
    expect(await findWaiting(db, 10)).toEqual([]);
  });

  it("are found without going through what waits behind one that is under way", async () => {
    await record(...Array.from({ length: 500 }, (_, index) => waiting(`so_${index}`)));
    await take(["ada"]);
    await record(waiting("so_b", { orderKey: "bob" }));
    await findWaiting(db, 10);
    const sql = recording.queries.flat().find((text) => text.includes("RECURSIVE")) ?? "";
    const { meta, results } = await db.prepare(sql).bind(10).all();
    expect(results).toEqual([{ value: "bob" }]);
    expect(meta.rows_read).toBeLessThan(50);
  });
});

/** What happens in a random schedule. */
type Event =
  | { do: "arrive"; key: string; at: number }
  | { do: "take"; keys: string[] }
  | { do: "fail" | "end" | "hold"; which: number; state: "delivered" | "failed" | "expired" | "cancelled" }
  | { do: "find" };

const KEYS = ["a", "b", "c"];
const key = fc.constantFrom(...KEYS);
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("arrive" as const), key, at: fc.nat(5) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("take" as const), keys: fc.array(key, { maxLength: 4 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom("fail" as const, "end" as const, "hold" as const),
      which: fc.nat(20),
      state: fc.constantFrom("delivered" as const, "failed" as const, "expired" as const, "cancelled" as const),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: "find" as const }) },
);

/** What a row says of the order. */
interface Row {
  sendout_id: string;
  order_key: string;
  order_at: number;
  state: Outcome["state"];
  reason: string | null;
}

async function readRows(): Promise<Row[]> {
  return (await db.prepare("SELECT * FROM deliveries").all<Row>()).results;
}

describe("random schedules", () => {
  it("never have two of a key under way, give each turn to the first that waits, and end with every one", async () => {
    // In the storage of an object, which is D1's engine without the way to it.
    await inStorage(async ({ ledger }) => {
      db = ledger;
      await findWaiting(db, 1); // makes the tables
      await fc.assert(fc.asyncProperty(fc.array(event, { minLength: 5, maxLength: 60 }), check), { numRuns: 200 });
    });
  }, 60_000);
});

async function check(events: readonly Event[]): Promise<void> {
  await db.prepare("DELETE FROM deliveries").run();
  let arrived = 0;
  for (const [index, one] of events.entries()) {
    const now = NOW + index * 1_000;
    if (one.do === "arrive") await record(waiting(`so_${arrived++}`, { orderKey: one.key, orderAt: NOW + one.at }));
    else if (one.do === "take") await takeAndCheck(one.keys, now);
    else if (one.do === "find") await takeAndCheck(await findWaiting(db, 2), now);
    else await change(one, now);
    const active = (await underWay()).map(({ order_key: orderKey }) => orderKey);
    expect(active).toHaveLength(new Set(active).size);
  }
  // From here on only the cron goes on: it finds whatever is left, and what is under way ends.
  for (let left = arrived; left >= 0; left--) {
    await takeAndCheck(await findWaiting(db, 10), NOW + 100_000);
    for (const row of await underWay()) await conclude(row.sendout_id, "delivered", { updatedAt: NOW + 200_000 });
  }
  expect((await readRows()).filter(({ state }) => !isEnded(state))).toEqual([]);
}

async function underWay(): Promise<Row[]> {
  return (await readRows()).filter(({ state, reason }) => !isEnded(state) && reason !== "in_order");
}

/** Takes, and compares with what the rows before say. */
async function takeAndCheck(keys: readonly string[], now: number): Promise<void> {
  const before = await readRows();
  const busy = new Set((await underWay()).map(({ order_key: orderKey }) => orderKey));
  const expected = [...new Set(keys)].flatMap((one) => {
    const [first] = before
      .filter(({ order_key: orderKey, reason }) => orderKey === one && reason === "in_order")
      .toSorted((a, b) => a.order_at - b.order_at || (a.sendout_id < b.sendout_id ? -1 : 1));
    return busy.has(one) || first === undefined ? [] : [first.sendout_id];
  });
  expect((await take(keys, now)).toSorted()).toEqual(expected.toSorted());
}

async function change({ do: what, which, state }: Extract<Event, { which: number }>, now: number): Promise<void> {
  const active = await underWay();
  const row = active[which % Math.max(active.length, 1)];
  if (row === undefined) return;
  if (what === "end") await conclude(row.sendout_id, state, { updatedAt: now });
  else if (what === "hold") await conclude(row.sendout_id, "held", { reason: "target_paused", updatedAt: now });
  else await conclude(row.sendout_id, "scheduled", { reason: "target_unavailable", updatedAt: now, sweepAt: now });
}
