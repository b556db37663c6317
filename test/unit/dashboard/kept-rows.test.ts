// The rows that the list of sendouts keeps.

import { describe, expect, it } from "vitest";
import { KeptRows, ROWS_MAX, type ListedSendout } from "../../../src/dashboard/pages/sendouts/kept-rows.ts";

const BEGUN = Date.parse("2026-11-29T12:00:00.000Z");

/** The n-th sendout, received n seconds after the first. */
function sendout(n: number, state: ListedSendout["deliveries"][number]["state"] = "delivered"): ListedSendout {
  const id = `so_${n.toString(16).padStart(32, "0")}`;
  return {
    id,
    acceptedId: `acc_${n}`,
    receivedAt: new Date(BEGUN + n * 1_000).toISOString(),
    inlet: "voucherify",
    state: "routed",
    reason: null,
    detail: null,
    event: { type: "voucher.created", id: null, occurredAt: null, groupId: null },
    shape: null,
    payloadVersion: null,
    label: null,
    sendoutRef: null,
    source: null,
    projectId: null,
    dedupeKey: null,
    dedupe: "checked",
    tableVersion: 1,
    planned: [],
    bytes: 2,
    deliveries: [{ id: `${id}.crm`, target: "crm", state, updatedAt: null }],
  };
}

const page = (...numbers: number[]) => numbers.map((n) => sendout(n));
const numbersOf = (kept: KeptRows) => kept.rows.map(({ receivedAt }) => (receivedAt - BEGUN) / 1_000);
const statesOf = (kept: KeptRows) => kept.rows.map(({ deliveries }) => deliveries.map(({ state }) => state).join());

describe("pages", () => {
  it("stand one behind the other, each sendout once", () => {
    const kept = new KeptRows();
    kept.append(page(5, 4));
    kept.append(page(4, 3));
    expect(numbersOf(kept)).toEqual([5, 4, 3]);
  });

  it("are kept up to a number of rows, and no more", () => {
    const kept = new KeptRows();
    for (let n = 0; n < ROWS_MAX + 200; n += 200) kept.append(Array.from({ length: 200 }, (_, i) => sendout(-n - i)));
    expect(kept.rows).toHaveLength(ROWS_MAX);
  });

  it("share what they have in common", () => {
    const kept = new KeptRows();
    kept.append(page(2, 1));
    expect(kept.rows[0]?.deliveries).toBe(kept.rows[1]?.deliveries);
  });
});

describe("the newest page", () => {
  it("waits with what is new until it is wanted, and then stands above", () => {
    const kept = new KeptRows();
    kept.append(page(2, 1));
    expect(kept.refresh(page(4, 3, 2), false)).toBe(false);
    expect(numbersOf(kept)).toEqual([2, 1]);
    expect(kept.waiting).toHaveLength(2);
    kept.showWaiting();
    expect(numbersOf(kept)).toEqual([4, 3, 2, 1]);
    expect(kept.waiting).toHaveLength(0);
  });

  it("brings what is shown up to date, and leaves the same row where nothing changed", () => {
    const kept = new KeptRows();
    kept.append([sendout(2, "pending"), sendout(1)]);
    const [, unchanged] = kept.rows;
    kept.refresh([sendout(2, "delivered"), sendout(1)], true);
    expect(statesOf(kept)).toEqual(["delivered", "delivered"]);
    expect(kept.rows[1]).toBe(unchanged);
  });

  it("puts what was logged late where it belongs", () => {
    const kept = new KeptRows();
    kept.append(page(5, 2));
    kept.refresh(page(5, 4, 2), true);
    kept.showWaiting();
    expect(numbersOf(kept)).toEqual([5, 4, 2]);
  });

  it("counts what waits once, however often it comes, in its newest state", () => {
    const kept = new KeptRows();
    kept.append(page(1));
    kept.refresh([sendout(2, "pending"), sendout(1)], true);
    kept.refresh([sendout(2, "failed"), sendout(1)], true);
    kept.showWaiting();
    expect(statesOf(kept)).toEqual(["failed", "delivered"]);
  });

  it("says that there is a gap when it has nothing of what is known, and goes on", () => {
    const kept = new KeptRows();
    kept.append(page(1));
    expect(kept.refresh(page(9, 8), false)).toBe(true);
    expect(kept.refresh(page(9, 8), true)).toBe(false);
  });

  it("that is empty is no gap", () => {
    expect(new KeptRows().refresh([], false)).toBe(false);
  });
});

it("a row is brought up to date wherever it is, and what is not there is no row", () => {
  const kept = new KeptRows();
  kept.append(page(3, 2, 1));
  kept.update(sendout(1, "failed"));
  kept.update(sendout(7, "failed"));
  expect(statesOf(kept)).toEqual(["delivered", "delivered", "failed"]);
});
