import { expect, it } from "vitest";
import { describeWait, heldAddress, heldBy, subjectOf } from "../../../src/dashboard/pages/holds/waiting.ts";

const HELD = [
  { target: "crm", route: "all", reason: "target_paused", count: 5, since: "2026-10-05T08:15:40.000Z" },
  { target: "crm", route: "vip", reason: "target_credentials", count: 1, since: "2026-10-05T08:15:31.000Z" },
  { target: "crm", route: "all", reason: "secret_missing", count: 7, since: "2026-10-05T08:00:00.000Z" },
  { target: "mail", route: "all", reason: "route_paused", count: 2, since: "2026-10-05T08:16:00.000Z" },
];

it("counts what a target's pause holds, and since when", () => {
  expect(heldBy({ subject: "target:crm" }, HELD)).toEqual({ count: 6, since: "2026-10-05T08:15:31.000Z" });
});

it("counts what a route's pause holds", () => {
  expect(heldBy({ subject: "route:all" }, HELD)).toEqual({ count: 2, since: "2026-10-05T08:16:00.000Z" });
});

it("says of a pause that holds nothing that nothing waits", () => {
  expect(heldBy({ subject: "target:mail" }, HELD)).toEqual({ count: 0, since: null });
});

it("takes a subject apart at its first colon", () => {
  expect(subjectOf({ subject: "route:a:b" })).toEqual({ kind: "route", id: "a:b" });
});

it("says what a delivery waits for, and the code where it does not know it", () => {
  expect(describeWait("secret_missing")).toBe("A secret that is not set");
  expect(describeWait("moon_in_the_way")).toBe("moon_in_the_way");
});

it("leads to the deliveries that wait for one thing", () => {
  expect(heldAddress({ target: "crm", route: "all & more", reason: "in_order" })).toBe(
    "/sendouts?target=crm&route=all+%26+more&reason=in_order&deliveryState=held",
  );
});
