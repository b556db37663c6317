import { describe, expect, it } from "vitest";
import { normalise } from "../../../src/voucherify/normalise.ts";
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

describe("normalise", () => {
  it("understands a project webhook", () => {
    const sendout = createSendout();
    expect(normalise(json(sendout))).toEqual({
      ok: true,
      value: {
        type: "redemption.succeeded",
        source: { kind: "webhook", id: "wh_5a11ce0ffee0000001" },
        sendoutRef: sendout.id,
        eventRef: sendout.event.id,
        projectId: "proj_lantern",
        groupId: sendout.event.group_id,
        occurredAt: Date.UTC(2026, 9, 5, 8, 15, 30, 250),
        dedupeKey: `proj_lantern:${sendout.id}`,
        envelope: sendout,
      },
    });
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
    expect(event.envelope.type).toBe(type);
  });

  it("passes on event types and kinds of source that nobody has heard of", () => {
    const event = normaliseSendout({
      event: { type: "lantern.lit" },
      source: { object: "carrier_pigeon", id: "cp-1" },
    });
    expect(event.type).toBe("lantern.lit");
    expect(event.source).toEqual({ kind: "carrier_pigeon", id: "cp-1" });
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
    ["milliseconds", "2026-10-05T08:15:30.250Z", Date.UTC(2026, 9, 5, 8, 15, 30, 250)],
    ["microseconds", "2026-10-05T08:15:30.250999Z", Date.UTC(2026, 9, 5, 8, 15, 30, 250)],
    ["whole seconds", "2026-10-05T08:15:30Z", Date.UTC(2026, 9, 5, 8, 15, 30)],
    ["an offset", "2026-10-05T10:15:30.250+02:00", Date.UTC(2026, 9, 5, 8, 15, 30, 250)],
    ["one digit of a second", "2026-10-05T08:15:30.2Z", Date.UTC(2026, 9, 5, 8, 15, 30, 200)],
    ["hours and minutes", "2026-10-05T08:15Z", Date.UTC(2026, 9, 5, 8, 15)],
    ["an offset to the west", "2026-10-05T03:15:30-05:00", Date.UTC(2026, 9, 5, 8, 15, 30)],
    ["an offset without a colon", "2026-10-05T10:15:30+0200", Date.UTC(2026, 9, 5, 8, 15, 30)],
    ["a date alone", "2026-10-05", Date.UTC(2026, 9, 5)],
    ["words", "last Tuesday", null],
    ["words with a number", "version 5", null],
    ["a number", "5", null],
    ["milliseconds since 1970", "1791188130250", null],
    ["a year", "2026", null],
    ["a month", "2026-10", null],
    ["an American date", "10/05/2026", null],
    ["an HTTP date", "Mon, 05 Oct 2026 08:15:30 GMT", null],
    ["a space for the T", "2026-10-05 08:15:30Z", null],
    ["a date with an offset alone", "2026-10-05Z", null],
    ["words before a date", "version 2026-10-05", null],
    ["a line feed after it", "2026-10-05T08:15:30Z\n", null],
    ["an hour that does not exist", "2026-10-05T25:15:30Z", null],
    ["a month that does not exist", "2026-13-05T08:15:30.250Z", null],
    ["nothing", "", null],
  ])("reads when the event happened from %s", (_name, created_at, occurredAt) => {
    expect(normaliseSendout({ event: { created_at } }).occurredAt).toBe(occurredAt);
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
    expect(normalise(json(createSendout()), "gzip")).toMatchObject({ ok: false, reason: "body_compressed" });
    expect(normalise(json(createSendout()), "Identity")).toMatchObject({ ok: true });
  });

  it("tells a v2018-08-01 body from a broken one", () => {
    const legacy = {
      id: "event_5a11ce0ffee0000004",
      object: "event",
      webhook_id: null,
      project_id: "proj_lantern",
      created_at: "2018-10-05T08:15:30Z",
      type: "redemption.succeeded",
      data: { object: { id: "r_1", object: "redemption" }, previous_attributes: {}, related_object: null },
      metadata: {},
    };
    expect(normalise(json(legacy))).toEqual({
      ok: false,
      reason: "envelope_legacy",
      detail: "a v2018-08-01 body; this release reads v2024-01-01",
    });
  });

  it.each([
    ["a designed object", { name: "Zoë", code: "AUTUMN-15" }],
    ["an empty object", {}],
    ["an object that has an id and a type", { id: "whs_1", project_id: "p", created_at: "", type: "x", data: {} }],
  ])("tells a raw payload without an envelope: %s", (_name, body) => {
    expect(normalise(json(body))).toEqual({
      ok: false,
      reason: "envelope_missing",
      detail: "no envelope around the data (a distribution with Raw payload ticked)",
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
