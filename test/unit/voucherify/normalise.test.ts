import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EVENT_TYPES } from "../../../src/voucherify/catalogue.ts";
import {
  exampleCampaignNotification,
  exampleSendout,
  type CampaignNotificationKind,
} from "../../../src/voucherify/examples.ts";
import { normalise } from "../../../src/voucherify/normalise.ts";
import { isJsonObject, type JsonObject } from "../../../src/voucherify/read-json.ts";
import { createSendout, type SendoutOverrides } from "../../fixtures/sendout.ts";
import { bytes } from "../bytes.ts";

function json(value: unknown): Uint8Array {
  return bytes(JSON.stringify(value));
}

function normaliseSendout(overrides: SendoutOverrides) {
  const result = normalise(json(createSendout(overrides)));
  if (!result.ok) throw new Error(result.detail);
  return result.value;
}

/** A sendout without the value at a path of one or two names. */
function sendoutWithout(path: string): unknown {
  const sendout = createSendout();
  const [first = "", second] = path.split(".");
  if (second === undefined) Reflect.deleteProperty(sendout, first);
  else Reflect.deleteProperty(Reflect.get(sendout, first), second);
  return sendout;
}

const MISSING =
  "no envelope around the data (a distribution with Raw payload ticked); state the inlet's event in the routing table";

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

  it.each([
    ["body_empty", bytes("")],
    ["body_not_utf8", Uint8Array.of(0xff, 0xfe)],
    ["body_too_deep", bytes("[".repeat(65))],
    ["body_not_json", bytes("{")],
    ["body_not_object", bytes("[]")],
  ])("hands on %s from reading", (reason, body) => {
    expect(normalise(body)).toMatchObject({ ok: false, reason });
  });

  it("hands on body_compressed from reading", () => {
    expect(normalise(json(createSendout()), { contentEncoding: "gzip" })).toMatchObject({
      ok: false,
      reason: "body_compressed",
    });
    expect(normalise(json(createSendout()), { contentEncoding: "Identity" })).toMatchObject({ ok: true });
  });

  it.each([
    ["a designed object", { name: "Zoë", code: "AUTUMN-15" }],
    ["an empty object", {}],
    ["an object that has an id and a type", { id: "whs_1", project_id: "p", created_at: "", type: "x", data: {} }],
  ])("tells a raw payload without an envelope: %s", (_name, body) => {
    expect(normalise(json(body))).toEqual({
      ok: false,
      reason: "envelope_missing",
      detail: MISSING,
    });
  });

  it.each([
    "id",
    "project_id",
    "created_at",
    "type",
    "data",
    "source",
    "source.id",
    "source.object",
    "event",
    "event.id",
    "event.type",
    "event.created_at",
  ])("names the place when %s is missing", (path) => {
    expect(normalise(json(sendoutWithout(path)))).toEqual({
      ok: false,
      reason: "envelope_invalid",
      detail: `${path}: this is missing`,
    });
  });

  it.each([
    ["id", { id: 7 }, "id: expected string"],
    ["type", { type: null }, "type: expected string"],
    ["event", { event: null }, "event: expected Object"],
    ["event.type", { event: { ...createSendout().event, type: ["x"] } }, "event.type: expected string"],
    ["source", { source: "wh_1" }, "source: expected Object"],
  ])("names the place and the expectation when %s is of another type", (_name, wrong, detail) => {
    expect(normalise(json({ ...createSendout(), ...wrong }))).toEqual({
      ok: false,
      reason: "envelope_invalid",
      detail,
    });
  });

  it.each([
    ["id", { id: "" }, "id: must not be empty"],
    ["project_id", { project_id: "" }, "project_id: must not be empty"],
    ["event.type", { event: { ...createSendout().event, type: "" } }, "event.type: must not be empty"],
    ["data", { data: [1] }, "data: must be an object"],
    ["data", { data: null }, "data: must be an object"],
    ["data", { data: "{}" }, "data: must be an object"],
  ])("refuses a useless value of %s: %j", (_name, wrong, detail) => {
    expect(normalise(json({ ...createSendout(), ...wrong }))).toEqual({
      ok: false,
      reason: "envelope_invalid",
      detail,
    });
  });

  it.each([
    ["a raw payload", { code: "HUSH-1234" }],
    ["a legacy body", { object: "event", id: "HUSH-1234", data: { code: "HUSH-1234" } }],
    ["a wrong type", { ...createSendout(), id: ["HUSH-1234"] }],
    ["a wrong object", { ...createSendout(), event: "HUSH-1234" }],
    ["wrong data", { ...createSendout(), data: "HUSH-1234" }],
  ])("never repeats the content of %s", (_name, body) => {
    const result = normalise(json(body));
    expect(result.ok).toBe(false);
    expect(JSON.stringify(result)).not.toContain("HUSH");
  });
});

