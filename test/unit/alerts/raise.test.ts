// The rhythm of alerts: the first at once, a storm once a minute, and nothing of it forgotten while the isolate lives.

import { createExecutionContext, reset, waitOnExecutionContext } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createRaiser, raiseRefusal } from "../../../src/alerts/raise.ts";
import { describeRefusal, type RefusalReason } from "../../../src/alerts/refusal.ts";
import type { Occurrence } from "../../../src/ledger/incidents.ts";
import { consumeLate } from "../../../src/ledger/late.ts";
import { createBindings, downD1, failingQueue, hangingD1, recordingQueue, type TestBindings } from "../faults.ts";
import { lateEntries, rowsOf } from "../ledger-rows.ts";
import { createBatch, createMessage, SENT_AT } from "../messages.ts";

const log = vi.spyOn(console, "error");

beforeEach(async () => {
  await reset();
  log.mockReset().mockImplementation(() => {});
});

afterEach(() => {
  vi.useRealTimers();
});

const MINUTE = 60_000;

const MISMATCH = { inlet: "shop", reason: "signature_mismatch" } as const;

/** Raises refusals at these times, in milliseconds after `SENT_AT`, and waits until what they lead to is done. */
async function raiseAll(
  env: TestBindings,
  raise: typeof raiseRefusal,
  times: readonly number[],
  refusal: Parameters<typeof raise>[2] = MISMATCH,
): Promise<void> {
  const ctx = createExecutionContext();
  for (const after of times) raise(env, ctx, refusal, SENT_AT + after);
  await waitOnExecutionContext(ctx);
}

function logged(): unknown[] {
  return log.mock.calls.map(([line]) => JSON.parse(String(line)));
}

/** What waits in LATE, as far as these tests send anything there. */
async function lateOccurrences(env: TestBindings): Promise<Occurrence[]> {
  return (await lateEntries(env.LATE)).flatMap((entry) => (entry.kind === "incident" ? [entry.occurrence] : []));
}

describe("the first refusal", () => {
  it("is an incident and a log line at once", async () => {
    await raiseAll(createBindings(), createRaiser(), [0]);
    expect(await rowsOf("incidents")).toMatchObject([
      {
        kind: "signature_refused",
        subject: "shop",
        opened_at: SENT_AT,
        last_seen_at: SENT_AT,
        count: 1,
        detail: describeRefusal("signature_mismatch").detail,
        resolved_at: null,
      },
    ]);
    expect(logged()).toEqual([{ event: "alert_raised", inlet: "shop", reason: "signature_mismatch", count: 1 }]);
  });

  it("of each inlet and kind is one, whatever became of the others", async () => {
    const raise = createRaiser();
    const env = createBindings();
    await raiseAll(env, raise, [0]);
    await raiseAll(env, raise, [1], { inlet: "till", reason: "signature_mismatch" });
    await raiseAll(env, raise, [2], { inlet: "shop", reason: "path_token" });
    expect((await rowsOf("incidents")).map((row) => [row["kind"], row["subject"], row["count"]])).toEqual([
      ["sender_unproven", "shop", 1],
      ["signature_refused", "shop", 1],
      ["signature_refused", "till", 1],
    ]);
  });
});

