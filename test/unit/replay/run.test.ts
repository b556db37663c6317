// The run of a replay: which bytes, keys and rounds it gives, that it is one however often it is asked for, how it keeps
// to its rate, and what a stop or a pause in the middle does.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runJobs } from "../../../src/jobs/cron.ts";
import { resume } from "../../../src/ledger/holds.ts";
import { insertPause } from "../../../src/ledger/pauses.ts";
import { createBindings, failingQueue, type TestBindings } from "../faults.ts";
import { delayingQueue } from "../jobs/due.ts";
import { createTable, publish } from "../payloads.ts";
import {
  ASKED_AT,
  call,
  deliver,
  deliveries,
  everything,
  plan,
  replayed,
  route,
  routeAndDeliver,
  step,
  textOf,
} from "./stage.ts";
import { startReplay } from "./start.ts";

beforeEach(startReplay);

afterEach(() => {
  vi.useRealTimers();
});

/** Plans and runs a replay; what went into the queues meanwhile. */
async function run(body: object, env: TestBindings = createBindings()) {
  const { id } = await plan(body);
  const { status, json } = await call("POST", `/${id}/run`, undefined, env);
  expect(status).toBe(200);
  return { id, json, messages: replayed(env) };
}

/** A table whose target asks for something else, with an id of its own in the body. */
const CORRECTED = {
  ...createTable(["crm"]),
  targets: { crm: { request: { url: "https://crm.example.com/v2", body: { id: "{{ $uuid() }}" } } } },
};

describe("a replay as then", () => {
  it("sends the bytes that were kept with the same key in the next round, whatever the table says now", async () => {
    await routeAndDeliver(1, 400);
    const [before] = await deliveries();
    await publish(CORRECTED);
    const { messages, json } = await run(everything("as then"));
    expect(messages).toMatchObject([{ target: "crm", copy: 0, round: 1, attemptsBefore: 1, trigger: "replay" }]);
    expect(await textOf(messages[0]?.content)).toBe(await textOf(before?.["request"]));
    const scheduled = { state: "scheduled", reason: "replayed", round: 1, attempts_made: 1, attempts_before: 1 };
    expect(await deliveries()).toMatchObject([{ ...scheduled, due_at: ASKED_AT, request: before?.["request"] }]);
    expect(json).toMatchObject({ state: "running", progress: { selected: 1, sent: 1, left: 0 } });

    const calls = await deliver(messages, 200, ASKED_AT);
    expect(calls).toMatchObject([{ headers: { "idempotency-key": `${String(before?.["sendout_id"])}.crm` } }]);
    const [after] = await deliveries();
    expect(after).toMatchObject({ state: "delivered", round: 1, attempts_made: 2, sweep_at: null });
    expect(JSON.parse(String(after?.["attempts"]))).toMatchObject([
      { status: 400 },
      { status: 200, trigger: "replay" },
    ]);
  });

  it("sends what had succeeded when that was asked for, once", async () => {
    await routeAndDeliver(1, 200);
    const { messages } = await run(everything("as then", { state: "delivered" }));
    expect(await deliver(messages, 200, ASKED_AT)).toHaveLength(1);
    expect(await deliver(messages, 200, ASKED_AT)).toHaveLength(0);
    expect(await deliveries()).toMatchObject([{ state: "delivered", round: 1, attempts_made: 2 }]);
  });
});

describe("a replay as now", () => {
  it("sends what the table in force makes of it, with the same key in the next round", async () => {
    await routeAndDeliver(1, 400);
    await publish(CORRECTED);
    const { messages } = await run(everything("as now"));
    expect(messages).toMatchObject([{ copy: 0, round: 1, attemptsBefore: 1, tableVersion: 2 }]);
    expect(await textOf(messages[0]?.content)).toContain("https://crm.example.com/v2");
    const [row] = await deliveries();
    expect(await textOf(row?.["request"])).toBe(await textOf(messages[0]?.content));
    const calls = await deliver(messages, 200, ASKED_AT);
    expect(calls).toMatchObject([{ headers: { "idempotency-key": `${String(row?.["sendout_id"])}.crm` } }]);
  });

  it("passes over what cannot be rendered, which stays as it was", async () => {
    await routeAndDeliver(2, 400);
    const before = await deliveries();
    await publish({
      ...createTable(["crm"]),
      targets: { crm: { request: { url: "https://crm.example.com/{{ no.such }}" } } },
    });
    const { messages, json } = await run(everything("as now"));
    expect(messages).toEqual([]);
    expect(json.progress).toMatchObject({ sent: 0, skipped: { unrenderable: 2 }, left: 0 });
    expect(await deliveries()).toEqual(before);
  });

  it("sends what could not be rendered before", async () => {
    await publish({
      ...createTable(["crm"]),
      targets: { crm: { request: { url: "https://crm.example.com/{{ no.such }}" } } },
    });
    await route(1);
    expect(await deliveries()).toMatchObject([{ state: "failed", request: "" }]);
    await publish(CORRECTED);
    const { messages } = await run(everything("as now"));
    expect(await deliver(messages, 200, ASKED_AT)).toHaveLength(1);
    expect(await deliveries()).toMatchObject([{ state: "delivered", round: 1, attempts_made: 1 }]);
  });
});