describe("a raw payload, when the inlet says what to expect", () => {
  const designed = { name: "Zoë", voucher: { code: "AUTUMN-15" }, customer: { id: "cust_mira" } };

  it("is understood as that event, from that distribution", () => {
    const expected = { event: "customer.publication.succeeded", source: "distr_1" };
    expect(normalise(json(designed), { expected })).toEqual({
      ok: true,
      value: {
        shape: "raw payload",
        version: null,
        type: "customer.publication.succeeded",
        label: null,
        source: { kind: "distribution", id: "distr_1" },
        sendoutRef: null,
        eventRef: null,
        projectId: null,
        groupId: null,
        occurredAt: null,
        customer: { id: "cust_mira", sourceId: null, email: null, foundAt: "data.customer" },
        stack: null,
        dedupeKey: null,
        dedupeBy: "body",
        orderKey: "cust_mira",
        received: designed,
        envelope: {
          id: null,
          project_id: null,
          created_at: null,
          type: "customer.publication.succeeded",
          data: designed,
          source: { id: "distr_1", object: "distribution" },
          event: {
            id: null,
            type: "customer.publication.succeeded",
            created_at: null,
            entity_id: null,
            group_id: null,
            event_source: { channel: null },
          },
        },
        unknown: expect.arrayContaining([
          "id",
          "project_id",
          "created_at",
          "event.id",
          "event.created_at",
          "event.entity_id",
          "event.group_id",
        ]),
      },
    });
  });

  it("has no source when the inlet states none", () => {
    expect(normalise(json(designed), { expected: { event: "customer.referred" } })).toMatchObject({
      ok: true,
      value: { source: { kind: null, id: null }, envelope: { source: { id: null, object: null } } },
    });
  });

  it("is routed by today's name of what the inlet expects, heard of or not", () => {
    const typeOf = (event: string) => {
      const normalised = normalise(json(designed), { expected: { event } });
      return normalised.ok && normalised.value.type;
    };
    expect(typeOf("customer.entered.segment")).toBe("customer.segment.entered");
    expect(typeOf("lantern.lit")).toBe("lantern.lit");
  });

  it("lists every null of its envelope as unknown", () => {
    const normalised = normalise(json(designed), { expected: { event: "customer.referred" } });
    if (!normalised.ok) throw new Error(normalised.detail);
    const { data: _, ...around } = normalised.value.envelope;
    expect(normalised.value.unknown.toSorted()).toEqual(nullsOf(around).toSorted());
  });

  it.each([
    ["nothing", {}],
    ["an event and a source of its own", { event: "Voucher given", source: "voucherify", code: "AUTUMN-15" }],
    ["an object of its own", { object: "event", name: "Voucher given" }],
    ["an object and data of its own", { object: "event", data: { code: "AUTUMN-15" } }],
  ])("is understood with %s in it", (_name, body) => {
    expect(normalise(json(body), { expected: { event: "customer.referred" } })).toMatchObject({
      ok: true,
      value: { shape: "raw payload", type: "customer.referred", envelope: { data: body } },
    });
  });

  it.each([
    ["v2024-01-01", createSendout()],
    ["v2018-08-01", exampleSendout("redemption.succeeded", { version: "v2018-08-01" })],
  ])("does not stand in the way of a body of %s", (version, body) => {
    expect(normalise(json(body), { expected: { event: "customer.referred", source: "distr_1" } })).toMatchObject({
      ok: true,
      value: { version, type: "redemption.succeeded" },
    });
  });

  it("keeps hostile keys as data", () => {
    const text = '{"__proto__":{"polluted":true,"customer":{"id":"x"}},"constructor":1}';
    const normalised = normalise(bytes(text), { expected: { event: "customer.referred" } });
    expect(normalised.ok && JSON.stringify(normalised.value.envelope.data)).toBe(text);
    expect(normalised).toMatchObject({ value: { customer: null } });
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });
});

