// When the sender that stands in for Voucherify has had enough, and what becomes of a source that was stopped.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { SwitchOffRule } from "../voucherify/patience.ts";
import { startTarget, status, type Target } from "./target.ts";
import { createVoucherify, DAY_MS, MINUTE_MS } from "./voucherify.ts";

let target: Target;

beforeAll(async () => {
  target = await startTarget();
});

afterAll(async () => target.stop());

beforeEach(() => {
  target.requests.length = 0;
  target.behave(status(500));
});

const setUp = (switchOff?: SwitchOffRule) =>
  createVoucherify({ targetUrl: target.url, ...(switchOff !== undefined && { switchOff }) });

describe("a source is stopped", () => {
  it.each(["sendout", "in a row"] as const)(
    "when one sendout's twelfth retry has failed, and not before (%s)",
    async (switchOff) => {
      const { send, webhook, registry, pass } = setUp(switchOff);
      const { id } = webhook();
      await send(id);
      await pass(DAY_MS - 1);
      expect(registry.webhook(id)?.active).toBe(true);
      await pass(1);
      expect(registry.webhook(id)?.active).toBe(false);
    },
  );

  it("a distribution is paused", async () => {
    const { send, distribution, registry, pass } = setUp();
    const { id } = distribution();
    await send(id);
    await pass(DAY_MS);
    expect(registry.find(id)).toMatchObject({ object: "distribution", paused: true });
  });

  it.each([
    ["in a row", false],
    ["sendout", true],
  ] as const)("by twelve sendouts in a row, when that counts: %s", async (switchOff, active) => {
    const { send, webhook, registry } = setUp(switchOff);
    const { id } = webhook();
    for (let count = 1; count <= 11; count++) await send(id);
    expect(registry.webhook(id)?.active).toBe(true);
    await send(id);
    expect(registry.webhook(id)?.active).toBe(active);
  });

  it("by two sendouts whose tries together are twelve in a row", async () => {
    const { send, webhook, registry, pass } = setUp();
    const { id } = webhook();
    await Promise.all([send(id), send(id)]);
    await pass(16 * MINUTE_MS - 1);
    expect([target.requests.length, registry.webhook(id)?.active]).toEqual([10, true]);
    await pass(1);
    expect([target.requests.length, registry.webhook(id)?.active]).toEqual([12, false]);
  });

  it("not by eleven failures, a success and eleven more, nor by those of another source", async () => {
    const { send, webhook, registry } = setUp();
    const [one, other] = [webhook(), webhook()];
    const fail = async (id: string, times: number) => {
      target.behave(status(500));
      for (let count = 0; count < times; count++) await send(id);
      target.behave(status(204));
    };
    await fail(one.id, 11);
    await fail(other.id, 11);
    await send(one.id);
    await fail(one.id, 11);
    expect(registry.webhooks().map(({ active }) => active)).toEqual([true, true]);
  });
});

describe("a source that was stopped", () => {
  it("sends nothing more: what is pending fails, what happens meanwhile is not kept", async () => {
    const { send, webhook, registry, sender, pass } = setUp();
    const { id } = webhook();
    const sendout = await send(id);
    registry.switchOff(id);
    expect(sendout).toMatchObject({ status: "failed", dueAt: null });
    expect(await sender.send(id, { body: "{}" })).toMatchObject({ ok: false, reason: "source_stopped" });
    expect(await sender.retry(sendout.id)).toMatchObject({ ok: false, reason: "source_stopped" });
    registry.switchOn(id);
    await pass(DAY_MS);
    expect(target.requests).toHaveLength(1);
    expect(sender.log()).toEqual([sendout]);
  });

  it("sends again once it is switched on, with all its patience", async () => {
    const { send, webhook, registry } = setUp();
    const { id } = webhook();
    for (let count = 0; count < 12; count++) await send(id);
    registry.switchOn(id);
    for (let count = 0; count < 11; count++) await send(id);
    expect(registry.webhook(id)?.active).toBe(true);
    target.behave(status(204));
    expect(await send(id)).toMatchObject({ status: "sent" });
  });

  it("does not retry a sendout whose first try was under way", async () => {
    const { send, webhook, registry, sender } = setUp();
    const { id } = webhook();
    target.behave((res, request, count) => {
      registry.switchOff(id);
      registry.switchOn(id);
      status(500)(res, request, count);
    });
    expect(await send(id)).toMatchObject({ status: "failed", dueAt: null });
    expect(sender.nextDueAt()).toBeUndefined();
  });
});
