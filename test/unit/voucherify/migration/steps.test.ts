// Voucherify's seven steps, each as traffic shows it: done, open, or to be done by hand.

import { describe, expect, it } from "vitest";
import type {
  MigrationStep,
  ReadMigration,
  SeenSendouts,
  TypeMigration,
} from "../../../../src/voucherify/migration/model.ts";
import { stepsOf } from "../../../../src/voucherify/migration/steps.ts";

const NOW = Date.UTC(2026, 10, 24, 12);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function seen(version: SeenSendouts["version"], ageMs: number, parts: Partial<SeenSendouts> = {}): SeenSendouts {
  const lastAt = NOW - ageMs;
  return { type: "voucher.enabled", version, sender: "webhook", projectId: "proj_lantern", count: 1, lastAt, ...parts };
}

function type(name: string, current: boolean): TypeMigration {
  const counted = { count: 1, lastAt: NOW };
  return {
    type: name,
    sender: "webhook",
    old: counted,
    current: current ? counted : null,
    comparedWith: "traffic",
    changes: [],
  };
}

function read(place: string): ReadMigration {
  return { place, path: "object.code", types: ["voucher.enabled"], fate: "replace", replacement: "voucher.code" };
}

interface Situation {
  seen?: SeenSendouts[];
  types?: TypeMigration[];
  reads?: ReadMigration[];
}

function step(number: number, { seen: traffic = [], types = [], reads = [] }: Situation): Omit<MigrationStep, "step"> {
  const found = stepsOf(traffic, types, reads, NOW).find((each) => each.step === number);
  if (found === undefined) throw new Error(`there is no step ${number}`);
  const { step: _, ...rest } = found;
  return rest;
}

