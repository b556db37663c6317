// Routing with a ledger in three databases: each sendout is recorded in its own, wherever it is it is recognised, and one
// that is down keeps nobody waiting but its own.

import { beforeEach, describe, expect, it, vi } from "vitest";
import { findSendout } from "../../../src/ledger/find-sendout.ts";
import { consumeLate } from "../../../src/ledger/late.ts";
import { createSendout } from "../../fixtures/sendout.ts";
import { bytes } from "../bytes.ts";
import { createBindings, failingQueue, type TestBindings } from "../faults.ts";
import { lateEntries } from "../ledger-rows.ts";
import { createBatch, createMessage, fatesOf, offerAgain, SENT_AT } from "../messages.ts";
import { createIngestMessage, createTable, publish } from "../payloads.ts";
import { orderedTable } from "../routing/ordered.ts";
import { startOver } from "../start-over.ts";
import { arrive, countRows, createSpread, route, rowsIn, sendoutsForEach, sent, SPREAD_SINCE } from "./spread.ts";

const MINUTE = 60_000;

beforeEach(async () => {
  await startOver();
  await publish(createTable(["crm"]));
});

/** Writes what waits in the LATE queue. */
async function writeLate(env: TestBindings): Promise<void> {
  const messages = env.LATE.messages.splice(0).map((body) => createMessage(body));
  await consumeLate(createBatch(messages), env);
  expect(fatesOf(messages)).toEqual(messages.map(() => ["ack"]));
}

describe("a sendout", () => {
  it("is recorded in its database, which its deliveries know", async () => {
    const made = await sendoutsForEach(2);
    const env = createSpread();
    const messages = await arrive(Object.values(made).flat());
    expect(await route(env, messages)).toEqual(messages.map(() => ["ack"]));
    expect(await countRows("sendouts")).toEqual([2, 2, 2]);
    expect(sent(env).map(({ shard }) => shard)).toEqual([undefined, undefined, 2, 2, 3, 3]);
  });

  it("is in LEDGER when it was received before another took any", async () => {
    const made = await sendoutsForEach(2);
    await route(createSpread(), await arrive(Object.values(made).flat(), SPREAD_SINCE - MINUTE));
    expect(await countRows("sendouts")).toEqual([6, 0, 0]);
  });

  it("is in LEDGER when it is quarantined: people repair it there", async () => {
    const messages = await Promise.all(
      ["[]", "[1]", "[2]", "[3]", "[4]", "[5]", "[6]"].map(async (body) =>
        createMessage(await createIngestMessage(bytes(body))),
      ),
    );
    await route(createSpread(), messages);
    expect(await countRows("sendouts")).toEqual([7, 0, 0]);
  });

  it("is in LEDGER when one of its deliveries has an order: a turn is given by one database", async () => {
    await publish(orderedTable());
    const made = await sendoutsForEach(2, { data: { customer: { id: "ada", name: "Ada" } } });
    await route(createSpread(), await arrive(Object.values(made).flat()));
    expect(await countRows("sendouts")).toEqual([6, 0, 0]);
    expect((await rowsIn(1, "deliveries")).filter(({ state }) => state === "scheduled")).toHaveLength(1);
  });

  it("is found by each of its ids, wherever it is", async () => {
    const made = await sendoutsForEach(1);
    const env = createSpread();
    const messages = await arrive(Object.values(made).flat());
    await route(env, messages);
    const ids = sent(env).map(({ sendoutId }) => sendoutId);
    const found = await Promise.all(ids.map(async (id) => findSendout(env, id)));
    expect(found.map((one) => one?.shard)).toEqual([1, 2, 3]);
    for (const [index, one] of found.entries()) {
      for (const id of [one?.sendout.accepted_id, one?.sendout.sendout_ref]) {
        expect((await findSendout(env, id ?? ""))?.sendout.id).toBe(ids[index]);
      }
    }
    expect(await findSendout(env, `so_${"0".repeat(32)}`)).toBeUndefined();
  });

  it("costs one database what it cost before: the others are not there to be asked", async () => {
    const env = createBindings();
    await route(env, await arrive([createSendout()])); // makes the tables
    env.LEDGER.queries.length = 0;
    await route(env, await arrive([createSendout(), createSendout()]));
    expect(env.LEDGER.queries).toHaveLength(2);
  });
});

