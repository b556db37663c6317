// The cron of a ledger in three databases: an invocation of its own sees to the others, within what a free plan allows, and
// what is counted is counted over all of them.

import { beforeEach, describe, expect, it } from "vitest";
import worker from "../../../src/index.ts";
import { runJobs, runJobsOfOthers } from "../../../src/jobs/cron.ts";
import { sweepOrphans } from "../../../src/jobs/sweep.ts";
import { purge } from "../../../src/jobs/purge.ts";
import { watch } from "../../../src/jobs/watchdog.ts";
import { SPAN_MS } from "../../../src/ledger/count-traffic.ts";
import { ensureMigrated } from "../../../src/ledger/migrate.ts";
import { readJobs } from "../../../src/ledger/jobs.ts";
import { shardsOf } from "../../../src/ledger/shards.ts";
import { countOn, readStatistics, readSums } from "../../../src/ledger/statistics.ts";
import { createBindings } from "../faults.ts";
import { SENT_AT } from "../messages.ts";
import { createTable, publish } from "../payloads.ts";
import { startOver } from "../start-over.ts";
import { arrive, countRows, createSpread, deliver, NUMBERS, route, rowsIn, sendoutsForEach, sent } from "./spread.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

beforeEach(async () => {
  await startOver();
  await publish(createTable(["crm"]));
});

/** Routes so many sendouts to each database, and has their targets answer. */
async function arriveAndDeliver(count: number, answer: number, at = SENT_AT): Promise<void> {
  const env = createSpread();
  await route(env, await arrive(Object.values(await sendoutsForEach(count)).flat(), at), at + 1_000);
  await deliver(env, sent(env), answer, at + 2_000);
}

describe("the cron of the others", () => {
  it("does nothing where there is but one database", async () => {
    const env = createBindings();
    await runJobsOfOthers(env, SENT_AT);
    expect(env.LEDGER.queries).toEqual([]);
  });

  it("is told by its expression", async () => {
    const env = createSpread();
    const scheduledTime = SENT_AT;
    await worker.scheduled({ cron: "*/1 * * * *", scheduledTime, noRetry: () => {} }, env);
    expect((await readJobs(env.LEDGER_2)).get("sweep")?.endedAt).toBeGreaterThan(0);
    expect((await readJobs(env.LEDGER)).get("sweep")).toBeUndefined();
  });

  it("asks D1 no more than a free plan allows, and neither does the other, in any of their turns", async () => {
    await arriveAndDeliver(1, 200);
    const env = createSpread();
    for (const { db } of shardsOf(env)) await ensureMigrated(db);
    const counts = { home: [] as number[], others: [] as number[] };
    for (let minute = 0; minute < 10; minute++) {
      for (const [name, run] of [["home", runJobs] as const, ["others", runJobsOfOthers] as const]) {
        for (const number of NUMBERS) databaseIn(env, number).queries.length = 0;
        await run(env, SENT_AT + minute * MINUTE);
        const asked = NUMBERS.map((number) => databaseIn(env, number).queries.flat().length);
        counts[name].push(asked.reduce((sum, count) => sum + count, 0));
      }
    }
    console.log(`queries, minute by minute: LEDGER ${counts.home.join(", ")}; the others ${counts.others.join(", ")}`);
    expect(Math.max(...counts.home, ...counts.others)).toBeLessThanOrEqual(50);
  });

  it("sends what is due in every one of them, every minute", async () => {
    await arriveAndDeliver(1, 503);
    const env = createSpread();
    await runJobsOfOthers(env, SENT_AT + 60 * MINUTE);
    expect(sent(env).map(({ shard }) => shard)).toEqual([2, 3]);
  });

  it("adopts what was lost in each of them, one in five minutes", async () => {
    const env = createSpread();
    await route(env, await arrive(Object.values(await sendoutsForEach(1)).flat()));
    sent(env); // lost
    for (let minute = 15; minute < 25; minute++) await runJobsOfOthers(env, SENT_AT + minute * MINUTE);
    expect(await countRows("deliveries")).toEqual([0, 1, 1]);
    await sweepOrphans(env, SENT_AT + 25 * MINUTE);
    await runJobs(env, SENT_AT + 25 * MINUTE);
    await runJobsOfOthers(env, SENT_AT + 25 * MINUTE);
    const again = sent(env);
    expect(new Set(again.map(({ shard }) => shard))).toEqual(new Set([undefined, 2, 3]));
    expect((await deliver(env, again, 200, SENT_AT + 26 * MINUTE)).calls).toHaveLength(3);
  });

  it("goes on with one database while another is down", async () => {
    await arriveAndDeliver(1, 503);
    const env = createSpread((number) => number === 2);
    await runJobsOfOthers(env, SENT_AT + 60 * MINUTE);
    expect(sent(env).map(({ shard }) => shard)).toEqual([3]);
  });
});

