// What a replay takes of what was chosen in the list of sendouts, and how a replay says what it took.

import { describe, expect, it } from "vitest";
import { addressOf, wordsOf } from "../../../src/dashboard/pages/replays/selection-words.ts";
import { statesOf, toSelect, whyNothing, type Chosen } from "../../../src/dashboard/pages/sendouts/replay-select.ts";

const NOW = Date.parse("2026-11-29T12:00:00.000Z");
const FILTERED: Chosen = {
  kind: "filter",
  filter: { event: "order.paid", since: "1h", deliveryState: "expired,held" },
};

describe("a selection", () => {
  it("of a filter has its conditions with instants, and the states that were chosen", () => {
    expect(toSelect(FILTERED, ["failed"], "", NOW)).toEqual({
      event: "order.paid",
      since: "2026-11-29T11:00:00.000Z",
      state: ["failed"],
    });
  });

  it("of a filter without a time begins at the beginning, and can be for one target", () => {
    expect(toSelect({ kind: "filter", filter: { state: "routed" } }, ["failed"], "crm", NOW)).toEqual({
      since: "1970-01-01T00:00:00.000Z",
      state: ["failed"],
      target: "crm",
    });
  });

  it("of sendouts and of a delivery names them", () => {
    expect(toSelect({ kind: "sendouts", ids: ["so_1"] }, ["failed"], "", NOW)).toEqual({
      sendouts: ["so_1"],
      state: ["failed"],
    });
    expect(
      toSelect({ kind: "delivery", id: "so_1.crm", target: "crm", state: "delivered" }, ["delivered"], "", NOW),
    ).toEqual({ deliveries: ["so_1.crm"], state: ["delivered"] });
  });
});

describe("at first it takes", () => {
  it.each<[string, Chosen, string[]]>([
    ["what has ended without success", { kind: "sendouts", ids: [] }, ["failed", "expired"]],
    ["what was looked for, as far as it can be replayed", FILTERED, ["expired"]],
    ["the delivery's own state", { kind: "delivery", id: "", target: "", state: "cancelled" }, ["cancelled"]],
    ["nothing that is open", { kind: "delivery", id: "", target: "", state: "held" }, ["failed", "expired"]],
  ])("%s", (_, chosen, states) => {
    expect(statesOf(chosen)).toEqual(states);
  });
});

it("says why nothing can be replayed", () => {
  expect(whyNothing(FILTERED)).toBeUndefined();
  expect(whyNothing({ kind: "filter", filter: { state: "unrouted" } })).toContain("no deliveries");
  expect(whyNothing({ kind: "filter", filter: { state: "quarantined" } })).toContain("Quarantine");
  expect(whyNothing({ kind: "sendouts", ids: Array.from({ length: 1_001 }, String) })).toContain("1000");
});

describe("a replay says what it took", () => {
  const select = { since: "2026-11-29T11:00:00.000Z", event: "order.paid", state: ["failed", "expired"] };

  it("in the order of the filter's fields, with instants as such", () => {
    expect(wordsOf(select)).toEqual([
      { name: "Event type", value: "order.paid", isInstant: false },
      { name: "Delivery state", value: "failed or expired", isInstant: false },
      { name: "Since", value: "2026-11-29T11:00:00.000Z", isInstant: true },
    ]);
  });

  it("of what was named, how many", () => {
    expect(wordsOf({ named: 3, until: select.since, state: ["failed"] }).map(({ value }) => value)).toEqual([
      "3",
      "failed",
    ]);
  });

  it("as an address of the list", () => {
    expect(addressOf(select)).toBe(
      "/sendouts?event=order.paid&deliveryState=failed%2Cexpired&since=2026-11-29T11%3A00%3A00.000Z",
    );
    expect(addressOf(select, { deliveryState: "failed" })).toContain("deliveryState=failed&");
  });

  it.each([{ named: 3 }, { customer: "(hidden)" }, { voucher: "(hidden)" }])(
    "and as none where %j does not say which",
    (hidden) => {
      expect(addressOf({ ...select, ...hidden })).toBeUndefined();
    },
  );
});