describe("a sendout with a broken envelope", () => {
  it.each(["source", "event"])("is no raw payload without its %s, whatever the inlet expects", (path) => {
    const broken = json(sendoutWithout(path));
    const detail = `${path}: this is missing`;
    expect(normalise(broken)).toEqual({ ok: false, reason: "envelope_invalid", detail });
    expect(normalise(broken, { expected: { event: "customer.referred" } })).toEqual({
      ok: false,
      reason: "envelope_invalid",
      detail,
    });
  });
});

describe("any body like Voucherify's, but with keys dropped and values replaced", () => {
  const NOTIFICATIONS: CampaignNotificationKind[] = ["loyalty_card_assigned", "points_redeemed", "points_earned"];
  const examples = [
    ...EVENT_TYPES.flatMap((type) => [exampleSendout(type), exampleSendout(type, { version: "v2018-08-01" })]),
    ...NOTIFICATIONS.map((kind) => exampleCampaignNotification(kind)),
  ].filter((example) => example !== undefined);

  /** Values that give themselves away wherever they turn up. */
  const replacement = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.constantFrom(null, true, false, "", [], {}),
      fc.string({ unit: "binary" }).map((text) => `${text}HUSH-1234`),
      fc.integer({ min: 123_400, max: 123_499 }).map((number) => number + 0.5),
      fc.constantFrom("2026-10-05", "__proto__", "customer.rewarded", "event"),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(
        fc.constantFrom("id", "object", "type", "data", "data_json", "customer", "voucher", "__proto__", "HUSH-1234"),
        tie("value"),
        { maxKeys: 4 },
      ),
    ),
  })).value;
  const mutation = fc.record({
    place: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    shallow: fc.boolean(),
    value: fc.option(replacement, { nil: undefined, freq: 3 }),
  });

  /** Does one thing to a body: drops a key, or replaces its value. */
  function mutate(body: JsonObject, { place, shallow, value }: { place: number; shallow: boolean; value: unknown }) {
    const slots = [...slotsOf(body, shallow ? 3 : 12)];
    const slot = slots[Math.floor(place * slots.length)];
    if (slot === undefined) return;
    if (value === undefined) Reflect.deleteProperty(slot.owner, slot.key);
    else Object.defineProperty(slot.owner, slot.key, { value, enumerable: true, configurable: true, writable: true });
  }

  it("is understood or refused, and a refusal repeats nothing of it", () => {
    const seen = { understood: 0, refused: 0 };
    fc.assert(
      fc.property(
        fc.constantFrom(...examples),
        fc.array(mutation, { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        (example, mutations, expects) => {
          const body = structuredClone(example);
          for (const change of mutations) mutate(body, change);
          const expected = expects ? { event: "customer.referred" } : undefined;
          const result = normalise(json(body), { expected });
          if (result.ok) {
            seen.understood++;
            const { envelope, unknown, dedupeKey, dedupeBy, type } = result.value;
            for (const path of unknown) expect(valueAt(envelope, path), path).toBeNull();
            expect(dedupeKey === null).toBe(dedupeBy === "body");
            expect(type).not.toBe("");
          } else {
            seen.refused++;
            expect(result.detail).not.toMatch(/HUSH|1234/);
            for (const text of longTextsOf(body)) expect(result.detail).not.toContain(text);
          }
        },
      ),
      { seed: 20_261_122, numRuns: 2_000 },
    );
    expect(Math.min(seen.understood, seen.refused)).toBeGreaterThan(100);
  });
});

function* slotsOf(value: unknown, depth: number): Generator<{ owner: object; key: string }> {
  if (typeof value !== "object" || value === null || depth === 0) return;
  for (const [key, inner] of Object.entries(value)) {
    yield { owner: value, key };
    yield* slotsOf(inner, depth - 1);
  }
}

function valueAt(value: unknown, path: string): unknown {
  return path.split(".").reduce((found, key) => (isJsonObject(found) ? found[key] : undefined), value);
}

/** Texts long enough not to stand in a message by chance. */
function longTextsOf(value: unknown): string[] {
  if (typeof value === "string") return value.length > 10 ? [value] : [];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(longTextsOf) : [];
}

/** Paths that hold null. */
function nullsOf(value: unknown, path = ""): string[] {
  if (value === null) return [path];
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => nullsOf(inner, path === "" ? key : `${path}.${key}`));
}
