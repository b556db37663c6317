// Traffic put together: what belongs to one type, what it is compared with, and what of a table it touches.

import { describe, expect, it } from "vitest";
import type { FieldRead } from "../../../../src/voucherify/migration/reads.ts";
import type { SeenSendouts } from "../../../../src/voucherify/migration/model.ts";
import { migrationReport } from "../../../../src/voucherify/migration/report.ts";
import type { PayloadForm } from "../../../../src/voucherify/payload.ts";
import { currentExample, notification, oldExample, projectEvent, understand } from "./bodies.ts";

const NOW = Date.UTC(2026, 10, 24, 12);

function seen(type: string, version: SeenSendouts["version"], parts: Partial<SeenSendouts> = {}): SeenSendouts {
  return { type, version, sender: "webhook", projectId: "proj_lantern", count: 1, lastAt: NOW, ...parts };
}

function read(place: string, path: string[], types: string[], payload: PayloadForm = "as received"): FieldRead {
  return { place, path, types, payload };
}

describe("the types of a report", () => {
  it("are those that came in v2018-08-01, by name, with what came of both versions added up", () => {
    const report = migrationReport(
      [
        seen("voucher.enabled", "v2018-08-01", { count: 3, lastAt: NOW - 1_000 }),
        seen("voucher.enabled", "v2018-08-01", { count: 2, lastAt: NOW - 5_000, projectId: "proj_club" }),
        seen("voucher.enabled", "v2024-01-01", { count: 7, lastAt: NOW - 2_000, projectId: "proj_sandbox" }),
        seen("voucher.enabled", "v2024-01-01", { count: 1, lastAt: NOW - 9_000 }),
        seen("campaign.created", "v2018-08-01", { count: 1, lastAt: NOW - 8_000 }),
        seen("customer.updated", "v2024-01-01"),
      ],
      [],
      NOW,
    );
    expect(report.types).toMatchObject([
      { type: "campaign.created", old: { count: 1, lastAt: NOW - 8_000 }, current: null },
      {
        type: "voucher.enabled",
        sender: "webhook",
        old: { count: 5, lastAt: NOW - 1_000 },
        current: { count: 8, lastAt: NOW - 2_000 },
      },
    ]);
    expect(report.types).toHaveLength(2);
  });

  it("keep webhooks and distributions of one type apart", () => {
    const report = migrationReport(
      [
        seen("customer.rewarded.loyalty_points", "v2018-08-01"),
        seen("customer.rewarded.loyalty_points", "v2018-08-01", { sender: "distribution" }),
        seen("customer.rewarded.loyalty_points", "v2024-01-01", { sender: "distribution" }),
      ],
      [],
      NOW,
    );
    expect(report.types.map(({ sender, current }) => [sender, current?.count])).toEqual([
      ["webhook", undefined],
      ["distribution", 1],
    ]);
  });

  it("are none without v2018-08-01, nor is anything read that disappears", () => {
    const reads = [read("a", ["object", "code"], ["voucher.enabled"])];
    const traffic = [seen("voucher.enabled", "v2024-01-01")];
    expect(migrationReport(traffic, reads, NOW)).toMatchObject({ types: [], reads: [] });
    expect(migrationReport([], reads, NOW)).toMatchObject({ types: [], reads: [] });
  });
});

describe("the fields of a type", () => {
  const old = understand(projectEvent("voucher.enabled", { code: "A", shelf: "B4" }));

  function changes(traffic: SeenSendouts[]): { comparedWith: string; lines: string[] } {
    const [type] = migrationReport(traffic, [], NOW).types;
    if (type === undefined) throw new Error("there is no type");
    return { comparedWith: type.comparedWith, lines: type.changes.map(({ from, to }) => `${from} -> ${to}`) };
  }

  it("are those of a sendout that came in", () => {
    const { comparedWith, lines } = changes([seen("voucher.enabled", "v2018-08-01", { sample: old })]);
    expect(comparedWith).toBe("traffic");
    expect(lines).toContain("data.object.shelf -> null");
    expect(lines).not.toContain("data.object.metadata -> data.voucher.metadata");
  });

  it("are those of the newest sendout whose body is at hand, in each version", () => {
    const newer = understand(projectEvent("voucher.enabled", { code: "A", wick: 4 }));
    const current = currentExample("voucher.enabled");
    const withWick = { ...current, data: { ...Object(current["data"]), voucher: { wick: 5 } } };
    const traffic = [
      seen("voucher.enabled", "v2018-08-01", { sample: old, lastAt: NOW - 3_000, projectId: "proj_club" }),
      seen("voucher.enabled", "v2018-08-01", { sample: newer, lastAt: NOW - 2_000 }),
      seen("voucher.enabled", "v2018-08-01", { lastAt: NOW - 1_000, projectId: "proj_sandbox" }),
    ];
    expect(changes(traffic).lines).toContain("data.object.wick -> null");
    expect(changes(traffic).lines).not.toContain("data.object.shelf -> null");
    const now = seen("voucher.enabled", "v2024-01-01", { sample: understand(withWick) });
    expect(changes([...traffic, now]).lines).not.toContain("data.object.wick -> null");
  });

  it("are those of our own example where no body is at hand", () => {
    const { comparedWith, lines } = changes([seen("redemption.succeeded", "v2018-08-01")]);
    expect(comparedWith).toBe("example");
    expect(lines).toContain("data.object.voucher -> data.voucher");
    const notified = changes([seen("customer.publication.succeeded", "v2018-08-01", { sender: "distribution" })]);
    expect(notified.comparedWith).toBe("example");
    expect(notified.lines).toContain("data.related_object.data -> data");
  });

  it.each<[string, Partial<SeenSendouts>]>([
    ["lantern.lit", {}],
    ["customer.rewarded", { sender: "distribution" }],
  ])("are unknown of %s %j without a body: there is no example of it either", (type, parts) => {
    expect(changes([seen(type, "v2018-08-01", parts)])).toEqual({ comparedWith: "nothing", lines: [] });
    const [, , , , , sixth] = migrationReport([seen(type, "v2018-08-01", parts)], [], NOW).steps;
    expect(sixth).toMatchObject({
      step: 6,
      state: "open",
      detail: expect.stringContaining(`no body to go by of: ${type}`),
    });
  });
});

