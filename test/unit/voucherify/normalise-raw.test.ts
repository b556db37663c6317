// Raw payloads: a body without an envelope, of an inlet that says which event it is.

import { describe, expect, it } from "vitest";
import { exampleSendout } from "../../../src/voucherify/examples.ts";
import { normalise } from "../../../src/voucherify/normalise.ts";
import { createSendout } from "../../fixtures/sendout.ts";
import { bytes } from "../bytes.ts";
import { json, nullsOf } from "./bodies.ts";

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
    expect(normalised.value.unknown.toSorted()).toEqual(nullsOf(normalised.value.envelope).toSorted());
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
