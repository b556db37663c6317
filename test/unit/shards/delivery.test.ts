// Delivery with a ledger in three databases: outcomes are where their sendouts are, people hear of them in one place, and
// what waits in any of them is let go, tried and given up as if it were one.

import { beforeEach, describe, expect, it } from "vitest";
import { consumeLate } from "../../../src/ledger/late.ts";
import { countAllHeld } from "../../../src/ledger/everywhere.ts";
import { discard, freeStrandedIn, resume } from "../../../src/ledger/holds.ts";
import { insertPause } from "../../../src/ledger/pauses.ts";
import { probeTargets, sweepDue, sweepShard } from "../../../src/jobs/sweep.ts";
import type { DeliverMessage } from "../../../src/delivery/message.ts";
import { databaseOf } from "../../../src/ledger/shards.ts";
import type { TestBindings } from "../faults.ts";
import { createBatch, createMessage, fatesOf, SENT_AT } from "../messages.ts";
import { createTable, publish } from "../payloads.ts";
import { startOver } from "../start-over.ts";
import { arrive, countRows, createSpread, deliver, NUMBERS, route, rowsIn, sendoutsForEach, sent } from "./spread.ts";

const MINUTE = 60_000;

beforeEach(async () => {
  await startOver();
  await publish(createTable(["crm"]));
});

/** Routes so many sendouts to each database; returns their deliveries. */
async function routed(count: number): Promise<DeliverMessage[]> {
  const env = createSpread();
  await route(env, await arrive(Object.values(await sendoutsForEach(count)).flat()));
  return sent(env);
}

async function statesOf(): Promise<string[][]> {
  return Promise.all(
    NUMBERS.map(async (number) =>
      (await rowsIn(number, "deliveries")).map(({ state, reason }) => `${String(state)} ${String(reason)}`),
    ),
  );
}

async function pause(env: TestBindings): Promise<void> {
  const since = SENT_AT;
  const one = { subject: "target:crm", reason: "by_hand", mode: "hold", since, until: null, note: null } as const;
  await env.LEDGER.batch(insertPause(env.LEDGER, one));
}

describe("an outcome", () => {
  it("is recorded where its sendout is", async () => {
    await deliver(createSpread(), await routed(2), 200);
    expect(await statesOf()).toEqual(NUMBERS.map(() => ["delivered null", "delivered null"]));
  });

  it("is known when its message comes again", async () => {
    const messages = await routed(1);
    await deliver(createSpread(), messages, 200);
    const { calls, fates } = await deliver(createSpread(), messages, 200);
    expect(calls).toEqual([]);
    expect(fates).toEqual(messages.map(() => ["ack"]));
  });

  it("that is a failure is told once in LEDGER, wherever the failed ones are", async () => {
    await deliver(createSpread(), await routed(2), 400);
    expect(await statesOf()).toEqual(NUMBERS.map(() => Array(2).fill("failed target_rejected")));
    expect(await countRows("incidents")).toEqual([1, 0, 0]);
    expect(await rowsIn(1, "incidents")).toMatchObject([{ kind: "deliveries_failed", target: "crm", count: 6 }]);
  });

  it("that is a failure says in LEDGER no word of its request", async () => {
    await publish(createTable(["crm"], { name: "rosalind" }));
    const answer = () => new Response("the name rosalind is not known here", { status: 400 });
    await deliver(createSpread(), await routed(1), answer);
    const incidents = await rowsIn(1, "incidents");
    expect(incidents).toMatchObject([{ count: 3 }]);
    expect(incidents[0]?.["detail"]).toContain("is not known here");
    expect(JSON.stringify(incidents)).not.toContain("rosalind");
  });

  it("that succeeds is a recovery of what failed before", async () => {
    const messages = await routed(2);
    const [first, ...others] = messages.filter(({ shard }) => shard === 2);
    await deliver(createSpread(), first === undefined ? [] : [first], 400);
    expect(await rowsIn(1, "incidents")).toMatchObject([{ recovered_at: null }]);
    await deliver(createSpread(), others, 200, SENT_AT + MINUTE);
    expect(await rowsIn(1, "incidents")).toMatchObject([{ recovered_at: SENT_AT + MINUTE }]);
  });

  it("that pauses its target pauses it for all", async () => {
    const messages = await routed(1);
    await deliver(
      createSpread(),
      messages.filter(({ shard }) => shard === 3),
      401,
    );
    expect(await countRows("pauses")).toEqual([1, 0, 0]);
    const { calls } = await deliver(
      createSpread(),
      messages.filter(({ shard }) => shard !== 3),
      200,
    );
    expect(calls).toEqual([]);
    expect(await statesOf()).toEqual([["held target_paused"], ["held target_paused"], ["held target_credentials"]]);
  });
});