/** One of the databases of a test, with what was asked of it. */
function databaseIn(env: ReturnType<typeof createSpread>, number: number) {
  return number === 1 ? env.LEDGER : number === 2 ? env.LEDGER_2 : env.LEDGER_3;
}

describe("the statistics", () => {
  it("are of all databases, before they are counted and after, and again after a late one", async () => {
    await arriveAndDeliver(2, 200);
    const env = createSpread();
    const of = async () =>
      (await readStatistics(env, SENT_AT - DAY, SENT_AT + DAY, SPAN_MS)).steps.flatMap(({ counts }) => counts);
    const delivered = ["deliveries", "crm", "delivered", 6];
    const now = SENT_AT + 2 * SPAN_MS;
    expect(await readStatistics(env, SENT_AT - SPAN_MS, now, DAY)).toMatchObject({
      steps: [{ counts: expect.arrayContaining([delivered]) }],
    });
    await countOn(env, now);
    expect(await of()).toContainEqual(delivered);
    expect(await readSums(env.LEDGER)).toContainEqual(delivered);
    const [late] = (await sendoutsForEach(1))[3] ?? [];
    if (late === undefined) throw new Error("one was made");
    await route(env, await arrive([late], SENT_AT + 50), now);
    await deliver(env, sent(env), 200, now);
    await countOn(env, now + SPAN_MS);
    expect(await readSums(env.LEDGER)).toContainEqual(["deliveries", "crm", "delivered", 7]);
    expect(await readSums(env.LEDGER)).toContainEqual(["sendouts", "voucherify", "routed", 7]);
  });

  it("count once what a run could not note in another database", async () => {
    await arriveAndDeliver(1, 200);
    const broken = createSpread((number, sql) => number === 2 && sql.startsWith("UPDATE jobs"));
    const now = SENT_AT + 2 * SPAN_MS;
    await expect(countOn(broken, now)).rejects.toThrow("D1_ERROR");
    await countOn(createSpread(), now + SPAN_MS);
    expect(await readSums(broken.LEDGER)).toContainEqual(["sendouts", "voucherify", "routed", 3]);
  });
});

describe("the watchdog", () => {
  it("sees what stands still in any database, each with its name", async () => {
    await arriveAndDeliver(1, 503);
    const env = createSpread();
    // The database says by its own clock since when the cron has been waited for.
    await watch(env, Date.now() + 60 * MINUTE);
    const subjects = (await rowsIn(1, "incidents")).map(({ kind, subject }) => `${String(kind)} ${String(subject)}`);
    expect(subjects).toContain("rows_overdue deliveries");
    expect(subjects).toContain("job_stuck sweep:LEDGER_2");
    const overdue = (await rowsIn(1, "incidents")).find(({ kind }) => kind === "rows_overdue");
    expect(overdue?.["detail"]).toContain("sweeper: 3,");
    expect(await countRows("incidents")).toEqual([subjects.length, 0, 0]);
  });
});

describe("the purge", () => {
  it("goes through each database by itself", async () => {
    await arriveAndDeliver(1, 200);
    const env = createSpread();
    const bodies = async () =>
      Promise.all(NUMBERS.map(async (number) => (await rowsIn(number, "sendouts"))[0]?.["body"]));
    await purge(env, SENT_AT + 15 * DAY, 2);
    expect((await bodies()).map((body) => body === "gone:expired")).toEqual([false, true, false]);
    for (const { number } of shardsOf(env)) await purge(env, SENT_AT + 15 * DAY, number);
    expect(await bodies()).toEqual(["gone:expired", "gone:expired", "gone:expired"]);
    for (const { number } of shardsOf(env)) await purge(env, SENT_AT + 91 * DAY, number);
    expect(await countRows("sendouts")).toEqual([0, 0, 0]);
    expect(await countRows("deliveries")).toEqual([0, 0, 0]);
  });
});
