// An invocation that is killed over an expression ends without any of our code being asked. Whatever killed it must not do
// so for ever, must be found out without harm to its neighbours, and must be kept.

import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { DeliverMessage } from "../../../src/delivery/message.ts";
import { forgetOldMarks } from "../../../src/ledger/evaluations.ts";
import { fromColumn, unpack } from "../../../src/ledger/content.ts";
import { ensureMigrated } from "../../../src/ledger/migrate.ts";
import { consumeIngest } from "../../../src/routing/consumer.ts";
import type { IngestMessage } from "../../../src/routing/message.ts";
import type { routeSendout } from "../../../src/routing/route-sendout.ts";
import { brokenD1, createBindings, downD1, failingQueue, workingD1, type TestBindings } from "../faults.ts";
import { rowsOf } from "../ledger-rows.ts";
import { createBatch, createMessage, fatesOf, offerAgain, SENT_AT, type TestMessage } from "../messages.ts";
import { createIngestMessage, createTable, publish } from "../payloads.ts";

/** Over whose evaluation an invocation is killed, by accepted id, and what is told when it is. */
const poison = new Map<string, () => void>();

/** The sendouts that were evaluated, by accepted id, in order. */
const evaluated: string[] = [];

// The one await in which no binding is asked: a kill there is an evaluation that nothing comes back from.
vi.mock(import("../../../src/routing/route-sendout.ts"), async (importOriginal) => {
  const original = await importOriginal();
  const route: typeof routeSendout = async (sendout, ...rest) => {
    const { acceptedId } = sendout.message;
    evaluated.push(acceptedId);
    const kill = poison.get(acceptedId);
    if (kill === undefined) return original.routeSendout(sendout, ...rest);
    return new Promise(() => kill());
  };
  return { ...original, routeSendout: route };
});

beforeEach(async () => {
  await reset();
  vi.spyOn(console, "error").mockImplementation(() => {});
  poison.clear();
  evaluated.length = 0;
  await publish(createTable(["crm"]));
});

afterEach(() => {
  vi.restoreAllMocks();
});

const NOW = SENT_AT + 1_000;

/** Handles a batch until it is done, or until its invocation is killed: then nothing that it said is heard. */
async function offer(env: TestBindings, messages: readonly TestMessage[]): Promise<"done" | "killed"> {
  const { promise: killed, resolve: kill } = Promise.withResolvers<"killed">();
  for (const id of poison.keys()) poison.set(id, () => kill("killed"));
  const done = consumeIngest(createBatch(messages), env, NOW).then(() => "done" as const);
  const ended = await Promise.race([done, killed]);
  if (ended === "killed") for (const message of messages) message.fates.length = 0;
  return ended;
}

/** Has a queue offer messages in one batch until it has none left; returns how each invocation ended. */
async function offerAll(bodies: readonly IngestMessage[], env = createBindings()): Promise<("done" | "killed")[]> {
  const ends: ("done" | "killed")[] = [];
  let messages = bodies.map((body) => createMessage(body));
  while (messages.length > 0) {
    if (ends.length > 20) throw new Error("it is offered for ever");
    ends.push(await offer(env, messages));
    messages = messages.filter(({ fates }) => fates[0] !== "ack").map(offerAgain);
  }
  return ends;
}

async function createBodies(count: number): Promise<IngestMessage[]> {
  return Promise.all(Array.from({ length: count }, async () => createIngestMessage()));
}

async function marks(): Promise<{ id: string; begun: number }[]> {
  const db = workingD1();
  await ensureMigrated(db);
  return (await db.prepare("SELECT id, begun FROM evaluations").all<{ id: string; begun: number }>()).results;
}

/** How many sendouts are in which state, for which reason. */
async function states(): Promise<Record<string, number>> {
  const rows = await rowsOf("sendouts");
  const grouped = Map.groupBy(rows, ({ state, reason }) => [state, reason].filter(Boolean).join(" "));
  return Object.fromEntries([...grouped].map(([state, together]) => [state, together.length]));
}

function sent(env: TestBindings): string[] {
  return (env.DELIVER.messages as DeliverMessage[]).map(({ sendoutId }) => sendoutId); // only routing sends there
}

const KILLS = ["killed", "killed", "killed", "killed"];