describe("a database that is down", () => {
  it("has its outcomes wait, and the others have theirs", async () => {
    const messages = await routed(1);
    const env = createSpread((number) => number === 2);
    const { calls, fates } = await deliver(env, messages, 400);
    expect(calls).toHaveLength(3);
    expect(fates).toEqual(messages.map(() => ["ack"]));
    expect(await countRows("deliveries")).toEqual([1, 0, 1]);
    // People hear of it although its row is late.
    expect(await rowsIn(1, "incidents")).toMatchObject([{ count: 3 }]);
    const late = env.LATE.messages.map((body) => createMessage(body));
    await consumeLate(createBatch(late), createSpread());
    expect(fatesOf(late)).toEqual([["ack"]]);
    expect(await countRows("deliveries")).toEqual([1, 1, 1]);
    expect(await rowsIn(1, "incidents")).toMatchObject([{ count: 3 }]);
  });

  it("is LEDGER: outcomes are recorded in the others, and what people hear of them waits", async () => {
    const messages = await routed(1);
    const env = createSpread((number) => number === 1);
    await deliver(env, messages, 400);
    expect(await countRows("deliveries")).toEqual([0, 1, 1]);
    const late = env.LATE.messages.map((body) => createMessage(body));
    expect(late).toHaveLength(3);
    await consumeLate(createBatch(late), createSpread());
    expect(await countRows("deliveries")).toEqual([1, 1, 1]);
    expect(await rowsIn(1, "incidents")).toMatchObject([{ count: 3 }]);
  });

  it("does not end a round by a guess, nor make one of the others' unknown", async () => {
    const messages = await routed(1);
    await deliver(createSpread(), messages, 503);
    const env = createSpread((number) => number === 2);
    const { calls } = await deliver(env, messages, 200, SENT_AT + 5 * MINUTE);
    expect(calls).toHaveLength(3);
    expect(await statesOf()).toEqual([["delivered null"], ["scheduled target_unavailable"], ["delivered null"]]);
    expect((await rowsIn(3, "deliveries"))[0]?.["attempts_made"]).toBe(2);
  });
});

describe("what is held", () => {
  it("is counted over all databases", async () => {
    const env = createSpread();
    const messages = await routed(2);
    await pause(env);
    await deliver(env, messages, 200);
    expect(await countAllHeld(env)).toMatchObject([{ target: "crm", reason: "target_paused", count: 6 }]);
  });

  it("is let go with its distance, and sent once", async () => {
    const env = createSpread();
    const messages = await routed(2);
    await pause(env);
    await deliver(env, messages, 200);
    expect(await resume(env, "target:crm", SENT_AT + MINUTE, 10)).toBe(6);
    const dueAts = await Promise.all(NUMBERS.map(async (number) => rowsIn(number, "deliveries")));
    expect(dueAts.flat().map(({ due_at }) => due_at)).toEqual(
      [1, 2, 3, 4, 5, 6].map((n) => SENT_AT + MINUTE + n * 100),
    );
    expect(await sweepDue(env, SENT_AT + MINUTE)).toEqual({ sent: 6, cancelled: 0 });
    const again = sent(env);
    expect(again.map(({ shard }) => shard)).toEqual([undefined, undefined, 2, 2, 3, 3]);
    await deliver(createSpread(), again, 200, SENT_AT + 2 * MINUTE);
    expect((await statesOf()).flat()).toEqual(Array(6).fill("delivered null"));
  });

  it("is given up in all of them", async () => {
    const env = createSpread();
    const messages = await routed(1);
    await pause(env);
    await deliver(env, messages, 200);
    expect(await discard(env, "target:crm", SENT_AT + MINUTE)).toBe(3);
    expect((await statesOf()).flat()).toEqual(Array(3).fill("cancelled discarded"));
  });

  it("is freed in another database only when LEDGER has no pause of it", async () => {
    const env = createSpread();
    const messages = await routed(1);
    await pause(env);
    await deliver(env, messages, 200);
    expect(await freeStrandedIn(env, databaseOf(env, 2), SENT_AT + MINUTE)).toBe(0);
    await env.LEDGER.prepare("DELETE FROM pauses").run();
    expect(await freeStrandedIn(env, databaseOf(env, 2), SENT_AT + MINUTE)).toBe(1);
  });

  it("by an open breaker is tried by one of them, from whichever database", async () => {
    const env = createSpread();
    const messages = (await routed(1)).filter(({ shard }) => shard === 3);
    const one = { subject: "target:crm", reason: "breaker", mode: "hold", since: SENT_AT, note: null } as const;
    await env.LEDGER.batch(insertPause(env.LEDGER, { ...one, until: SENT_AT + MINUTE }));
    await deliver(env, messages, 200);
    expect((await statesOf())[2]).toEqual(["held breaker_open"]);
    await probeTargets(env, SENT_AT + MINUTE);
    const probes = sent(env);
    expect(probes).toMatchObject([{ shard: 3, probe: true }]);
    await deliver(env, probes, 200, SENT_AT + MINUTE);
    expect((await statesOf())[2]).toEqual(["delivered null"]);
    expect(await countRows("pauses")).toEqual([0, 0, 0]);
  });
});

describe("what an open breaker holds in a database that is down", () => {
  it("keeps neither the others' from being tried, nor is the pause taken for over", async () => {
    const messages = await routed(1);
    const env = createSpread();
    const one = { subject: "target:crm", reason: "breaker", mode: "hold", since: SENT_AT, note: null } as const;
    await env.LEDGER.batch(insertPause(env.LEDGER, { ...one, until: SENT_AT + MINUTE }));
    await deliver(
      env,
      messages.filter(({ shard }) => shard === 2),
      200,
    );
    const down = createSpread((number) => number === 2);
    await probeTargets(down, SENT_AT + MINUTE);
    expect(sent(down)).toEqual([]);
    expect(await rowsIn(1, "pauses")).toMatchObject([{ until: SENT_AT + 2 * MINUTE }]);
    await deliver(
      env,
      messages.filter(({ shard }) => shard === 3),
      200,
    );
    await probeTargets(down, SENT_AT + 3 * MINUTE);
    expect(sent(down)).toMatchObject([{ shard: 3, probe: true }]);
  });
});

describe("what is due", () => {
  it("is sent from each database by itself, with the number that it came from", async () => {
    const env = createSpread();
    await deliver(env, await routed(1), 503);
    const later = SENT_AT + 60 * MINUTE;
    await expect(
      sweepShard(
        createSpread((number) => number === 2),
        2,
        later,
      ),
    ).rejects.toThrow("D1_ERROR");
    for (const number of NUMBERS) await sweepShard(env, number, later);
    expect(sent(env).map(({ shard }) => shard)).toEqual([undefined, 2, 3]);
  });
});
