// The archive: nothing is purged that is not in it, whatever R2 and D1 do, and what arrives meanwhile is not forgotten.

import { env as simulator } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { purge } from "../../../src/jobs/purge.ts";
import { archiveKey, readArchived } from "../../../src/ledger/archive.ts";
import { storeClaim } from "../../../src/ledger/claims.ts";
import { encodeUtf8, readColumn } from "../../../src/ledger/content.ts";
import { readJobs } from "../../../src/ledger/jobs.ts";
import { brokenD1, createBindings, workingD1 } from "../faults.ts";
import { rowsOf } from "../ledger-rows.ts";
import { SENT_AT } from "../messages.ts";
import { createTable, publish } from "../payloads.ts";
import { route, routeAndDeliver } from "../replay/stage.ts";
import { startOver } from "../start-over.ts";

const DAY = 86_400_000;
const HOUR = 3_600_000;
const AFTER = SENT_AT + 14 * DAY + 1_000;

/** The simulator's bucket, bound for these tests alone (vitest.config.ts). */
const BUCKET = Reflect.get(simulator, "TEST_BUCKET") as R2Bucket;

beforeEach(async () => {
  await startOver();
  const { objects } = await BUCKET.list();
  await BUCKET.delete(objects.map(({ key }) => key));
  await publish(createTable(["crm"]));
});

