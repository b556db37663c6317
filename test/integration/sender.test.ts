// The sender that stands in for Voucherify, against a real HTTP target: what it posts, what it takes for a success, when
// it tries again. A day of retries takes a moment.

import { createHmac } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { EVENT_TYPES, findEvent } from "../../src/voucherify/catalogue.ts";
import { normalise } from "../../src/voucherify/normalise.ts";
import { startTarget, status, type Behaviour, type Target } from "./target.ts";
import { createVoucherify, DAY_MS, MINUTE_MS, PROJECT_SECRET, START, valueOf } from "./voucherify.ts";

let target: Target;

beforeAll(async () => {
  target = await startTarget();
});

afterAll(async () => target.stop());

beforeEach(() => {
  target.requests.length = 0;
  target.behave(status(204));
});

const hang: Behaviour = () => undefined;

const setUp = (options: { timeoutMs?: number } = {}) => createVoucherify({ targetUrl: `${target.url}/in`, ...options });

describe("an event", () => {
  it("is posted in the envelope of a project webhook, signed, with the webhook's own headers", async () => {
    const { registry, sender, webhook } = setUp();
    const { id } = webhook({ headers: { "x-tenant": "lantern" } });
    const sendout = valueOf(await sender.send(id, { event: "redemption.succeeded" }));
    const [request] = target.requests;
    expect(request).toMatchObject({
      method: "POST",
      path: "/in",
      headers: {
        "content-type": "application/json",
        "x-tenant": "lantern",
        "x-voucherify-signature": createHmac("sha256", PROJECT_SECRET)
          .update(request?.body ?? "")
          .digest("hex"),
      },
    });
    expect(JSON.parse(request?.body ?? "")).toMatchObject({
      id: expect.stringMatching(/^whs_[0-9a-f]{18}$/),
      project_id: registry.projectId,
      created_at: "2026-11-22T08:00:00.000Z",
      type: "redemption.succeeded",
      data: { redemption: { object: "redemption" } },
      source: { id, object: "webhook", target_url: `${target.url}/in` },
      event: {
        id: expect.stringMatching(/^evred_[0-9a-f]{18}$/),
        type: "redemption.succeeded",
        created_at: "2026-11-22T08:00:00.000Z",
        group_id: expect.stringMatching(/^v-[0-9a-f]{18}$/),
      },
    });
    expect(sendout).toMatchObject({ status: "sent", type: "redemption.succeeded", eventCreatedAt: sendoutTime });
  });

  const sendoutTime = "2026-11-22T08:00:00.000Z";

  it("of a distribution has the marketer's label as its type, and data of one's own when there is any", async () => {
    const { sender, distribution } = setUp();
    const { id } = distribution({ label: "Send the code" });
    valueOf(await sender.send(id, { event: "customer.segment.entered", data: { designed: [1] } }));
    expect(JSON.parse(target.requests[0]?.body ?? "")).toMatchObject({
      type: "Send the code",
      data: { designed: [1] },
      source: { id: expect.stringMatching(/^distr_/), object: "distribution" },
      event: { type: "customer.segment.entered" },
    });
  });

  it.each(["project", "distribution"] as const)("of any type that a %s can choose is understood", async (kind) => {
    const { sender, webhook, distribution } = setUp();
    const types = EVENT_TYPES.filter((type) => findEvent(type)?.selectable[kind]);
    const { id } = kind === "project" ? webhook({ events: types }) : distribution();
    for (const event of types) valueOf(await sender.send(id, { event }));
    const understood = sender.log().map(({ body }) => valueOf(normalise(body)).type);
    expect(understood).toEqual(types);
    expect(understood).toHaveLength({ project: 61, distribution: 27 }[kind]);
  });
});