describe("a replay as new", () => {
  it("sends a copy with a key and ids of its own, and leaves the delivery as it is", async () => {
    await publish(CORRECTED);
    await routeAndDeliver(1, 200);
    const [before] = await deliveries();
    const select = { state: "delivered" };
    const { messages } = await run(everything("as new", select));
    expect(messages).toMatchObject([{ copy: 1, round: 0, attemptsBefore: 0, trigger: "replay" }]);
    expect(await textOf(messages[0]?.content)).not.toBe(await textOf(before?.["request"]));
    const calls = await deliver(messages, 200, ASKED_AT);
    expect(calls).toMatchObject([{ headers: { "idempotency-key": `${String(before?.["sendout_id"])}.crm~1` } }]);
    const [original, copy] = await deliveries();
    expect(original).toEqual(before);
    expect(copy).toMatchObject({ copy: 1, round: 0, state: "delivered", attempts_made: 1 });

    vi.setSystemTime(ASKED_AT + 1_000);
    const again = await run(everything("as new", select));
    expect(again.messages).toMatchObject([{ copy: 2 }]);
    expect(again.json.progress).toMatchObject({ selected: 1, sent: 1 });
    expect(await textOf(again.messages[0]?.content)).not.toBe(await textOf(messages[0]?.content));
  });
});

