import { expect, it } from "vitest";
import { INCIDENT_KINDS } from "../../../src/ledger/incident-kinds.ts";
import { remedyOf } from "../../../src/alerts/kinds.ts";
import { placesOf, sendoutsAddress } from "../../../src/dashboard/pages/incidents/places.ts";

it.each(INCIDENT_KINDS)("says of %s where to look and what to do", (kind) => {
  const places = placesOf({ kind, subject: "shop", target: null });
  expect(places.length).toBeGreaterThan(0);
  for (const { href } of places) expect(href).toMatch(/^\/[a-z]/);
  expect(remedyOf(kind)).toMatch(/^[A-Z].*\.$/);
  // Whoever reads it may be on a page, in a terminal or in Slack.
  expect(remedyOf(kind)).not.toMatch(/[A-Z]{3,} \/|\/admin/);
});

it("knows no place for a kind of a newer release, nor for one that every object has", () => {
  expect(placesOf({ kind: "moon_in_the_way", subject: "moon", target: null })).toEqual([]);
  expect(placesOf({ kind: "constructor", subject: "moon", target: null })).toEqual([]);
});

it("names the target of failures, whose subject says more", () => {
  const [place] = placesOf({ kind: "deliveries_failed", subject: "crm.target_rejected.422.a61", target: "crm" });
  expect(place).toEqual({ href: "/table/targets/crm", label: "Target crm" });
});

it("keeps what is in a name out of the address", () => {
  const [place] = placesOf({ kind: "drift_seen", subject: "a&b=c?d", target: null });
  expect(place?.href).toBe("/sendouts?event=a%26b%3Dc%3Fd");
});

it("makes the call that lists deliveries an address of the sendouts", () => {
  const call =
    "/admin/deliveries?target=crm&state=failed&reason=target_rejected&status=422&since=2026-10-05T08%3A15%3A31.000Z";
  expect(sendoutsAddress(call)).toBe(
    "/sendouts?target=crm&deliveryState=failed&reason=target_rejected&status=422&since=2026-10-05T08%3A15%3A31.000Z",
  );
});