describe("a sendout over whose evaluation every invocation is killed", () => {
  it("is in quarantine with its body after four of them, and nothing of it was sent", async () => {
    const [body] = await createBodies(1);
    if (body === undefined) throw new Error("there is one");
    poison.set(body.acceptedId, () => {});
    const env = createBindings();
    expect(await offerAll([body], env)).toEqual([...KILLS, "done"]);
    const [row] = await rowsOf("sendouts");
    expect(row).toMatchObject({
      accepted_id: body.acceptedId,
      state: "quarantined",
      reason: "evaluation_killed",
      detail: expect.stringContaining("processor time three times"),
      event_type: "redemption.succeeded",
    });
    const kept = await unpack(fromColumn(String(row?.["body"])), env);
    expect(kept).toEqual(await unpack(body.content, env));
    expect(sent(env)).toEqual([]);
    expect(await marks()).toEqual([]);
    expect(await rowsOf("incidents")).toMatchObject([
      { kind: "evaluation_killed", subject: "voucherify", count: 1, resolved_at: null },
    ]);
  });

  it.each([0, 10, 20])("at place %d keeps none of twenty others from being sent, each once", async (place) => {
    const bodies = await createBodies(21);
    const killer = bodies[place]?.acceptedId ?? "";
    poison.set(killer, () => {});
    const env = createBindings();
    const ends = await offerAll(bodies, env);
    expect(ends.filter((end) => end === "killed")).toEqual(KILLS);
    expect(await states()).toEqual({ routed: 20, "quarantined evaluation_killed": 1 });
    expect(sent(env)).toHaveLength(20);
    expect(new Set(sent(env)).size).toBe(20);
    expect(evaluated.filter((id) => id === killer)).toHaveLength(4);
    expect(await marks()).toEqual([]);
  });

  it("is evaluated before all others the last time, so that it is nobody else's processor time", async () => {
    const bodies = await createBodies(6);
    const killer = bodies[5]?.acceptedId ?? "";
    poison.set(killer, () => {});
    let messages = bodies.map((body) => createMessage(body));
    const env = createBindings();
    while ((await marks())[0]?.begun !== 2) {
      await offer(env, messages);
      messages = messages.filter(({ fates }) => fates[0] !== "ack").map(offerAgain);
    }
    const fresh = (await createBodies(3)).map((body) => createMessage(body));
    evaluated.length = 0;
    expect(await offer(env, [...fresh, ...messages])).toBe("killed");
    expect(evaluated).toEqual([killer]);
    expect(await marks()).toEqual([{ id: killer, begun: 3 }]);
  });

  it("is not alone in that: each of several is found, and the others are sent", async () => {
    const bodies = await createBodies(8);
    const killers = [bodies[1], bodies[4], bodies[5]].map((body) => body?.acceptedId ?? "");
    for (const id of killers) poison.set(id, () => {});
    const env = createBindings();
    await offerAll(bodies, env);
    expect(await states()).toEqual({ routed: 5, "quarantined evaluation_killed": 3 });
    expect(new Set(sent(env)).size).toBe(5);
  });

  it("kills whoever comes new into its batch at most once", async () => {
    const [killer, ...others] = await createBodies(6);
    if (killer === undefined) throw new Error("there is one");
    poison.set(killer.acceptedId, () => {});
    const env = createBindings();
    let messages = [createMessage(killer)];
    for (const other of others) {
      await offer(env, messages);
      messages = [...messages.filter(({ fates }) => fates[0] !== "ack").map(offerAgain), createMessage(other)];
    }
    expect(await offer(env, messages)).toBe("done");
    expect(fatesOf(messages).every(([fate]) => fate === "ack")).toBe(true);
    expect(await states()).toEqual({ routed: 5, "quarantined evaluation_killed": 1 });
  });

  it("is acknowledged when it comes once more, as the Inbox may have it do", async () => {
    const [body] = await createBodies(1);
    if (body === undefined) throw new Error("there is one");
    poison.set(body.acceptedId, () => {});
    await offerAll([body]);
    evaluated.length = 0;
    expect(await offerAll([body])).toEqual(["done"]);
    expect(evaluated).toEqual([]);
  });

  it("stays in the queue as long as neither D1 nor LATE takes its row", async () => {
    const [body] = await createBodies(1);
    if (body === undefined) throw new Error("there is one");
    poison.set(body.acceptedId, () => {});
    let message = createMessage(body);
    for (const _ of KILLS) {
      await offer(createBindings(), [message]);
      message = offerAgain(message);
    }
    const LEDGER = brokenD1({ when: (sql) => sql.includes("INTO sendouts") });
    expect(await offer(createBindings({ LEDGER, LATE: failingQueue() }), [message])).toBe("done");
    expect(fatesOf([message])).toEqual([[{ delaySeconds: expect.any(Number) }]]);
    expect(await states()).toEqual({});
    expect(await offer(createBindings(), [offerAgain(message)])).toBe("done");
    expect(await states()).toEqual({ "quarantined evaluation_killed": 1 });
  });
});