/** The bucket, with something that happens before each write. */
function watchedBucket(before: (write: number) => Promise<void>): R2Bucket {
  let writes = 0;
  const put = async (key: string, value: Uint8Array<ArrayBuffer>, options?: R2PutOptions) => {
    await before(++writes);
    return BUCKET.put(key, value, options);
  };
  return new Proxy(BUCKET, {
    get: (target, key) => {
      const value: unknown = key === "put" ? put : Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** The bucket, of which some writes fail. */
function failingBucket(fails: (write: number) => boolean): R2Bucket {
  return watchedBucket(async (write) => {
    if (fails(write)) throw new Error("put: We encountered an internal error. Please try again. (10001)");
  });
}

async function keys(): Promise<string[]> {
  return (await BUCKET.list()).objects.map(({ key }) => key);
}

async function bodies(): Promise<string[]> {
  return (await rowsOf("sendouts")).map(({ body }) => String(body).replace(/^(raw|gzip|claim):.*/, "kept"));
}

/** A sendout like the first one, of which nothing is under way. */
async function copySendout(id: string): Promise<void> {
  const names = Object.keys((await rowsOf("sendouts"))[0] ?? {});
  const values = names.map((name) => (name === "id" ? "?1" : name === "planned" ? "'[]'" : name));
  await workingD1()
    .prepare(`INSERT INTO sendouts (${names.join(", ")}) SELECT ${values.join(", ")} FROM sendouts LIMIT 1`)
    .bind(id)
    .run();
}

describe("the archive", () => {
  it("has every payload byte for byte before it is purged, by the day of its arrival", async () => {
    await routeAndDeliver(3, 200);
    const before = await rowsOf("sendouts");
    const sent = await Promise.all(before.map(async ({ body }) => readColumn(String(body), createBindings())));
    await purge(createBindings({ ARCHIVE: BUCKET }), AFTER);
    expect(await bodies()).toEqual(["gone:archived", "gone:archived", "gone:archived"]);
    expect((await rowsOf("deliveries")).map(({ request }) => request)).toEqual(Array(3).fill("gone:expired"));
    expect(await keys()).toEqual(before.map(({ id }) => `payloads/2026-10-05/${String(id)}.gz`));
    const archived = await Promise.all(
      before.map(async ({ id }) => readArchived(BUCKET, { sendoutId: String(id), receivedAt: SENT_AT })),
    );
    expect(archived).toEqual(sent);
  });

  it("has the payload of a repeat that differed as well", async () => {
    await routeAndDeliver(1, 200);
    const [{ id } = {}] = await rowsOf("sendouts");
    await workingD1()
      .prepare("INSERT INTO repeats (accepted_id, sendout_id, received_at, body) VALUES ('acc_2', ?1, 5, 'raw:e30=')")
      .bind(id)
      .run();
    await purge(createBindings({ ARCHIVE: BUCKET }), AFTER);
    const where = { sendoutId: String(id), receivedAt: SENT_AT, repeat: "acc_2" };
    expect(await readArchived(BUCKET, where)).toEqual(encodeUtf8("{}"));
    expect((await rowsOf("repeats")).map(({ body }) => body)).toEqual(["gone:archived"]);
  });

  it.each([1, 2, 3])("that does not take payload %i keeps all of its step from being purged", async (failing) => {
    await routeAndDeliver(3, 200);
    await purge(createBindings({ ARCHIVE: failingBucket((write) => write === failing) }), AFTER);
    expect(await bodies()).toEqual(["kept", "kept", "kept"]);
    await purge(createBindings({ ARCHIVE: BUCKET }), AFTER + 60_000);
    expect(await bodies()).toEqual(["gone:archived", "gone:archived", "gone:archived"]);
    expect(await keys()).toHaveLength(3);
  });

  it("that is down is said to be what the purge waits for, after an hour, and rows wait too", async () => {
    await purge(createBindings(), SENT_AT + 14 * DAY - 1); // so that it is not behind from the beginning
    await routeAndDeliver(1, 200);
    const down = createBindings({ ARCHIVE: failingBucket(() => true) });
    await purge(down, AFTER);
    expect((await readJobs(workingD1())).get("purge_bodies")?.note).toBeNull();
    await purge(down, SENT_AT + 91 * DAY);
    expect((await readJobs(workingD1())).get("purge_bodies")?.note).toMatch("The bucket ARCHIVE does not take them");
    expect(await bodies()).toEqual(["kept"]);
    await purge(createBindings({ ARCHIVE: BUCKET }), SENT_AT + 91 * DAY);
    expect(await rowsOf("sendouts")).toEqual([]);
    expect(await keys()).toHaveLength(1);
    expect((await readJobs(workingD1())).get("purge_bodies")?.note).toBeNull();
  });

  it.each(["before", "after"] as const)("keeps one copy when D1 fails %s the step", async (fault) => {
    await routeAndDeliver(2, 200);
    const LEDGER = brokenD1({ when: (sql) => sql.includes("UPDATE sendouts AS s SET body"), fault });
    await expect(purge(createBindings({ ARCHIVE: BUCKET, LEDGER }), AFTER)).rejects.toThrow("D1_ERROR");
    expect(await keys()).toHaveLength(2);
    await purge(createBindings({ ARCHIVE: BUCKET }), AFTER);
    expect(await bodies()).toEqual(["gone:archived", "gone:archived"]);
    expect(await keys()).toHaveLength(2);
  });

  it("takes what arrives between the copy and the purge with the next step", async () => {
    await routeAndDeliver(2, 200);
    const ARCHIVE = watchedBucket(async (write) => {
      if (write === 1) await copySendout("so_late");
    });
    await purge(createBindings({ ARCHIVE }), AFTER);
    expect((await bodies()).toSorted()).toEqual(["gone:archived", "gone:archived", "kept"]);
    await purge(createBindings({ ARCHIVE: BUCKET }), AFTER + 1);
    expect(await bodies()).toEqual(["gone:archived", "gone:archived", "gone:archived"]);
    expect(await keys()).toContain(archiveKey({ sendoutId: "so_late", receivedAt: SENT_AT }));
  });

  it("gets what was passed over once it has ended", async () => {
    await route(1);
    await purge(createBindings({ ARCHIVE: BUCKET }), AFTER);
    expect(await bodies()).toEqual(["kept"]);
    await workingD1().prepare("UPDATE sendouts SET planned = '[]'").run();
    await purge(createBindings({ ARCHIVE: BUCKET }), AFTER + HOUR);
    expect(await bodies()).toEqual(["gone:archived"]);
    expect(await keys()).toHaveLength(1);
  });

  it("has nothing of a payload that was lost before, which is then said to have expired", async () => {
    await routeAndDeliver(1, 200);
    await workingD1().prepare("UPDATE sendouts SET body = 'claim:clm_gone:9'").run();
    await purge(createBindings({ ARCHIVE: BUCKET }), AFTER);
    expect(await bodies()).toEqual(["gone:expired"]);
    expect(await keys()).toEqual([]);
  });
});

describe("large payloads in R2", () => {
  it("are deleted there with their sendouts, and those that a crash left by their age", async () => {
    await routeAndDeliver(1, 200);
    const env = createBindings({ BODIES: BUCKET });
    const claim = await storeClaim(env, encodeUtf8("large"));
    await workingD1().prepare("UPDATE sendouts SET body = ?1").bind(`claim:${claim}:5`).run();
    const left = `clm_t${SENT_AT.toString(16).padStart(12, "0")}00000000000000000000`;
    await BUCKET.put(left, "left");
    await purge(env, AFTER);
    expect(await keys()).toEqual([left]);
    await purge(env, SENT_AT + 15 * DAY + HOUR);
    expect(await keys()).toEqual([]);
  });
});
