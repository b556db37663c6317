import { describe, expect, it } from "vitest";
import { canonicalType, EVENT_TYPES, findEvent } from "../../../src/voucherify/catalogue.ts";
import type { EventDefinition } from "../../../src/voucherify/catalogue/definition.ts";

const events = EVENT_TYPES.flatMap((type) => findEvent(type) ?? []);

function count(which: (event: EventDefinition) => boolean): number {
  return events.filter(which).length;
}

describe("the catalogue", () => {
  it("has every event type once", () => {
    expect(EVENT_TYPES).toHaveLength(92);
    expect(new Set(EVENT_TYPES).size).toBe(92);
    expect(events).toHaveLength(92);
  });

  it.each([
    ["61 for project webhooks", 61, ({ selectable }: EventDefinition) => selectable.project],
    ["27 for distributions", 27, ({ selectable }: EventDefinition) => selectable.distribution],
    ["2 for both", 2, ({ selectable }: EventDefinition) => selectable.project && selectable.distribution],
    ["6 for neither", 6, ({ selectable }: EventDefinition) => !selectable.project && !selectable.distribution],
    ["30 that v2018-08-01 had", 30, ({ versions }: EventDefinition) => versions.includes("v2018-08-01")],
    ["72 that the vendor has a schema for", 72, (event: EventDefinition) => event.documented && event.removed !== true],
    ["18 that nobody documents", 18, ({ documented }: EventDefinition) => !documented],
    ["2 that are no longer sent", 2, ({ removed }: EventDefinition) => removed === true],
  ])("has %s", (_name, expected, which) => {
    expect(count(which)).toBe(expected);
  });

  it.each(events)("says of $type what it means and what its event.entity_id is", ({ meaning, entity, data }) => {
    expect(meaning).toMatch(/^[A-Z][^\n]{10,110}[^.\n]$/);
    expect(Object.keys(data)).toContain(entity);
  });

  it.each(events.filter(({ documented }) => !documented))(
    "owns up to guessing what $type carries",
    ({ meaning, data }) => {
      expect(meaning).toContain("nobody documents");
      expect(Object.values(data).map(({ presence }) => presence)).not.toContain("required");
    },
  );

  it.each([
    ["redemption.failed", "evred_"],
    ["voucher.published", "evvou_"],
    ["campaign.promotion_tier.deleted", "evcam_"],
    ["publication.succeeded", "evpub_"],
    ["business_validation_rule.created", "evbvr_"],
    ["customer.order.paid", "evcus_"],
  ])("knows how the ids of %s begin", (type, prefix) => {
    expect(findEvent(type)?.eventIdPrefix).toBe(prefix);
  });
});

describe("findEvent and canonicalType", () => {
  it.each([
    ["customer.entered.segment", "customer.segment.entered"],
    ["loyalty_card.pending_points.updated", "customer.voucher.loyalty_card.pending_points.updated"],
    ["customer.rewarded.main", "customer.rewarded"],
    ["campaign.promotion.tier.enabled", "campaign.promotion_tier.enabled"],
    ["MANUAL_DISTRIBUTION_SCHEDULE", "manual_distribution_schedule"],
  ])("know %s as %s", (alias, type) => {
    expect(findEvent(alias)?.type).toBe(type);
    expect(canonicalType(alias)).toBe(type);
  });

  it.each(["lantern.lit", "", "__proto__", "constructor", "toString", "redemption"])(
    "take %j for a type that nobody has heard of",
    (type) => {
      expect(findEvent(type)).toBeUndefined();
      expect(canonicalType(type)).toBe(type);
    },
  );
});