describe("a ready body", () => {
  it.each([
    ["text", '{ "a": 1.0 }\n', '{ "a": 1.0 }\n'],
    ["bytes", new TextEncoder().encode('{"b":"ż"}'), '{"b":"ż"}'],
    ["an object", { c: [1, "x y"] }, '{"c":[1,"x y"]}'],
    ["nothing at all", "", ""],
  ])("of %s is posted and signed as it is", async (_name, body, expected) => {
    const { send, webhook } = setUp();
    await send(webhook({ secret: "another-secret" }).id, body);
    const signature = createHmac("sha256", "another-secret").update(expected).digest("hex");
    expect(target.requests).toMatchObject([{ body: expected, headers: { "x-voucherify-signature": signature } }]);
  });

  it("may have headers of its own, but not another signature", async () => {
    const { sender, webhook } = setUp();
    const headers = { "content-encoding": "gzip", "X-Voucherify-Signature": "forged", "Content-Type": "text/plain" };
    await sender.send(webhook().id, { body: "{}", headers });
    expect(target.requests[0]?.headers).toMatchObject({
      "content-encoding": "gzip",
      "content-type": "application/json",
      "x-voucherify-signature": createHmac("sha256", PROJECT_SECRET).update("{}").digest("hex"),
    });
  });

  it("that is sent twice makes two sendouts", async () => {
    const { sender, send, webhook } = setUp();
    const { id } = webhook();
    const [first, second] = await Promise.all([send(id, { id: "whs_1" }), send(id, { id: "whs_1" })]);
    expect(first.id).toBe("whs_1");
    expect(second.id).toMatch(/^whs_[0-9a-f]{18}$/);
    expect(sender.log()).toEqual([first, second]);
  });
});

describe("nothing is sent", () => {
  it.each([
    ["by a source that is not there", {}, { body: "{}" }, "wh_gone", "source_unknown"],
    ["by a webhook that is not active", { active: false }, { body: "{}" }, undefined, "source_stopped"],
    ["about an event that the webhook does not want", {}, { event: "voucher.created" }, undefined, "event_unwanted"],
    ["about an event without data or an example", { events: ["a.b"] }, { event: "a.b" }, undefined, "event_unknown"],
  ])("%s", async (_name, settings, content, sourceId, reason) => {
    const { sender, webhook } = setUp();
    const { id } = webhook(settings);
    expect(await sender.send(sourceId ?? id, content)).toMatchObject({ ok: false, reason });
    expect(target.requests).toEqual([]);
    expect(sender.log()).toEqual([]);
  });
});

describe("a try", () => {
  it.each([
    [200, "sent"],
    [202, "sent"],
    [299, "sent"],
    [301, "being retried"],
    [302, "being retried"],
    [307, "being retried"],
    [400, "being retried"],
    [401, "being retried"],
    [410, "being retried"],
    [429, "being retried"],
    [500, "being retried"],
    [503, "being retried"],
  ])("that is answered %i leaves the sendout %s, and follows no redirect", async (code, expected) => {
    target.behave(status(code, { location: `${target.url}/elsewhere`, "retry-after": "1" }));
    const { send, webhook } = setUp();
    const sendout = await send(webhook().id);
    expect(sendout).toMatchObject({
      status: expected,
      dueAt: expected === "sent" ? null : START + MINUTE_MS,
      attempts: [{ at: START, by: "schedule", status: code, answer: `status ${code}` }],
    });
    expect(target.to("/elsewhere")).toEqual([]);
  });

  it.each<[string, Behaviour]>([
    ["does not begin", hang],
    ["does not end", (res) => void res.writeHead(200).write("{")],
  ])("whose answer %s in time fails", async (_name, behaviour) => {
    target.behave(behaviour);
    const { send, webhook } = setUp({ timeoutMs: 50 });
    expect(await send(webhook().id)).toMatchObject({
      status: "being retried",
      attempts: [{ error: "timeout", detail: "no complete answer within 50 ms" }],
    });
  });

  it("has ten seconds by default", async () => {
    const timeout = vi.spyOn(AbortSignal, "timeout");
    const { send, webhook } = setUp();
    await send(webhook().id);
    expect(timeout.mock.calls).toEqual([[10_000]]);
    timeout.mockRestore();
  });

  it("that reaches nobody fails", async () => {
    const gone = await startTarget();
    await gone.stop();
    const { send, webhook } = setUp();
    const sendout = await send(webhook({ targetUrl: gone.url }).id);
    expect(sendout).toMatchObject({
      status: "being retried",
      attempts: [{ error: "unreachable", detail: expect.stringContaining("ECONNREFUSED") }],
    });
  });
});

