// What a recipe knows of answers, on its way: from the table into the DELIVER message, and from there into the verdict.

import { reset } from "cloudflare:test";
import { Webhook } from "standardwebhooks";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { consumeDeliver } from "../../../src/delivery/consumer.ts";
import { consumeIngest } from "../../../src/routing/consumer.ts";
import { mockTarget, type Call } from "../delivery/target.ts";
import { createBindings, type TestBindings } from "../faults.ts";
import { rowsOf } from "../ledger-rows.ts";
import { createBatch, createMessage, fatesOf, SENT_AT, type Fate } from "../messages.ts";
import { createIngestMessage, publish } from "../payloads.ts";

beforeEach(async () => {
  await reset();
  vi.restoreAllMocks();
});

const SECRETS = { BRAZE_API_KEY: "braze-key-1", SLACK_BOT_TOKEN: "slack-token-1", MANDRILL_API_KEY: "md-1" };

/** Bindings whose DELIVER queue has what routing sent to a target. */
async function routed(target: object, secrets: Record<string, string> = SECRETS): Promise<TestBindings> {
  await publish({
    inlets: { voucherify: { auth: { secrets: ["VOUCHERIFY_SECRET"] } } },
    targets: { it: target },
    routes: [{ id: "all", events: ["*"], to: ["it"] }],
  });
  const env = createBindings(secrets);
  await consumeIngest(createBatch([createMessage(await createIngestMessage())]), env, SENT_AT + 1_000);
  return env;
}

/** What becomes of a target's delivery when it answers so. */
async function deliver(target: object, status: number, answer: string): Promise<[Fate[] | undefined, object[]]> {
  const env = await routed(target);
  const calls = mockTarget(() => new Response(answer, { status }));
  const messages = env.DELIVER.messages.map((message) => createMessage(message));
  await consumeDeliver(createBatch(messages), env, { now: () => SENT_AT + 2_000, random: () => 0.5, lane: "fast" });
  expect(calls).toHaveLength(1);
  return [fatesOf(messages)[0], await rowsOf("deliveries")];
}

const BRAZE = { recipe: "braze", settings: { instance: "EU-01" } };
const SLACK = { recipe: "slack", settings: { channel: "C024BE91L" }, retry: [10] };
const MANDRILL = { recipe: "mandrill", settings: { from: "hello@shop.example", from_name: "Shop" }, retry: [10] };
const OWN = { request: { url: "https://crm.example.com/" } };

describe("the DELIVER message", () => {
  it("carries the recipe's conditions on answers, which need no table later", async () => {
    expect((await routed(BRAZE)).DELIVER.messages).toEqual([
      expect.objectContaining({
        target: "it",
        auth: { type: "bearer", secret: "BRAZE_API_KEY" },
        answers: {
          success: [
            { path: "body.message", op: "eq", value: "success" },
            { path: "body.errors.0", op: "exists", value: false },
          ],
          retry: [],
          permanent: [],
        },
      }),
    ]);
  });

  it("of a target with a request of its own carries none", async () => {
    const [message, ...more] = (await routed(OWN)).DELIVER.messages;
    expect(more).toEqual([]);
    expect(message).toMatchObject({ target: "it" });
    expect(message).not.toHaveProperty("answers");
  });
});

describe("an answer", () => {
  const FAILED = { state: "failed", reason: "answer_rejected", attempts_made: 1, due_at: null };
  const DELIVERED = { state: "delivered", reason: null };

  it.each<[string, object, number, string, Fate, object]>([
    ["200 and fail is none of Braze's success", BRAZE, 200, '{"message":"fail"}', "ack", FAILED],
    ["201 and success is", BRAZE, 201, '{"message":"success","events_processed":1}', "ack", DELIVERED],
    ["201 and success with an error is not", BRAZE, 201, '{"message":"success","errors":[{"index":0}]}', "ack", FAILED],
    ["200 and not ok is none of Slack's", SLACK, 200, '{"ok":false,"error":"channel_not_found"}', "ack", FAILED],
    [
      "200 and an error that passes is asked again",
      SLACK,
      200,
      '{"ok":false,"error":"ratelimited"}',
      { delaySeconds: 10 },
      { state: "scheduled", reason: "target_unavailable" },
    ],
    [
      "500 for a wrong key is not asked again",
      MANDRILL,
      500,
      '{"status":"error","code":-1,"name":"Invalid_Key"}',
      "ack",
      { state: "failed", reason: "target_rejected" },
    ],
    [
      "500 for anything else is",
      MANDRILL,
      500,
      '{"status":"error","name":"GeneralError"}',
      { delaySeconds: 10 },
      { state: "scheduled", reason: "target_unavailable" },
    ],
    ["200 and fail is as good as any 2xx to a request of one's own", OWN, 200, '{"message":"fail"}', "ack", DELIVERED],
  ])("%s", async (_name, target, status, text, fate, row) => {
    const [fates, rows] = await deliver(target, status, text);
    expect(fates).toEqual([fate]);
    expect(rows).toMatchObject([row]);
  });
});

describe("a signed webhook", () => {
  const NEW = "whsec_bmV3IGtleSBvZiB0aGlydHkgYnl0ZXMgYW5kIHR3bw==";
  const OLD = "whsec_b2xkIGtleSBvZiB0aGlydHkgYnl0ZXMgYW5kIHR3bw==";
  const HOOK = { recipe: "webhook", settings: { host: "hooks.shop.example", path: "events" } };
  const verified = (key: string, { headers, body }: Call): unknown => new Webhook(key).verify(body, headers);

  it("is verified by the package of the specification, while a key is replaced with either", async () => {
    // The package compares the attempt's time with the clock.
    vi.useFakeTimers({ now: SENT_AT + 2_000, toFake: ["Date"] });
    try {
      const target = { ...HOOK, secrets: { previous_signing_key: "WEBHOOK_OLD_KEY" } };
      const env = await routed(target, { WEBHOOK_SIGNING_KEY: NEW, WEBHOOK_OLD_KEY: OLD });
      const [call, ...more] = await callsOf(env);
      if (call === undefined) throw new Error("nothing was called");
      expect(more).toEqual([]);
      expect(verified(NEW, call)).toMatchObject({ type: "redemption.succeeded" });
      expect(verified(OLD, call)).toEqual(JSON.parse(call.body));
      expect(() => verified(NEW, { ...call, body: `${call.body} ` })).toThrow("No matching signature");
    } finally {
      vi.useRealTimers();
    }
  });

  it("is not sent unsigned when its key is not set", async () => {
    const env = await routed(HOOK);
    expect(await callsOf(env)).toEqual([]);
    expect(await rowsOf("deliveries")).toMatchObject([{ reason: "secret_missing", attempts_made: 0 }]);
  });
});

/** The calls that the messages of a DELIVER queue come to. */
async function callsOf(env: TestBindings): Promise<Call[]> {
  const calls = mockTarget(200);
  const messages = env.DELIVER.messages.map((message) => createMessage(message));
  await consumeDeliver(createBatch(messages), env, { now: () => SENT_AT + 2_000, random: () => 0.5, lane: "fast" });
  return calls;
}