describe("a storm", () => {
  it("costs one write and one log line a minute, each with how many it stands for", async () => {
    const env = createBindings();
    // Ten a second for two and a half minutes.
    await raiseAll(
      env,
      createRaiser(),
      Array.from({ length: 1_500 }, (_, index) => index * 100),
    );
    expect(await rowsOf("incidents")).toMatchObject([
      { count: 1_201, opened_at: SENT_AT, last_seen_at: SENT_AT + 2 * MINUTE },
    ]);
    expect(logged()).toMatchObject([{ count: 1 }, { count: 600 }, { count: 600 }]);
    expect(env.LEDGER.queries.filter((sql) => sql.join().includes("INTO incidents"))).toHaveLength(3);
  });

  it("is counted to its end with the next refusal that comes", async () => {
    const [env, raise] = [createBindings(), createRaiser()];
    await raiseAll(env, raise, [0, 1, 2, 3]);
    expect(await rowsOf("incidents")).toMatchObject([{ count: 1 }]);
    await raiseAll(env, raise, [MINUTE - 1]);
    expect(await rowsOf("incidents")).toMatchObject([{ count: 1 }]);
    await raiseAll(env, raise, [MINUTE]);
    expect(await rowsOf("incidents")).toMatchObject([{ count: 6, last_seen_at: SENT_AT + MINUTE }]);
  });

  it("that changes its reason says the latest", async () => {
    const [env, raise] = [createBindings(), createRaiser()];
    await raiseAll(env, raise, [0], { inlet: "shop", reason: "signature_missing" });
    await raiseAll(env, raise, [MINUTE]);
    expect(await rowsOf("incidents")).toMatchObject([
      { count: 2, detail: expect.stringMatching(/^signature_mismatch: /) },
    ]);
  });

  it("at a thousand inlets is held in memory, and one more makes it start over", async () => {
    const env = createBindings({ LEDGER: downD1(), LATE: recordingQueue() });
    const raise = createRaiser();
    const ctx = createExecutionContext();
    const at = (inlet: number) => raise(env, ctx, { inlet: `inlet-${inlet}`, reason: "header" }, SENT_AT);
    const written = async () => {
      await waitOnExecutionContext(ctx);
      return env.LATE.messages.length;
    };
    for (let inlet = 0; inlet < 1_000; inlet++) at(inlet);
    at(0);
    expect(await written()).toBe(1_000);
    at(1_000);
    at(0);
    expect(await written()).toBe(1_002);
  });
});

describe("while D1 is unwell", () => {
  it("the first refusal waits in LATE and opens the incident from there", async () => {
    const env = createBindings({ LEDGER: downD1() });
    await raiseAll(env, createRaiser(), [0]);
    await consumeLate(createBatch(env.LATE.messages.map((body) => createMessage(body))), createBindings());
    expect(await rowsOf("incidents")).toMatchObject([{ subject: "shop", count: 1, opened_at: SENT_AT }]);
  });

  it("so it does when D1 hangs, after five seconds", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const env = createBindings({ LEDGER: hangingD1() });
    await raiseAll(env, createRaiser(), [0]);
    expect(await lateOccurrences(env)).toMatchObject([{ subject: "shop", count: 1 }]);
  });

  it("refusals that neither D1 nor LATE took are in the next write, and the failure is in the log", async () => {
    const raise = createRaiser();
    await raiseAll(createBindings({ LEDGER: downD1(), LATE: failingQueue() }), raise, [0, 1]);
    expect(logged()).toContainEqual({
      event: "incident_not_recorded",
      inlet: "shop",
      count: 1,
      error: expect.stringContaining("Too Many Requests"),
    });
    await raiseAll(createBindings(), raise, [MINUTE]);
    expect(await rowsOf("incidents")).toMatchObject([{ count: 3 }]);
  });
});

describe("raiseRefusal", () => {
  it("has one memory for each isolate", async () => {
    const [here, elsewhere] = [createBindings(), createBindings()];
    await raiseAll(here, raiseRefusal, [0, 1, 2]);
    await raiseAll(elsewhere, raiseRefusal, [3, 4]);
    expect(await rowsOf("incidents")).toMatchObject([{ count: 2, last_seen_at: SENT_AT + 3 }]);
    await raiseAll(here, raiseRefusal, [MINUTE]);
    expect(await rowsOf("incidents")).toMatchObject([{ count: 5 }]);
  });
});

describe("describeRefusal", () => {
  const REASONS: [RefusalReason, string][] = [
    ["signature_missing", "signature_refused"],
    ["signature_malformed", "signature_refused"],
    ["signature_mismatch", "signature_refused"],
    ["path_token", "sender_unproven"],
    ["header", "sender_unproven"],
    ["address", "sender_unproven"],
  ];

  it.each(REASONS)("says for %s which incident it is, what to do, and what happens if nobody does", (reason, kind) => {
    const described = describeRefusal(reason);
    expect(described.kind).toBe(kind);
    expect(described.detail).toMatch(new RegExp(`^${reason}: [A-Z].+\\. .*twelve failed tries\\.$`));
  });
});