describe("a sendout that comes again", () => {
  it("is a repeat in the database of the first arrival", async () => {
    const sendouts = Object.values(await sendoutsForEach(1)).flat();
    await route(createSpread(), await arrive(sendouts));
    const env = createSpread();
    const again = await arrive(sendouts, SENT_AT + MINUTE);
    expect(await route(env, again)).toEqual(again.map(() => ["ack"]));
    expect(sent(env)).toEqual([]);
    expect(await countRows("repeats")).toEqual([1, 1, 1]);
    expect(await countRows("sendouts")).toEqual([1, 1, 1]);
  });

  it("is recognised where it was recorded before its database was added", async () => {
    const sendouts = Object.values(await sendoutsForEach(2)).flat();
    await route(createBindings(), await arrive(sendouts));
    const env = createSpread();
    await route(env, await arrive(sendouts, SENT_AT + MINUTE));
    expect(sent(env)).toEqual([]);
    expect(await countRows("sendouts")).toEqual([6, 0, 0]);
    expect(await countRows("repeats")).toEqual([6, 0, 0]);
  });

  it("in the same batch is offered again, and then it is a repeat where the first one is", async () => {
    const [sendout] = (await sendoutsForEach(1))[2] ?? [];
    if (sendout === undefined) throw new Error("one was made");
    const messages = [...(await arrive([sendout])), ...(await arrive([sendout], SENT_AT + 1))];
    const env = createSpread();
    expect(await route(env, messages)).toEqual([["ack"], [{ delaySeconds: 5 }]]);
    expect(await route(env, messages.slice(1).map(offerAgain))).toEqual([["ack"]]);
    expect(sent(env)).toHaveLength(1);
    expect(await countRows("repeats")).toEqual([0, 1, 0]);
  });

  it("goes to the same database when its message comes again after a crash behind the fan-out", async () => {
    const sendouts = Object.values(await sendoutsForEach(1)).flat();
    const messages = await arrive(sendouts);
    const broken = createSpread((_number, sql) => sql.includes("INSERT OR IGNORE INTO sendouts"), {
      LATE: failingQueue(),
    });
    await route(broken, messages);
    const first = sent(broken);
    const env = createSpread();
    await route(env, messages.map(offerAgain), SENT_AT + MINUTE);
    expect(sent(env).map(({ sendoutId, shard }) => [sendoutId, shard])).toEqual(
      first.map(({ sendoutId, shard }) => [sendoutId, shard]),
    );
    expect(await countRows("sendouts")).toEqual([1, 1, 1]);
  });
});

describe("a database that is down", () => {
  it("keeps those waiting that it may have, and no others", async () => {
    const made = await sendoutsForEach(2);
    const env = createSpread((number) => number === 3);
    const messages = await arrive(Object.values(made).flat());
    const fates = await route(env, messages);
    const waiting = [{ delaySeconds: 5 }];
    expect(fates.slice(4)).toEqual([waiting, waiting]);
    expect(fates.filter(([fate]) => fate === "ack").length).toBeGreaterThanOrEqual(2);
    // Of the others, those whose id the third might have as well wait for it too.
    expect(sent(env)).toHaveLength(fates.filter(([fate]) => fate === "ack").length);
  });

  it("has its rows wait in the LATE queue beyond the grace, and nothing is lost or doubled", async () => {
    const made = await sendoutsForEach(2);
    const down = createSpread((number) => number === 3);
    const messages = await arrive(Object.values(made).flat());
    expect(await route(down, messages, SENT_AT + 4 * MINUTE)).toEqual(messages.map(() => ["ack"]));
    expect(sent(down)).toHaveLength(6);
    expect(await countRows("sendouts")).toEqual([2, 2, 0]);
    expect((await lateEntries(down.LATE)).map((entry) => entry.kind === "sendout" && entry.shard)).toEqual([3, 3]);
    await writeLate(createSpread(undefined, { LATE: down.LATE }));
    expect(await countRows("sendouts")).toEqual([2, 2, 2]);
    expect((await rowsIn(3, "sendouts")).map(({ deduped }) => deduped)).toEqual([0, 0]);
    expect((await rowsIn(1, "sendouts")).map(({ deduped }) => deduped)).toContain(1);
  });

  it("keeps only its own rows in the LATE queue", async () => {
    const made = await sendoutsForEach(1);
    const all = createSpread((_number, sql) => sql.includes("INSERT OR IGNORE INTO sendouts"));
    await route(all, await arrive(Object.values(made).flat()));
    const messages = all.LATE.messages.map((body) => createMessage(body));
    expect(messages).toHaveLength(3);
    await consumeLate(
      createBatch(messages),
      createSpread((number) => number === 2),
    );
    expect(fatesOf(messages)).toEqual([["ack"], [{ delaySeconds: 30 }], ["ack"]]);
    expect(await countRows("sendouts")).toEqual([1, 0, 1]);
  });

  it("is LEDGER: what the table in hand says goes on, and all rows wait", async () => {
    const made = await sendoutsForEach(1);
    const env = createSpread((number) => number === 1);
    const messages = await arrive(Object.values(made).flat());
    expect(await route(env, messages, SENT_AT + 4 * MINUTE)).toEqual(messages.map(() => ["ack"]));
    expect(sent(env)).toHaveLength(3);
    expect(await countRows("sendouts")).toEqual([0, 1, 1]);
    await writeLate(createSpread(undefined, { LATE: env.LATE }));
    expect(await countRows("sendouts")).toEqual([1, 1, 1]);
  });

  it("that is not bound any more has its rows kept until it is", async () => {
    const made = await sendoutsForEach(1);
    const all = createSpread((_number, sql) => sql.includes("INSERT OR IGNORE INTO sendouts"));
    await route(all, await arrive(Object.values(made).flat()));
    const messages = all.LATE.messages.map((body) => createMessage(body));
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    await consumeLate(createBatch(messages), createSpread(undefined, { LEDGER_3: undefined }));
    expect(fatesOf(messages)).toEqual([["ack"], ["ack"], [{ delaySeconds: 30 }]]);
    expect(JSON.stringify(log.mock.calls)).toContain("LEDGER_3 is not bound");
  });
});