describe("a run", () => {
  it("is one, however often it is asked for", async () => {
    await routeAndDeliver(3, 400);
    const { id } = await plan(everything("as then"));
    const env = createBindings();
    const answers = await Promise.all([1, 2, 3].map(async () => call("POST", `/${id}/run`, undefined, env)));
    expect(answers.map(({ status, json }) => [status, json.id])).toEqual([1, 2, 3].map(() => [200, id]));
    expect((await call("POST", `/${id}/run`, undefined, env)).json).toMatchObject({ id, progress: { sent: 3 } });
    expect(replayed(env)).toHaveLength(3);
    expect((await deliveries()).map((row) => row["round"])).toEqual([1, 1, 1]);
  });

  it("of two plans over the same deliveries sends each once", async () => {
    await routeAndDeliver(3, 400);
    const [one, other] = [await plan(everything("as then")), await plan(everything("as now"))];
    const env = createBindings();
    await call("POST", `/${one.id}/run`, undefined, env);
    await call("POST", `/${other.id}/run`, undefined, env);
    expect(replayed(env)).toHaveLength(3);
    expect((await deliveries()).map((row) => row["round"])).toEqual([1, 1, 1]);
    vi.setSystemTime(ASKED_AT + 60_000);
    await runJobs(env, ASKED_AT + 60_000);
    expect((await call("GET", `/${other.id}`)).json).toMatchObject({
      state: "done",
      progress: { sent: 0, left: 0, skipped: { changed_since: 3 } },
    });
  });

  it("takes no delivery that something has happened to since the plan", async () => {
    await routeAndDeliver(2, 400);
    const { id } = await plan(everything("as then"));
    const [row] = await deliveries();
    vi.setSystemTime(ASKED_AT + 1_000);
    await createBindings()
      .LEDGER.prepare("UPDATE deliveries SET updated_at = ?2 WHERE sendout_id = ?1")
      .bind(row?.["sendout_id"], ASKED_AT + 500)
      .run();
    const env = createBindings();
    await call("POST", `/${id}/run`, undefined, env);
    expect(replayed(env)).toHaveLength(1);
    expect(replayed(env)[0]?.sendoutId).not.toBe(row?.["sendout_id"]);
  });

  it("of a plan older than an hour is refused", async () => {
    await routeAndDeliver(1, 400);
    const { id } = await plan(everything("as then"));
    vi.setSystemTime(ASKED_AT + 3_600_000);
    const env = createBindings();
    const { status, json } = await call("POST", `/${id}/run`, undefined, env);
    expect([status, json.code]).toEqual([409, "replay_expired"]);
    expect(replayed(env)).toEqual([]);
  });

  it.each(["run", "stop"])("of no plan is answered with 404: %s", async (what) => {
    expect((await call("POST", `/rpl_nothing/${what}`)).status).toBe(404);
    expect((await call("GET", "/rpl_nothing")).status).toBe(404);
  });

  it("keeps to its rate, and works no further ahead than a minute", async () => {
    await routeAndDeliver(130, 400);
    const DELIVER = delayingQueue();
    const env = createBindings({ DELIVER });
    const { id, json } = await run({ ...everything("as then"), rate: 2 }, env);
    expect(json.progress).toMatchObject({ selected: 130, sent: 120, left: 10 });
    expect(DELIVER.delays).toEqual(Array.from({ length: 120 }, (_, index) => Math.ceil(index / 2)));
    await runJobs(env, ASKED_AT + 1_000);
    expect(replayed(env)).toHaveLength(122);
    DELIVER.delays.length = 0;
    await runJobs(env, ASKED_AT + 60_000);
    expect(replayed(env)).toHaveLength(130);
    expect(DELIVER.delays).toEqual([1, 2, 2, 3, 3, 4, 4, 5]); // 60.0 and 60.5 had gone before
    await runJobs(env, ASKED_AT + 120_000);
    expect((await call("GET", `/${id}`)).json).toMatchObject({ state: "done", progress: { sent: 130, left: 0 } });
  });

  it("is not called before its time though its message comes early", async () => {
    await routeAndDeliver(3, 400);
    const { messages } = await run({ ...everything("as then"), rate: 1 });
    expect(await deliver(messages, 200, ASKED_AT)).toHaveLength(2);
    expect(Map.groupBy(await deliveries(), (row) => row["state"]).get("scheduled")).toHaveLength(1);
  });

  it("writes five rows for a delivery, and two for a step", async () => {
    await routeAndDeliver(3, 400);
    const { id } = await plan(everything("as then"));
    await createBindings().LEDGER.prepare("UPDATE replays SET state = 'running', next_at = ?1").bind(ASKED_AT).run();
    const [taking, ending] = [createBindings(), createBindings()];
    await step(taking, id, ASKED_AT);
    expect(taking.LEDGER.rowsWritten).toBe(3 * 4 + 2); // its note, its row, its place in the indexes of the sweeper and of the search
    expect(await deliver(replayed(taking), 200, ASKED_AT + 1_000, ending)).toHaveLength(3);
    expect(ending.LEDGER.rowsWritten).toBe(3 + 1); // its row, and once that the target has recovered; to leave an index is not billed
  });

  it("loses nothing when the queue refuses: the sweeper sends it in the same round", async () => {
    await routeAndDeliver(2, 400);
    const { json } = await run(everything("as then"), createBindings({ DELIVER: failingQueue() }));
    expect(json.progress).toMatchObject({ sent: 2 });
    const env = createBindings();
    await runJobs(env, ASKED_AT + 10 * 60_000);
    expect(replayed(env)).toMatchObject([{ round: 1 }, { round: 1 }]);
    expect(await deliver(replayed(env), 200, ASKED_AT + 10 * 60_000)).toHaveLength(2);
    expect((await deliveries()).map((row) => [row["state"], row["round"]])).toEqual([
      ["delivered", 1],
      ["delivered", 1],
    ]);
  });
});

