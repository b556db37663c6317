// v2024-01-01: what a sendout is understood as.

import { describe, expect, it } from "vitest";
import { normalise } from "../../../src/voucherify/normalise.ts";
import { createSendout, type SendoutOverrides } from "../../fixtures/sendout.ts";
import { bytes } from "../bytes.ts";
import { json, sendoutWithout, understand } from "./bodies.ts";

function normaliseSendout(overrides: SendoutOverrides) {
  return understand(createSendout(overrides));
}

describe("normalise", () => {
  it("understands a project webhook", () => {
    const sendout = createSendout();
    expect(normalise(json(sendout))).toEqual({
      ok: true,
      value: {
        shape: "project webhook",
        version: "v2024-01-01",
        type: "redemption.succeeded",
        label: null,
        source: { kind: "webhook", id: "wh_5a11ce0ffee0000001" },
        sendoutRef: sendout.id,
        eventRef: sendout.event.id,
        projectId: "proj_lantern",
        groupId: sendout.event.group_id,
        occurredAt: Date.UTC(2026, 9, 5, 8, 15, 30, 250),
        customer: {
          id: "cust_lantern1",
          sourceId: "crm-1042",
          email: "zoe@example.com",
          foundAt: "data.customer",
        },
        stack: "redeemable",
        dedupeKey: `proj_lantern:${sendout.id}`,
        dedupeBy: "sendout id",
        orderKey: "cust_lantern1",
        envelope: sendout,
        unknown: [],
        received: sendout,
      },
    });
  });

  it("tells test sendouts, which all have the same made-up id, apart by their bytes", () => {
    const event = normaliseSendout({ id: "whs_000000000000000000" });
    expect(event).toMatchObject({ sendoutRef: "whs_000000000000000000", dedupeKey: null, dedupeBy: "body" });
    expect(normaliseSendout({ id: "whs_000000000000000001" })).toMatchObject({ dedupeBy: "sendout id" });
  });

  it.each([
    ["an empty type", ""],
    ["a free text as type", "Voucher-redeemed, finally!"],
    ["the type of another event", "voucher.created"],
  ])("routes a distribution with %s by its event's type", (_name, type) => {
    const event = normaliseSendout({
      type,
      source: { id: "distr_5a11ce0ffee0000003", object: "distribution" },
      event: { type: "customer.segment.entered" },
    });
    expect(event.type).toBe("customer.segment.entered");
    expect(event.source).toEqual({ kind: "distribution", id: "distr_5a11ce0ffee0000003" });
    expect(event.envelope["type"]).toBe(type);
    expect(event).toMatchObject({ shape: "distribution", label: type });
  });

  it("passes on event types and kinds of source that nobody has heard of", () => {
    const event = normaliseSendout({
      event: { type: "lantern.lit" },
      source: { object: "carrier_pigeon", id: "cp-1" },
    });
    expect(event.type).toBe("lantern.lit");
    expect(event.source).toEqual({ kind: "carrier_pigeon", id: "cp-1" });
    expect(event.shape).toBe("other source");
  });

  it.each([
    ["customer.entered.segment", "customer.segment.entered"],
    ["loyalty_card.pending_points.updated", "customer.voucher.loyalty_card.pending_points.updated"],
    ["customer.rewarded.main", "customer.rewarded"],
    ["campaign.promotion.tier.deleted", "campaign.promotion_tier.deleted"],
  ])("routes %s by its name of today, %s, and leaves the envelope as it came", (type, canonical) => {
    const event = normaliseSendout({ event: { type } });
    expect(event.type).toBe(canonical);
    expect(event.envelope).toMatchObject({ event: { type } });
  });

  it("orders by the customer, by their own id, or by the voucher, or not at all", () => {
    const voucher = { code: "AUTUMN-15", id: "v_1" };
    const orderKey = (data: Record<string, unknown>) => normaliseSendout({ data }).orderKey;
    expect(orderKey({ customer: { id: "cust_1", source_id: "crm-1" }, voucher })).toBe("cust_1");
    expect(orderKey({ customer: { id: null, source_id: "crm-1" }, voucher })).toBe("crm-1");
    expect(orderKey({ customer: { email: "zoe@example.com" }, voucher })).toBe("zoe@example.com");
    expect(orderKey({ voucher })).toBe("AUTUMN-15");
    expect(orderKey({ voucher: { id: "v_1" } })).toBe("v_1");
    expect(orderKey({ voucher: { code: "" } })).toBeNull();
    expect(orderKey({})).toBeNull();
  });

  it("does without event.entity_id, target_url and event_source", () => {
    for (const path of ["event.entity_id", "source.target_url", "event.event_source"]) {
      expect(normalise(json(sendoutWithout(path)))).toMatchObject({
        ok: true,
        value: { type: "redemption.succeeded" },
      });
    }
  });

  it("has no group when the event names none", () => {
    const sendout = createSendout();
    expect(normalise(json(sendoutWithout("event.group_id")))).toMatchObject({ ok: true, value: { groupId: null } });
    expect(normalise(json({ ...sendout, event: { ...sendout.event, group_id: null } }))).toMatchObject({
      ok: true,
      value: { groupId: null },
    });
  });

  it("keeps unknown keys in the envelope, at every level", () => {
    const sendout = createSendout({ data: { anything: [1, { at: "all" }] } });
    const extended = {
      ...sendout,
      surprise: { nested: true },
      source: { ...sendout.source, region: "eu1" },
      event: { ...sendout.event, category: "EFFECT" },
    };
    expect(normalise(json(extended))).toMatchObject({ ok: true, value: { envelope: extended } });
  });

  it.each([
    ["an instant", "2026-10-05T08:15:30.250999Z", Date.UTC(2026, 9, 5, 8, 15, 30, 250)],
    ["words", "last Tuesday", null],
    ["nothing", "", null],
  ])("reads when the event happened from %s", (_name, created_at, occurredAt) => {
    expect(normaliseSendout({ created_at: "2000-01-01", event: { created_at } }).occurredAt).toBe(occurredAt);
  });

  it("gives a sendout the same dedupe key however its bytes are written, and another sendout another", () => {
    const sendout = createSendout();
    const compact = normalise(json(sendout));
    const pretty = normalise(bytes(`\ufeff${JSON.stringify(sendout, null, 2)}`));
    expect(compact).toEqual(pretty);
    expect(compact.ok && compact.value.dedupeKey).toBe(`proj_lantern:${sendout.id}`);
    expect(normaliseSendout({ project_id: "proj_other", id: sendout.id }).dedupeKey).toBe(`proj_other:${sendout.id}`);
  });

  it("keeps __proto__ in data as data", () => {
    const text = JSON.stringify(createSendout({ data: { here: 1 } })).replace(
      '{"here":1}',
      '{"__proto__":{"polluted":true},"constructor":1}',
    );
    const result = normalise(bytes(text));
    expect(result.ok && JSON.stringify(result.value.envelope)).toBe(text);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });
});