describe("the reads of a report", () => {
  const types = ["voucher.enabled", "voucher.disabled", "redemption.succeeded"];
  const traffic = types.map((type) => seen(type, "v2018-08-01", { sample: understand(oldExample(type)) }));

  it("are one line for what is the same for several types", () => {
    const { reads } = migrationReport(traffic, [read("crm.body", ["object", "code"], types)], NOW);
    expect(reads).toEqual([
      {
        place: "crm.body",
        path: "object.code",
        types: ["voucher.disabled", "voucher.enabled"],
        fate: "replace",
        replacement: "voucher.code",
      },
    ]);
  });

  it("are several where the types differ, and where places do", () => {
    const reads = [read("crm.body", ["object", "id"], types), read("crm.url", ["object", "id"], ["voucher.enabled"])];
    expect(
      migrationReport(traffic, reads, NOW).reads.map(({ place, types: of, replacement }) => [place, of, replacement]),
    ).toEqual([
      ["crm.body", ["redemption.succeeded"], "redemption.id"],
      ["crm.body", ["voucher.disabled", "voucher.enabled"], "voucher.id"],
      ["crm.url", ["voucher.enabled"], "voucher.id"],
    ]);
  });

  it("name each type once that came from webhooks and distributions alike", () => {
    const { body, type } = notification("points_earned");
    const both = [
      seen(type, "v2018-08-01", { sample: understand(oldExample(type)) }),
      seen(type, "v2018-08-01", { sender: "distribution", sample: understand(body) }),
    ];
    const { reads } = migrationReport(both, [read("crm.body", ["$webhook", "object"], [type])], NOW);
    expect(reads).toEqual([
      { place: "crm.body", path: "$webhook.object", types: [type], fate: "gone", replacement: null },
    ]);
  });

  it("are of no concern where no such type came in v2018-08-01, or where nothing changes", () => {
    const reads = [
      read("crm.body", ["object", "code"], ["voucher.deleted"]),
      read("crm.body", ["voucher", "code"], types, "normalised"),
      read("crm.body", ["object", "code"], types, "v2018-08-01"),
    ];
    expect(migrationReport(traffic, reads, NOW).reads).toEqual([]);
  });

  it("write a path that no template could write plainly between backticks", () => {
    const reads = [read("crm.body", ["object", "metadata", "first name"], ["voucher.enabled"])];
    expect(migrationReport(traffic, reads, NOW).reads).toMatchObject([
      { path: "object.metadata.`first name`", replacement: "voucher.metadata.`first name`" },
    ]);
  });

  it("say of a payload that is passed on whole that it has to be looked at", () => {
    const reads = [read("targets.crm.payload", ["$webhook"], ["voucher.enabled"])];
    expect(migrationReport(traffic, reads, NOW).reads).toMatchObject([{ path: "$webhook", fate: "whole" }]);
  });

  it("are known of a type that the catalogue does not have, once its body has come", () => {
    const old = understand(projectEvent("lantern.lit", { object: "voucher", code: "A" }));
    const lit = [seen("lantern.lit", "v2018-08-01", { sample: old })];
    expect(migrationReport(lit, [read("crm.body", ["object", "code"], ["lantern.lit"])], NOW).reads).toMatchObject([
      { types: ["lantern.lit"], fate: "replace", replacement: "voucher.code" },
    ]);
  });
});

describe("the steps of a report", () => {
  it("follow from its types and reads", () => {
    const old = seen("voucher.enabled", "v2018-08-01", { sample: understand(oldExample("voucher.enabled")) });
    const reads = [read("crm.body", ["object", "code"], ["voucher.enabled"])];
    const states = (...args: [SeenSendouts[], FieldRead[]]) =>
      migrationReport(...args, NOW).steps.map(({ step, state }) => `${step} ${state}`);
    expect(states([old], reads).slice(3)).toEqual(["4 open", "5 open", "6 open", "7 open"]);
    expect(states([old, seen("voucher.enabled", "v2024-01-01")], []).slice(3)).toEqual([
      "4 done",
      "5 done",
      "6 done",
      "7 open",
    ]);
  });
});
