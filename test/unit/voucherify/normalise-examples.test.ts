// Every event type of the catalogue, in both payload versions, normalised.

import { describe, expect, it } from "vitest";
import { EVENT_TYPES, findEvent } from "../../../src/voucherify/catalogue.ts";
import { exampleSendout, type ExampleOptions } from "../../../src/voucherify/examples.ts";
import { normalise } from "../../../src/voucherify/normalise.ts";
import { isJsonObject, type JsonObject } from "../../../src/voucherify/read-json.ts";
import { bytes } from "../bytes.ts";

function example(type: string, options?: ExampleOptions): JsonObject {
  const sendout = exampleSendout(type, options);
  if (sendout === undefined) throw new Error(`no example of ${type}`);
  return sendout;
}

function at(value: unknown, path: string): unknown {
  return path.split(".").reduce((found, key) => (isJsonObject(found) ? found[key] : undefined), value);
}

/** Every place where our examples of v2024-01-01 have the customer, and the types that have them there. */
const PLACES: readonly (readonly [string | null, readonly string[]])[] = [
  [
    null,
    [
      "business_validation_rule.created",
      "business_validation_rule.deleted",
      "business_validation_rule.updated",
      ...EVENT_TYPES.filter((type) => type.startsWith("campaign.")),
    ],
  ],
  ["data.holder", ["voucher.gift.transaction.created", "voucher.loyalty_card.transaction.created"]],
  [
    "data.voucher.holder_id",
    [
      "business_validation_rule.assignment.created",
      "business_validation_rule.assignment.deleted",
      "voucher.created",
      "voucher.deleted",
      "voucher.disabled",
      "voucher.enabled",
      "voucher.gift.balance_added",
      "voucher.updated",
    ],
  ],
  [
    "data.customer",
    [
      ...EVENT_TYPES.filter((type) => type.startsWith("customer.")),
      "manual_distribution_schedule",
      "publication.succeeded",
      "redemption.failed",
      "redemption.rollback.failed",
      "redemption.rollback.succeeded",
      "redemption.succeeded",
      "voucher.loyalty_card.pending_points.activated",
      "voucher.loyalty_card.pending_points.added",
      "voucher.loyalty_card.pending_points.canceled",
      "voucher.loyalty_card.pending_points.updated",
      "voucher.loyalty_card.points_added",
      "voucher.loyalty_card.points_expired",
      "voucher.published",
    ],
  ],
];

const FOUND_AT = PLACES.flatMap(([foundAt, types]) => types.map((type) => ({ type, foundAt })));

const STACK: Partial<Record<string, "redeemable" | "stack">> = {
  "customer.redemption.rollback.succeeded": "redeemable",
  "customer.redemption.succeeded": "redeemable",
  "redemption.rollback.failed": "redeemable",
  "redemption.rollback.succeeded": "redeemable",
  "redemption.succeeded": "redeemable",
};

const SENDERS = [
  { source: "webhook", shape: "project webhook" },
  { source: "distribution", shape: "distribution" },
] as const;

describe("every event type in v2024-01-01", () => {
  it("stands in the table below", () => {
    expect(FOUND_AT.map(({ type }) => type).toSorted()).toEqual(EVENT_TYPES);
    expect(EVENT_TYPES).toHaveLength(92);
  });

  it.each(FOUND_AT.flatMap((row) => SENDERS.map((sender) => ({ ...row, ...sender }))))(
    "$type from a $source is understood, with the customer at $foundAt",
    ({ type, foundAt, source, shape }) => {
      const body = example(type, { source });
      const normalised = normalise(bytes(JSON.stringify(body)));
      const projectId = body["project_id"];
      const customer = foundAt === null ? null : at(body, foundAt);
      const id = isJsonObject(customer) ? customer["id"] : customer;
      expect(normalised).toEqual({
        ok: true,
        value: {
          shape,
          version: "v2024-01-01",
          type,
          label: source === "webhook" ? null : "Message to the customer",
          source: { kind: source, id: expect.stringMatching(source === "webhook" ? /^wh_/ : /^distr_/) },
          sendoutRef: body["id"],
          eventRef: at(body, "event.id"),
          projectId,
          groupId: at(body, "event.group_id"),
          occurredAt: Date.UTC(2026, 9, 5, 8, 15, 30, 250),
          customer:
            foundAt === null
              ? null
              : {
                  id,
                  sourceId: isJsonObject(customer) ? customer["source_id"] : null,
                  email: isJsonObject(customer) ? customer["email"] : null,
                  foundAt,
                },
          stack: STACK[type] ?? null,
          dedupeKey: `${String(projectId)}:${String(body["id"])}`,
          dedupeBy: "sendout id",
          orderKey: id,
          envelope: body,
          unknown: [],
          received: body,
        },
      });
    },
  );
});

