// When people are told something of an incident, from what they know and what is true.

import { describe, expect, it } from "vitest";
import { CLEAR_AFTER_MS, CLEAR_AFTER_MS_MAX, judgeTelling } from "../../../src/alerts/judge-telling.ts";
import type { Told } from "../../../src/ledger/told.ts";

const NOW = Date.UTC(2026, 9, 5, 12);
const HOUR = 60 * 60_000;
const REMIND = NOW - 24 * HOUR;

function incident(changed: Partial<Told> = {}): Told {
  return {
    kind: "target_down",
    subject: "crm",
    target: "crm",
    detail: "it does not answer",
    count: 1,
    openedAt: NOW - 1_000,
    resolvedAt: null,
    resolvedBy: null,
    resolvedByName: null,
    acknowledgedAt: null,
    toldState: null,
    toldAt: 0,
    saidAt: null,
    flaps: 0,
    ...changed,
  };
}

const TOLD_OPEN = { openedAt: NOW - HOUR, toldState: "open", toldAt: NOW - HOUR, saidAt: NOW - HOUR } as const;
const TOLD_OVER = { openedAt: NOW - HOUR, toldState: "resolved", toldAt: NOW - HOUR, saidAt: NOW - HOUR } as const;

function changeOf(changed: Partial<Told>): string | undefined {
  const judged = judgeTelling(incident(changed), NOW, REMIND);
  return judged === undefined ? "nothing" : (judged.change ?? "silence");
}

describe("an open incident", () => {
  it.each<[string, Partial<Told>, string]>([
    ["that nobody knows of is told", {}, "opened"],
    ["that was over is told again", { ...TOLD_OVER, openedAt: NOW - 5 }, "reopened"],
    ["that people know of is not told again", TOLD_OPEN, "nothing"],
    ["that was over for a moment, unnoticed, is not told again", { ...TOLD_OPEN, openedAt: NOW - 5 }, "silence"],
    ["is told again after a day", { ...TOLD_OPEN, saidAt: REMIND }, "reminder"],
    ["is not told again a moment before that", { ...TOLD_OPEN, saidAt: REMIND + 1 }, "nothing"],
    ["that somebody is at is not told again", { ...TOLD_OPEN, saidAt: REMIND, acknowledgedAt: NOW - 9 }, "nothing"],
  ])("%s", (_name, changed, change) => {
    expect(changeOf(changed)).toBe(change);
  });

  it("that comes back within six hours is remembered to do so, and later not", () => {
    const flapsAfter = (ms: number) =>
      judgeTelling(incident({ ...TOLD_OVER, openedAt: NOW, saidAt: NOW - ms, flaps: 2 }), NOW, REMIND)?.telling.flaps;
    expect([flapsAfter(6 * HOUR - 1), flapsAfter(6 * HOUR)]).toEqual([3, 0]);
  });
});

describe("an incident that is over", () => {
  const over = (ms: number, changed: Partial<Told> = {}) =>
    changeOf({ ...TOLD_OPEN, resolvedAt: NOW - ms, resolvedBy: "itself", ...changed });

  it.each([
    [0, CLEAR_AFTER_MS],
    [1, 2 * CLEAR_AFTER_MS],
    [3, 8 * CLEAR_AFTER_MS],
    [4, CLEAR_AFTER_MS_MAX],
    [400, CLEAR_AFTER_MS_MAX],
  ])("and has come back %d times is told after %d ms", (flaps, waitMs) => {
    expect([over(waitMs - 1, { flaps }), over(waitMs, { flaps })]).toEqual(["nothing", "resolved"]);
  });

  it("by a person's word is told at once", () => {
    expect(over(0, { resolvedBy: "person" })).toBe("resolved");
  });

  it("before anybody knew is told in one message, and not at all where a person has said so", () => {
    const unknown = { toldState: null, toldAt: 0, saidAt: null };
    expect(over(CLEAR_AFTER_MS, unknown)).toBe("passed");
    expect(over(CLEAR_AFTER_MS, { ...unknown, resolvedBy: "person" })).toBe("silence");
  });

  it("is known as of its opening, even where that is ahead of our clock", () => {
    expect(judgeTelling(incident({ openedAt: NOW + 700 }), NOW, REMIND)?.telling.toldAt).toBe(NOW + 700);
  });
});