describe("the steps", () => {
  it("are Voucherify's seven, in its order, whatever came in", () => {
    for (const traffic of [[], [seen("v2018-08-01", 0)], [seen("v2024-01-01", 0)]]) {
      const steps = stepsOf(traffic, [], [], NOW);
      expect(steps.map(({ step: number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7]);
      expect(steps.map(({ title }) => title)).toEqual([
        "Take a project for testing: a new one, a sandbox or UAT",
        "Open its Project settings",
        "Scroll down to Webhooks",
        "Switch its webhook definitions to v2024-01-01",
        "Trigger each webhook that was used in v2018-08-01 once",
        "Test, and adjust what reads the payload",
        "Switch the production project",
      ]);
    }
  });

  it("are open where nothing has come in, and by hand where nothing could show them", () => {
    expect(stepsOf([], [], [], NOW).map(({ state }) => state)).toEqual([
      "open",
      "by hand",
      "by hand",
      "open",
      "open",
      "open",
      "open",
    ]);
  });

  it("are all done at the end", () => {
    const traffic = [seen("v2018-08-01", 2 * DAY_MS), seen("v2024-01-01", HOUR_MS)];
    const states = stepsOf(traffic, [type("voucher.enabled", true)], [], NOW).map(({ state }) => state);
    expect(new Set(states)).toEqual(new Set(["done"]));
  });
});

describe("steps 1 to 4, a project that is switched", () => {
  it.each([1, 4])("%i is done with the first v2024-01-01, and names the projects it came from", (number) => {
    expect(step(number, { seen: [seen("v2018-08-01", 0)] })).toMatchObject({
      state: "open",
      detail: "No v2024-01-01 has come in yet.",
    });
    const traffic = [
      seen("v2024-01-01", 0, { projectId: "proj_sandbox" }),
      seen("v2024-01-01", 0, { projectId: "proj_sandbox", type: "voucher.disabled" }),
      seen("v2024-01-01", 0, { projectId: "proj_uat" }),
    ];
    expect(step(number, { seen: traffic })).toMatchObject({
      state: "done",
      detail: "v2024-01-01 has come from proj_sandbox, proj_uat.",
    });
  });

  it.each([2, 3])("%i is by hand until its outcome shows", (number) => {
    expect(step(number, { seen: [seen("v2018-08-01", 0)] }).state).toBe("by hand");
    expect(step(number, { seen: [seen("v2024-01-01", 0)] }).state).toBe("done");
  });
});

describe("step 5, each type triggered once", () => {
  it("cannot be done while it is not known which types are used", () => {
    expect(step(5, { seen: [seen("v2024-01-01", 0)] })).toMatchObject({
      state: "open",
      detail: "No v2018-08-01 has come in, so it is not known which are used.",
    });
  });

  it("counts, and names what is missing", () => {
    const types = [type("voucher.enabled", true), type("voucher.disabled", false), type("redemption.failed", false)];
    expect(step(5, { types })).toMatchObject({
      state: "open",
      detail: "1 of 3 have come in v2024-01-01. Missing: voucher.disabled, redemption.failed.",
    });
  });

  it("is done when all have come", () => {
    const types = [type("voucher.enabled", true), type("voucher.disabled", true)];
    expect(step(5, { types })).toMatchObject({ state: "done", detail: "2 of 2 have come in v2024-01-01." });
  });
});

describe("step 6, what reads the payload", () => {
  it("is open while places read what changes, each counted once", () => {
    const types = [type("voucher.enabled", true)];
    expect(step(6, { types, reads: [read("a"), read("a")] })).toMatchObject({
      state: "open",
      detail: "1 place of the routing table reads what changes; it is listed below.",
    });
    expect(step(6, { types, reads: [read("a"), read("b")] })).toMatchObject({
      state: "open",
      detail: "2 places of the routing table read what changes; they are listed below.",
    });
  });

  it("is done when none does, unless nothing old was there to look at", () => {
    const detail = "Nothing in the routing table reads a field that disappears.";
    expect(step(6, { types: [type("voucher.enabled", false)] })).toMatchObject({ state: "done", detail });
    expect(step(6, {})).toMatchObject({ state: "open", detail });
  });
});

describe("step 7, the production project", () => {
  it.each<[string, SeenSendouts[], MigrationStep["state"], string]>([
    ["nothing came", [], "open", "No v2018-08-01 comes in."],
    ["only the new version comes", [seen("v2024-01-01", 0)], "done", "No v2018-08-01 comes in."],
    [
      "only the old version comes",
      [seen("v2018-08-01", 0)],
      "open",
      "v2018-08-01 still comes, or came last, from proj_lantern.",
    ],
    [
      "the old version has stopped, but no new one has come",
      [seen("v2018-08-01", 3 * DAY_MS)],
      "open",
      "v2018-08-01 still comes, or came last, from proj_lantern.",
    ],
    [
      "both come",
      [seen("v2018-08-01", HOUR_MS), seen("v2024-01-01", 0)],
      "open",
      "v2018-08-01 still comes, or came last, from proj_lantern.",
    ],
    [
      "the old version has been quiet for a day less a second",
      [seen("v2018-08-01", DAY_MS - 1_000), seen("v2024-01-01", 0)],
      "open",
      "v2018-08-01 still comes, or came last, from proj_lantern.",
    ],
    [
      "the old version has been quiet for a day",
      [seen("v2018-08-01", DAY_MS), seen("v2024-01-01", 2 * DAY_MS)],
      "done",
      "No v2018-08-01 has come for a day, and v2024-01-01 has.",
    ],
    [
      "a straggler of another type comes after the switch",
      [
        seen("v2018-08-01", 3 * DAY_MS),
        seen("v2024-01-01", 2 * DAY_MS),
        seen("v2018-08-01", HOUR_MS, { type: "voucher.disabled" }),
      ],
      "open",
      "v2018-08-01 still comes, or came last, from proj_lantern.",
    ],
    [
      "the sandbox is switched and production is not",
      [
        seen("v2018-08-01", 2 * DAY_MS, { projectId: "proj_sandbox" }),
        seen("v2024-01-01", 0, { projectId: "proj_sandbox" }),
        seen("v2018-08-01", 2 * DAY_MS, { projectId: "proj_shop" }),
        seen("v2018-08-01", 2 * DAY_MS, { projectId: "proj_club" }),
      ],
      "open",
      "v2018-08-01 still comes, or came last, from proj_shop, proj_club.",
    ],
    [
      "an old body does not say its project, and so cannot be told to be switched",
      [seen("v2018-08-01", 2 * DAY_MS, { projectId: null }), seen("v2024-01-01", 0)],
      "open",
      "v2018-08-01 still comes, or came last, from a project that does not say its id.",
    ],
    [
      "neither version says its project",
      [seen("v2018-08-01", 2 * DAY_MS, { projectId: null }), seen("v2024-01-01", 0, { projectId: null })],
      "done",
      "No v2018-08-01 has come for a day, and v2024-01-01 has.",
    ],
  ])("when %s", (_name, traffic, state, detail) => {
    expect(step(7, { seen: traffic })).toMatchObject({ state, detail });
  });
});