describe("the schedule", () => {
  it("has twelve retries, each at its own distance from the first try, with the same bytes and signature", async () => {
    target.behave(status(500));
    const { send, webhook, pass } = setUp();
    const sendout = await send(webhook().id, '{"id":"whs_same", "n": 1.0}');
    await pass(7 * DAY_MS);
    expect(sendout.attempts.map(({ at }) => (at - START) / MINUTE_MS)).toEqual([
      0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1440,
    ]);
    expect(sendout).toMatchObject({ id: "whs_same", status: "failed", dueAt: null });
    expect(target.requests).toHaveLength(13);
    const sent = target.requests.map(({ body, headers }) => `${String(headers["x-voucherify-signature"])} ${body}`);
    expect([...new Set(sent)]).toEqual([expect.stringMatching(/^[0-9a-f]{64} \{"id":"whs_same", "n": 1\.0\}$/)]);
  });

  it("ends with the first success", async () => {
    target.behave((res, request, count) => status(count < 4 ? 503 : 200)(res, request, count));
    const { send, webhook, pass, sender } = setUp();
    const sendout = await send(webhook().id);
    await pass(DAY_MS);
    expect(sendout).toMatchObject({ status: "sent", dueAt: null });
    expect(sendout.attempts.map((attempt) => "status" in attempt && attempt.status)).toEqual([503, 503, 503, 200]);
    expect(sender.nextDueAt()).toBeUndefined();
  });

  it("makes no try before it is due", async () => {
    target.behave(status(500));
    const { send, webhook, pass, sender } = setUp();
    await send(webhook().id);
    await pass(MINUTE_MS - 1);
    expect(target.requests).toHaveLength(1);
    expect(sender.nextDueAt()).toBe(START + MINUTE_MS);
    await pass(1);
    expect(target.requests).toHaveLength(2);
  });
});

describe("a retry by hand", () => {
  it("sends a failed sendout again, the same bytes under the secret of now", async () => {
    target.behave(status(401));
    const { send, webhook, registry, sender, pass } = setUp();
    const { id } = webhook({ secret: "mistyped" });
    const sendout = await send(id, '{"id":"whs_hand"}');
    await pass(DAY_MS);
    registry.editWebhook(id, { secret: PROJECT_SECRET, active: true });
    target.behave(status(204));
    expect(await sender.retry("whs_hand")).toEqual({ ok: true, value: sendout });
    expect(sendout).toMatchObject({ status: "sent" });
    expect(sendout.attempts.at(-1)).toEqual({ at: START + DAY_MS, by: "hand", status: 204, answer: "" });
    expect(target.requests.at(-1)).toMatchObject({
      body: '{"id":"whs_hand"}',
      headers: {
        "x-voucherify-signature": createHmac("sha256", PROJECT_SECRET).update('{"id":"whs_hand"}').digest("hex"),
      },
    });
  });

  it("that fails leaves the schedule as it was", async () => {
    target.behave(status(500));
    const { send, webhook, sender, pass } = setUp();
    const sendout = await send(webhook().id);
    await pass(30_000);
    valueOf(await sender.retry(sendout.id));
    expect(sendout).toMatchObject({ status: "being retried", dueAt: START + MINUTE_MS });
    expect(sendout.attempts.map(({ at, by }) => [at - START, by])).toEqual([
      [0, "schedule"],
      [30_000, "hand"],
    ]);
    await pass(30_000);
    expect(sendout).toMatchObject({ status: "being retried", dueAt: START + 2 * MINUTE_MS });
  });

  it("is for sendouts that exist and were not sent", async () => {
    const { send, webhook, sender } = setUp();
    const sendout = await send(webhook().id);
    expect(await sender.retry(sendout.id)).toMatchObject({ ok: false, reason: "sendout_sent" });
    expect(await sender.retry("whs_gone")).toMatchObject({ ok: false, reason: "sendout_unknown" });
  });
});

describe("custom headers", () => {
  it.each(["X-Tenant", "x_tenant", "x tenant", ""])("named %j are refused", (name) => {
    expect(() => setUp().distribution({ headers: { [name]: "1" } })).toThrow(RangeError);
  });
});
