// A sendout that Voucherify sends again has what did not succeed sent once more: one round for each repeat, however often
// the queue offers it.

import { reset } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { runJobs } from "../../../src/jobs/cron.ts";
import type { DeliverMessage } from "../../../src/delivery/message.ts";
import { consumeIngest } from "../../../src/routing/consumer.ts";
import { createSendout, type Sendout } from "../../fixtures/sendout.ts";
import { brokenD1, createBindings, downD1, workingD1, type TestBindings } from "../faults.ts";
import { rowsOf } from "../ledger-rows.ts";
import { createBatch, createMessage, fatesOf, offerAgain, SENT_AT, type TestMessage } from "../messages.ts";
import { createIngestMessage, createTable, publish } from "../payloads.ts";
import { deliver } from "../replay/stage.ts";

const TARGETS = ["crm", "mail"];

beforeEach(async () => {
  await reset();
  vi.restoreAllMocks();
  vi.spyOn(console, "error").mockImplementation(() => {});
  await publish(createTable(TARGETS));
});

const LATER = SENT_AT + 10 * 60_000;

async function consume(env: TestBindings, messages: TestMessage[], now = LATER) {
  await consumeIngest(createBatch(messages), env, now);
  return fatesOf(messages);
}

async function repeatOf(sendout: Sendout): Promise<TestMessage> {
  return createMessage({ ...(await createIngestMessage(sendout)), receivedAt: LATER });
}

function sentBy(env: TestBindings): DeliverMessage[] {
  return env.DELIVER.messages as DeliverMessage[]; // only deliveries go there
}

/** A sendout that was routed, and whose delivery to `crm` was refused while `mail` took its own. */
async function createFailed(): Promise<Sendout> {
  const sendout = createSendout();
  const env = createBindings();
  await consume(env, [createMessage(await createIngestMessage(sendout))], SENT_AT + 1_000);
  const answer = ({ url }: { url: string }) => new Response(null, { status: url.includes("crm") ? 400 : 200 });
  await deliver(sentBy(env), answer, SENT_AT + 2_000);
  return sendout;
}

/** The state and round of each delivery, and the reason of the first. */
async function standings(): Promise<unknown[][]> {
  return (await rowsOf("deliveries")).map(({ target, state, round }) => [target, state, round]);
}

describe("a repeated sendout", () => {
  it("has what failed sent again, the same bytes with the same key, and leaves alone what succeeded", async () => {
    const sendout = await createFailed();
    const [crm, mail] = await rowsOf("deliveries");
    expect(await consume(createBindings(), [await repeatOf(sendout)])).toEqual([["ack"]]);
    const scheduled = { state: "scheduled", reason: "repeated", round: 1, attempts_made: 1, attempts_before: 1 };
    expect(await rowsOf("deliveries")).toEqual([
      { ...crm, ...scheduled, updated_at: LATER, due_at: null, sweep_at: LATER },
      mail,
    ]);
    const env = createBindings();
    await runJobs(env, LATER + 60_000);
    const calls = await deliver(sentBy(env), 200, LATER + 60_000);
    expect(calls.map(({ headers, body }) => [headers["idempotency-key"], body])).toEqual([
      [`${String(crm?.["sendout_id"])}.crm`, expect.any(String)],
    ]);
    expect(await standings()).toEqual([
      ["crm", "delivered", 1],
      ["mail", "delivered", 0],
    ]);
  });

  it.each([
    ["expired", "scheduled", 1],
    ["failed", "scheduled", 1],
    ["cancelled", "cancelled", 0],
    ["held", "held", 0],
    ["scheduled", "scheduled", 0],
    ["delivered", "delivered", 0],
  ])("finds one that is %s and leaves it %s in round %d", async (before, after, round) => {
    const sendout = await createFailed();
    await workingD1().prepare("UPDATE deliveries SET state = ?1 WHERE target = 'crm'").bind(before).run();
    expect(await consume(createBindings(), [await repeatOf(sendout)])).toEqual([["ack"]]);
    expect((await standings())[0]).toEqual(["crm", after, round]);
  });

  it("leaves failed what was never rendered: there is nothing to send", async () => {
    const sendout = await createFailed();
    await workingD1().prepare("UPDATE deliveries SET request = '' WHERE target = 'crm'").run();
    expect(await consume(createBindings(), [await repeatOf(sendout)])).toEqual([["ack"]]);
    expect((await standings())[0]).toEqual(["crm", "failed", 0]);
  });

  it("gives one round for each repeat, however often the queue offers it", async () => {
    const sendout = await createFailed();
    const repeat = await repeatOf(sendout);
    await consume(createBindings(), [repeat]);
    // The new round fails as well before the repeat's message comes again.
    await workingD1().prepare("UPDATE deliveries SET state = 'failed', sweep_at = NULL WHERE target = 'crm'").run();
    expect(await consume(createBindings(), [offerAgain(repeat)])).toEqual([["ack"]]);
    expect((await standings())[0]).toEqual(["crm", "failed", 1]);
    expect(await consume(createBindings(), [await repeatOf(sendout)])).toEqual([["ack"]]);
    expect((await standings())[0]).toEqual(["crm", "scheduled", 2]);
  });

  it("gives one round for two repeats of a batch", async () => {
    const sendout = await createFailed();
    const repeats = [await repeatOf(sendout), await repeatOf(sendout)];
    expect(await consume(createBindings(), repeats)).toEqual([["ack"], ["ack"]]);
    expect((await standings())[0]).toEqual(["crm", "scheduled", 1]);
    expect(await rowsOf("repeats")).toHaveLength(2);
  });

  it.each(["before", "after"] as const)("gives one round when D1 fails %s it has written it", async (fault) => {
    const sendout = await createFailed();
    const repeat = await repeatOf(sendout);
    const LEDGER = brokenD1({ when: (sql) => sql.includes("INTO repeats"), fault });
    expect(await consume(createBindings({ LEDGER }), [repeat])).toEqual([[{ delaySeconds: 5 }]]);
    expect((await standings())[0]).toEqual(fault === "before" ? ["crm", "failed", 0] : ["crm", "scheduled", 1]);
    expect(await rowsOf("repeats")).toHaveLength(fault === "before" ? 0 : 1);
    // Meanwhile the round that was given, if it was, has failed as well.
    await workingD1().prepare("UPDATE deliveries SET state = 'failed' WHERE target = 'crm'").run();
    expect(await consume(createBindings(), [offerAgain(repeat)])).toEqual([["ack"]]);
    expect((await standings())[0]).toEqual(fault === "before" ? ["crm", "scheduled", 1] : ["crm", "failed", 1]);
    expect(await rowsOf("repeats")).toHaveLength(1);
  });

  it("costs no more rows than its own when everything has succeeded", async () => {
    const sendout = createSendout();
    const first = createBindings();
    await consume(first, [createMessage(await createIngestMessage(sendout))], SENT_AT + 1_000);
    await deliver(sentBy(first), 200, SENT_AT + 2_000);
    const env = createBindings();
    await consume(env, [await repeatOf(sendout)]);
    expect(env.LEDGER.rowsWritten).toBe(2); // the repeat and its index
  });

  it("is offered again while D1 is down, and then has what failed sent again", async () => {
    const sendout = await createFailed();
    const repeat = await repeatOf(sendout);
    expect(await consume(createBindings({ LEDGER: downD1() }), [repeat])).toEqual([[{ delaySeconds: 5 }]]);
    expect(await consume(createBindings(), [offerAgain(repeat)])).toEqual([["ack"]]);
    expect((await standings())[0]).toEqual(["crm", "scheduled", 1]);
  });
});
