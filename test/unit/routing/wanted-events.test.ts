// What a table wants from Voucherify at an inlet.

import { describe, expect, it } from "vitest";
import { DEFAULT_TABLE, type Route, type RoutingTable } from "../../../src/routing/table.ts";
import { wantedEvents } from "../../../src/routing/wanted-events.ts";
import { acceptedEvents } from "../../voucherify/management-webhook.ts";

function table(...routes: Partial<Route>[]): RoutingTable {
  return {
    ...DEFAULT_TABLE,
    routes: routes.map((route, index) => ({ id: `r${index}`, events: ["*"], to: [], ...route })),
  };
}

describe("wantedEvents", () => {
  it("of every route's patterns are each once, in order", () => {
    const wanted = wantedEvents(
      table({ events: ["voucher.updated", "redemption.*"] }, { events: ["redemption.succeeded"] }),
      "voucherify",
    );
    expect(wanted).toEqual({
      webhook: [
        "redemption.failed",
        "redemption.rollback.failed",
        "redemption.rollback.succeeded",
        "redemption.succeeded",
        "voucher.updated",
      ],
      distribution: [],
      unlisted: [],
    });
  });

  it("of a star are all that a webhook can be ticked for, and what only distributions send", () => {
    const { webhook, distribution } = wantedEvents(table({}), "voucherify");
    expect(webhook).toEqual([...acceptedEvents("as sent").keys()].toSorted());
    expect(distribution).toContain("customer.segment.entered");
    expect(distribution).not.toContain("customer.rewarded");
  });

  it.each<[string, Partial<Route>, number]>([
    ["another inlet", { inlets: ["till"] }, 0],
    ["this inlet", { inlets: ["till", "voucherify"] }, 1],
    ["distributions alone", { sourceKinds: ["distribution"] }, 0],
    ["webhooks alone", { sourceKinds: ["webhook"] }, 1],
    ["a distribution by its id", { sources: ["distr_1"] }, 0],
    ["our webhook by its id", { sources: ["wh_1"] }, 1],
    ["another webhook by its id", { sources: ["wh_2"] }, 0],
  ])("of a route for %s", (_name, route, count) => {
    const { webhook } = wantedEvents(table({ events: ["redemption.failed"], ...route }), "voucherify", "wh_1");
    expect(webhook).toHaveLength(count);
  });

  it("of a route for some webhook by its id count while ours is not known", () => {
    const { webhook } = wantedEvents(table({ events: ["redemption.failed"], sources: ["wh_2"] }), "voucherify");
    expect(webhook).toEqual(["redemption.failed"]);
  });

  it("that nobody has heard of are named apart", () => {
    const { webhook, unlisted } = wantedEvents(table({ events: ["voucher.teleported", "made.up.*"] }), "voucherify");
    expect([webhook, unlisted]).toEqual([[], ["voucher.teleported"]]);
  });
});