describe("a sendout that was killed over and succeeds after all", () => {
  it.each([1, 2, 3])("%d times is routed, and its mark is gone", async (kills) => {
    const [body] = await createBodies(1);
    if (body === undefined) throw new Error("there is one");
    const env = createBindings();
    let message = createMessage(body);
    poison.set(body.acceptedId, () => {});
    for (let kill = 1; kill <= kills; kill++) {
      expect(await offer(env, [message])).toBe("killed");
      message = offerAgain(message);
    }
    expect(await marks()).toEqual(kills === 1 ? [] : [{ id: body.acceptedId, begun: kills - 1 }]);
    poison.clear();
    expect(await offer(env, [message])).toBe("done");
    expect(fatesOf([message])).toEqual([["ack"]]);
    expect(await states()).toEqual({ routed: 1 });
    expect(sent(env)).toHaveLength(1);
    expect(await marks()).toEqual([]);
  });
});

describe("marks", () => {
  it("cost a first offer nothing", async () => {
    const LEDGER = workingD1();
    await offer(
      createBindings({ LEDGER }),
      (await createBodies(5)).map((body) => createMessage(body)),
    );
    expect(LEDGER.queries.flat().filter((sql) => sql.includes("evaluations") && !sql.startsWith("CREATE"))).toEqual([]);
  });

  it("cost a batch that is offered again two statements, and none of them stays", async () => {
    const LEDGER = workingD1();
    const messages = (await createBodies(20)).map((body) => createMessage(body, { attempts: 2 }));
    expect(await offer(createBindings({ LEDGER }), messages)).toBe("done");
    const verbs = LEDGER.queries.flat().filter((sql) => /(?:INTO|FROM) evaluations/.test(sql));
    expect(verbs.map((sql) => sql.split(" ")[0])).toEqual(["SELECT", "INSERT", "DELETE"]);
    expect(await states()).toEqual({ routed: 20 });
    expect(await marks()).toEqual([]);
  });

  it.each([
    ["D1 does not say which there are", "SELECT id, begun"],
    ["D1 does not take them", "INTO evaluations"],
    ["D1 does not take them away", "DELETE FROM evaluations"],
  ])("are done without while %s", async (_name, text) => {
    const messages = (await createBodies(3)).map((body) => createMessage(body, { attempts: 2 }));
    const env = createBindings({ LEDGER: brokenD1({ when: (sql) => sql.includes(text) }) });
    expect(await offer(env, messages)).toBe("done");
    expect(fatesOf(messages)).toEqual([["ack"], ["ack"], ["ack"]]);
    expect(sent(env)).toHaveLength(3);
  });

  it("are done without while D1 is down, and the sendout is routed when its time has come", async () => {
    const [body] = await createBodies(1);
    const env = createBindings({ LEDGER: downD1() });
    const message = createMessage({ ...body, receivedAt: NOW - 180_001 }, { attempts: 9 });
    expect(await offer(env, [message])).toBe("done");
    expect(fatesOf([message])).toEqual([["ack"]]);
    expect(sent(env)).toHaveLength(1);
    expect(env.LATE.messages).toHaveLength(1);
  });

  it("that nothing came back for are forgotten after fourteen days", async () => {
    const [body] = await createBodies(1);
    if (body === undefined) throw new Error("there is one");
    poison.set(body.acceptedId, () => {});
    await offer(createBindings(), [createMessage(body, { attempts: 2 })]);
    const later = NOW + 14 * 86_400_000;
    await forgetOldMarks(workingD1(), later);
    expect(await marks()).toHaveLength(1);
    await forgetOldMarks(workingD1(), later + 1);
    expect(await marks()).toEqual([]);
  });
});