/** What the upgraded data of each v2018-08-01 type has, the changed entity first, and where the customer is. */
const LEGACY: readonly (readonly [type: string, keys: readonly string[], foundAt: string | null])[] = [
  ["business_validation_rule.assignment.created", ["assignment"], null],
  ["business_validation_rule.assignment.deleted", ["assignment"], null],
  ["business_validation_rule.created", ["rule"], null],
  ["business_validation_rule.deleted", ["rule"], null],
  ["business_validation_rule.updated", ["rule"], null],
  ["campaign.created", ["campaign"], null],
  ["campaign.deleted", ["campaign"], null],
  ["campaign.disabled", ["campaign"], null],
  ["campaign.enabled", ["campaign"], null],
  ["campaign.updated", ["campaign"], null],
  ["campaign.vouchers.generation.completed", ["campaign"], null],
  ["customer.consents.given", ["customer"], "data.customer"],
  ["customer.consents.revoked", ["customer"], "data.customer"],
  ["customer.created", ["customer"], "data.customer"],
  ["customer.deleted", ["customer"], "data.customer"],
  ["customer.rewarded", ["customer"], "data.customer"],
  ["customer.rewarded.loyalty_points", ["customer", "balance"], "data.customer"],
  ["publication.succeeded", ["publication", "customer"], "data.customer"],
  ["redemption.failed", ["redemption", "customer"], "data.customer"],
  ["redemption.rollback.failed", ["redemption_rollback", "customer", "redemption"], "data.customer"],
  [
    "redemption.rollback.succeeded",
    ["redemption_rollback", "voucher", "customer", "order", "redemption"],
    "data.customer",
  ],
  ["redemption.succeeded", ["redemption", "voucher", "customer", "order"], "data.customer"],
  ["voucher.created", ["voucher"], "data.voucher.holder_id"],
  ["voucher.deleted", ["voucher"], "data.voucher.holder_id"],
  ["voucher.disabled", ["voucher"], "data.voucher.holder_id"],
  ["voucher.enabled", ["voucher"], "data.voucher.holder_id"],
  ["voucher.gift.balance_added", ["voucher", "balance"], "data.voucher.holder_id"],
  ["voucher.loyalty_card.points_added", ["voucher", "balance"], "data.voucher.holder_id"],
  ["voucher.published", ["voucher"], "data.voucher.holder_id"],
  ["voucher.updated", ["voucher"], "data.voucher.holder_id"],
];

const LEGACY_STACK: Partial<Record<string, "redeemable">> = {
  "redemption.rollback.succeeded": "redeemable",
  "redemption.succeeded": "redeemable",
};

describe("every event type in v2018-08-01", () => {
  it("stands in the table below", () => {
    const types = EVENT_TYPES.filter((type) => findEvent(type)?.versions.includes("v2018-08-01"));
    expect(LEGACY.map(([type]) => type)).toEqual(types);
    expect(types).toHaveLength(30);
  });

  it.each(EVENT_TYPES.filter((type) => findEvent(type)?.versions.includes("v2018-08-01")))(
    "%s is understood",
    (type) => {
      const normalised = normalise(bytes(JSON.stringify(example(type, { version: "v2018-08-01" }))));
      expect(normalised).toMatchObject({ ok: true, value: { version: "v2018-08-01", dedupeBy: "sendout id" } });
    },
  );

  it.each(LEGACY)("%s is upgraded to %j", (type, keys, foundAt) => {
    const body = example(type, { version: "v2018-08-01" });
    const entity = at(body, "data.object");
    const normalised = normalise(bytes(JSON.stringify(body)));
    if (!normalised.ok) throw new Error(normalised.detail);
    const { envelope, customer, received, ...said } = normalised.value;
    expect(received).toEqual(body);
    const id = customer?.id ?? null;
    expect(said).toEqual({
      shape: "project event",
      version: "v2018-08-01",
      type,
      label: null,
      source: { kind: null, id: null },
      sendoutRef: body["webhook_id"],
      eventRef: body["id"],
      projectId: body["project_id"],
      groupId: null,
      occurredAt: Date.UTC(2026, 9, 5, 8, 15, 30, 250),
      stack: LEGACY_STACK[type] ?? null,
      dedupeKey: `${String(body["project_id"])}:${String(body["webhook_id"])}`,
      dedupeBy: "sendout id",
      orderKey: id,
      unknown: ["source.id", "source.object", "event.group_id"],
    });
    expect(customer?.foundAt ?? null).toBe(foundAt);
    expect(id).toBe(foundAt === null ? null : (at(envelope, `${foundAt}.id`) ?? at(envelope, foundAt)));
    const { data, ...around } = envelope;
    expect(around).toEqual({
      id: body["webhook_id"],
      project_id: body["project_id"],
      created_at: body["created_at"],
      type,
      source: { id: null, object: null },
      event: {
        id: body["id"],
        type,
        created_at: body["created_at"],
        entity_id: at(entity, "id"),
        group_id: null,
        event_source: { channel: "API" },
      },
    });
    expect(new Set(Object.keys(data))).toEqual(new Set(keys));
    expect(data[keys[0] ?? ""]).toEqual(entity);
  });
});
