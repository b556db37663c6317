// Bodies that are not understood: the place and the expectation are named, and nothing of the content.

import { describe, expect, it } from "vitest";
import { normalise } from "../../../src/voucherify/normalise.ts";
import { createSendout } from "../../fixtures/sendout.ts";
import { bytes } from "../bytes.ts";
import { json, sendoutWithout } from "./bodies.ts";

const MISSING =
  "no envelope around the data (a distribution with Raw payload ticked); state the inlet's event in the routing table";

describe("normalise", () => {
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
