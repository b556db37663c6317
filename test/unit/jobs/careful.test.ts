// The cron comes every minute, so what a run is killed over must not kill every one after it: the search for orphans and
// replays leave it out, and everything else goes on.

import { reset } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { runReplays } from "../../../src/jobs/replays.ts";
import { sweepOrphans } from "../../../src/jobs/sweep.ts";
import { ensureMigrated } from "../../../src/ledger/migrate.ts";
import type { Selection } from "../../../src/ledger/replay-candidates.ts";
import { beginReplay, insertReplay } from "../../../src/ledger/replays.ts";
import type { stepReplay } from "../../../src/replay/run.ts";
import type { renderAgain } from "../../../src/routing/retry-delivery.ts";
import { brokenD1, createBindings, workingD1, type TestBindings } from "../faults.ts";
import { rowsOf } from "../ledger-rows.ts";
import { SENT_AT } from "../messages.ts";
import { createTable, publish } from "../payloads.ts";
import { route } from "../replay/stage.ts";

/** What a run is killed over: a sendout's id, or a replay's. */
const poison = new Set<string>();
/** Told when a run is killed. */
let kill: () => void = () => {};
/** What was evaluated, in order. */
const evaluated: string[] = [];

async function evaluate<T>(id: string, work: () => Promise<T>): Promise<T> {
  evaluated.push(id);
  return poison.has(id) ? new Promise(() => kill()) : work();
}

vi.mock(import("../../../src/routing/retry-delivery.ts"), async (importOriginal) => {
  const original = await importOriginal();
  const render: typeof renderAgain = async (env, sendout, ...rest) =>
    evaluate(sendout.id, async () => original.renderAgain(env, sendout, ...rest));
  return { ...original, renderAgain: render };
});

vi.mock(import("../../../src/replay/run.ts"), async (importOriginal) => {
  const original = await importOriginal();
  const step: typeof stepReplay = async (env, id, ...rest) =>
    evaluate(id, async () => original.stepReplay(env, id, ...rest));
  return { ...original, stepReplay: step };
});

const MINUTE = 60_000;
/** By then, what was received at `SENT_AT` and a few milliseconds later counts as lost. */
const LATER = SENT_AT + 11 * MINUTE;

beforeEach(async () => {
  await reset();
  vi.restoreAllMocks();
  vi.spyOn(console, "error").mockImplementation(() => {});
  poison.clear();
  evaluated.length = 0;
  await publish(createTable(["crm"]));
});

/** Runs a job until it ends or is killed. */
async function run(job: (env: TestBindings) => Promise<unknown>, env = createBindings()): Promise<unknown> {
  const killed = new Promise((resolve) => {
    kill = () => resolve("killed");
  });
  return Promise.race([job(env), killed]);
}

async function marks(): Promise<Record<string, number>> {
  const db = workingD1();
  await ensureMigrated(db);
  const { results } = await db.prepare("SELECT id, begun FROM evaluations").all<{ id: string; begun: number }>();
  return Object.fromEntries(results.map(({ id, begun }) => [id, begun]));
}

async function sendoutIds(): Promise<string[]> {
  const rows = (await rowsOf("sendouts")).toSorted(
    (one, other) => Number(one["received_at"]) - Number(other["received_at"]),
  );
  return rows.map(({ id }) => String(id));
}

describe("the search for orphans", () => {
  const adopt = async (env: TestBindings) => sweepOrphans(env, LATER);

  it.each([0, 3, 7])("that is killed over the one at place %d fails that one, and adopts the others", async (place) => {
    await route(8);
    const ids = await sendoutIds();
    const killer = ids[place] ?? "";
    poison.add(killer);
    const ends: unknown[] = [];
    for (let runs = 0; runs < 8; runs++) ends.push(await run(adopt));
    expect(ends.filter((end) => end === "killed")).toHaveLength(3);
    const rows = await rowsOf("deliveries");
    expect(rows.filter(({ state }) => state === "scheduled")).toHaveLength(7);
    expect(rows.filter(({ state }) => state === "failed")).toMatchObject([
      { sendout_id: killer, target: "crm", reason: "evaluation_killed", request: "", attempts_made: 0, sweep_at: null },
    ]);
    expect(await rowsOf("incidents")).toMatchObject([{ kind: "evaluation_killed", subject: "crm", count: 1 }]);
    expect(await run(adopt)).toBe(0);
  });

  it("that was killed and is not again adopts all, a few in the first run and the rest in the next", async () => {
    await route(8);
    const [, , third = ""] = await sendoutIds();
    poison.add(third);
    expect(await run(adopt)).toBe("killed");
    expect(await marks()).toEqual({ "job:adopt_orphans": 1 });
    poison.clear();
    expect(await run(adopt)).toBe(5);
    expect(await marks()).toEqual({ "job:adopt_orphans": 1 });
    expect(await run(adopt)).toBe(3);
    expect(await marks()).toEqual({});
    expect((await rowsOf("deliveries")).every(({ state }) => state === "scheduled")).toBe(true);
  });

  it("writes no mark where there is nothing to adopt", async () => {
    const LEDGER = workingD1();
    await run(adopt, createBindings({ LEDGER }));
    expect(LEDGER.queries.flat().filter((sql) => /(?:INTO|FROM) evaluations/.test(sql))).toEqual([]);
  });

  it("goes on without marks when D1 takes none", async () => {
    await route(3);
    const LEDGER = brokenD1({ when: (sql) => sql.includes("INTO evaluations") });
    expect(await run(adopt, createBindings({ LEDGER }))).toBe(3);
  });
});

describe("replays", () => {
  const go = async (env: TestBindings) => runReplays(env, LATER);

  async function begin(id: string): Promise<void> {
    const selection: Selection = { since: SENT_AT - 1, until: SENT_AT + MINUTE, states: ["failed"] };
    const plan = { selected: 0 };
    await insertReplay(
      { LEDGER: workingD1() },
      {
        id,
        mode: "as now",
        rate: 10,
        plannedAt: SENT_AT + MINUTE,
        expiresAt: LATER + MINUTE,
        selection,
        plan,
        by: null,
      },
    );
    expect(await beginReplay({ LEDGER: workingD1() }, id, SENT_AT + 2 * MINUTE)).toBe(true);
  }

  it("of which runs are killed over one leave it out, and the others go on to their end", async () => {
    for (const id of ["rp_1", "rp_2", "rp_3"]) await begin(id);
    poison.add("rp_2");
    const ends: unknown[] = [];
    for (let runs = 0; runs < 5; runs++) ends.push(await run(go));
    expect(ends).toEqual(["killed", "killed", "killed", undefined, undefined]);
    const rows = await workingD1().prepare("SELECT id, state FROM replays ORDER BY id").all();
    expect(rows.results).toEqual([
      { id: "rp_1", state: "done" },
      { id: "rp_2", state: "running" },
      { id: "rp_3", state: "done" },
    ]);
    expect(evaluated.filter((id) => id === "rp_2")).toHaveLength(3);
    expect(await marks()).toEqual({ "replay:rp_2": 2 });
  });

  it("that go well leave no mark", async () => {
    await begin("rp_1");
    expect(await run(go)).toBeUndefined();
    expect(await marks()).toEqual({});
  });
});