describe("a stop in the middle", () => {
  it("leaves sent what was sent, and the rest as it was", async () => {
    await routeAndDeliver(130, 400);
    const before = new Map((await deliveries()).map((row) => [row["sendout_id"], row]));
    const env = createBindings();
    const { id } = await run({ ...everything("as then"), rate: 2 }, env);
    vi.setSystemTime(ASKED_AT + 10_000);
    const sentBy = replayed(env).slice(0, 23); // those due within a second of now
    await deliver(sentBy, 200, ASKED_AT + 10_000);
    const { json } = await call("POST", `/${id}/stop`);
    expect(json).toMatchObject({ state: "stopped", progress: { sent: 23, withdrawn: 97, left: 10 } });
    // What waited in the queue still comes and finds that there is nothing to do.
    expect(await deliver(replayed(env), 200, ASKED_AT + 60_000)).toEqual([]);
    await runJobs(env, ASKED_AT + 60_000);
    await runJobs(env, ASKED_AT + 20 * 60_000);
    expect(replayed(env)).toHaveLength(120);
    const rows = await deliveries();
    expect(rows.filter(({ state }) => state === "delivered")).toHaveLength(23);
    const restored = rows.filter(({ state }) => state === "failed");
    expect(restored).toHaveLength(107);
    for (const row of restored) {
      const { state, reason, request, attempts } = before.get(row["sendout_id"]) ?? {};
      expect(row).toMatchObject({ state, reason, request, attempts, due_at: null, sweep_at: null });
    }
    expect((await call("POST", `/${id}/run`, undefined, env)).json).toMatchObject({ state: "stopped" });
    expect(replayed(env)).toHaveLength(120);
  });

  it.each([
    ["as now", "delivered", null, [0]],
    ["as new", "cancelled", "replay_stopped", [0, 1]],
  ])("takes back what was made %s", async (mode, state, reason, copies) => {
    await routeAndDeliver(3, 200);
    const before = await deliveries();
    await publish(CORRECTED);
    const { id, messages } = await run({ ...everything(mode, { state: "delivered" }), rate: 1 });
    const { json } = await call("POST", `/${id}/stop`);
    expect(json.progress).toMatchObject({ sent: 2, withdrawn: 1 });
    const lastId = messages.at(-1)?.sendoutId;
    const last = (await deliveries()).filter((row) => row["sendout_id"] === lastId);
    expect(last.map((row) => row["copy"])).toEqual(copies);
    expect(last.at(-1)).toMatchObject({ state, reason, sweep_at: null });
    expect(last[0]?.["request"]).toBe(before.find((row) => row["sendout_id"] === lastId)?.["request"]);
  });

  it("of a plan keeps it from being run", async () => {
    await routeAndDeliver(1, 400);
    const { id } = await plan(everything("as then"));
    expect((await call("POST", `/${id}/stop`)).json).toMatchObject({ state: "stopped" });
    const env = createBindings();
    expect((await call("POST", `/${id}/run`, undefined, env)).json).toMatchObject({ state: "stopped" });
    expect(replayed(env)).toEqual([]);
  });

  it("of a replay that is done changes nothing", async () => {
    await routeAndDeliver(1, 400);
    const env = createBindings();
    const { id } = await run(everything("as then"), env);
    await runJobs(env, ASKED_AT + 60_000);
    const before = await deliveries();
    vi.setSystemTime(ASKED_AT + 60_000);
    expect((await call("POST", `/${id}/stop`)).json).toMatchObject({ state: "done", progress: { withdrawn: 0 } });
    expect(await deliveries()).toEqual(before);
  });
});

describe("a target that is paused in the middle", () => {
  it("holds what is not sent, and gets it when it is resumed", async () => {
    await routeAndDeliver(4, 400);
    const env = createBindings();
    const { id, messages } = await run({ ...everything("as then"), rate: 1 }, env);
    expect(await deliver(messages.slice(0, 2), 200, ASKED_AT + 1_000)).toHaveLength(2);
    const pause = { reason: "by_hand", mode: "hold", since: ASKED_AT, until: null, note: null } as const;
    await env.LEDGER.batch(insertPause(env.LEDGER, { ...pause, subject: "target:crm" }));
    expect(await deliver(messages.slice(2), 200, ASKED_AT + 3_000)).toEqual([]);
    expect((await call("GET", `/${id}`)).json.progress).toMatchObject({ sent: 4, states: { delivered: 2, held: 2 } });

    await resume(env, "target:crm", ASKED_AT + 60_000, 20);
    const later = createBindings();
    await runJobs(later, ASKED_AT + 120_000);
    expect(await deliver(replayed(later), 200, ASKED_AT + 120_000)).toHaveLength(2);
    expect((await deliveries()).map((row) => [row["state"], row["round"]])).toEqual(
      Array.from({ length: 4 }, () => ["delivered", 1]),
    );
  });
});

it("lists replays, the newest first", async () => {
  const first = await plan(everything("as then"));
  vi.setSystemTime(ASKED_AT + 1);
  const second = await plan({ ...everything("as new"), rate: 50 });
  expect((await call("GET", "")).json.replays).toMatchObject([
    { id: second.id, mode: "as new", rate: 50, state: "planned", startedAt: null },
    { id: first.id, mode: "as then", rate: 10, select: { state: ["failed", "expired"] } },
  ]);
});
