// Edits of a draft: what they change, and that everything else stays as somebody wrote it.

import { describe, expect, it } from "vitest";
import { parseValue, toRow, toText } from "../../../src/dashboard/pages/table/condition-rows.ts";
import {
  definitionOf,
  freeName,
  nameIssue,
  withCopy,
  withField,
  withName,
  withPartOf,
  withRouteMoved,
} from "../../../src/dashboard/pages/table/part.ts";
import { rebase } from "../../../src/dashboard/pages/table/rebase.ts";
import { readDocument, withoutPart, withPart, type TableDocument } from "../../../src/routing/edit-table.ts";

const TABLE = readDocument({
  $schema: "./schema.json",
  inlets: { shop: { auth: "none" } },
  targets: { crm: { request: { url: "https://crm.example.com" }, novelty: { kept: true } }, chat: {} },
  routes: [
    { id: "first", events: ["*"], to: ["crm"], inlets: ["shop"] },
    { id: "second", events: ["*"], to: ["crm", "chat"] },
    { id: "third", events: ["*"], to: ["chat"] },
  ],
  settings: { retention: { bodyDays: 7 } },
});

const ids = ({ routes }: TableDocument) => routes.map(({ id }) => id);

describe("a field", () => {
  it("is put where it belongs, and what the form does not know stays", () => {
    const fields = { request: { url: "https://a", novelty: 1 }, other: [1] };
    expect(withField(fields, ["request", "url"], "https://b")).toEqual({
      request: { url: "https://b", novelty: 1 },
      other: [1],
    });
    expect(withField(fields, ["limits", "perSecond"], 5)).toEqual({ ...fields, limits: { perSecond: 5 } });
  });

  it("that is emptied is taken out, with what is left with nothing in it", () => {
    expect(withField({ limits: { perSecond: 5 }, a: 1 }, ["limits", "perSecond"], undefined)).toEqual({ a: 1 });
    expect(withField({ limits: { perSecond: 5, perHour: 9 } }, ["limits", "perSecond"], undefined)).toEqual({
      limits: { perHour: 9 },
    });
    expect(withField({ a: 1 }, ["limits", "perSecond"], undefined)).toEqual({ a: 1 });
  });

  it("keeps its place among the others", () => {
    expect(Object.keys(withField({ a: 1, b: 2, c: 3 }, ["b"], 4))).toEqual(["a", "b", "c"]);
  });
});

describe("a part", () => {
  it("gets another name where it stands, and routes follow it", () => {
    const renamed = withName(TABLE, { kind: "targets", id: "crm" }, "contacts");
    expect(Object.keys(renamed.targets)).toEqual(["contacts", "chat"]);
    expect(renamed.routes.map(({ to }) => to)).toEqual([["contacts"], ["contacts", "chat"], ["chat"]]);
    expect(withName(TABLE, { kind: "inlets", id: "shop" }, "store").routes[0]).toMatchObject({ inlets: ["store"] });
    const watched = readDocument({ ...TABLE, settings: { voucherify: { inlet: "shop", api: "https://a" } } });
    expect(withName(watched, { kind: "inlets", id: "shop" }, "store")["settings"]).toEqual({
      voucherify: { inlet: "store", api: "https://a" },
    });
    expect(ids(withName(TABLE, { kind: "routes", id: "second" }, "middle"))).toEqual(["first", "middle", "third"]);
  });

  it("is copied under a free name, a route right behind itself", () => {
    expect(freeName(TABLE, "routes", "second")).toBe("second-2");
    const copied = withCopy(TABLE, { kind: "routes", id: "second" }, "second-2");
    expect(ids(copied)).toEqual(["first", "second", "second-2", "third"]);
    expect(freeName(copied, "routes", "second")).toBe("second-3");
    expect(
      definitionOf(withCopy(TABLE, { kind: "targets", id: "crm" }, "crm-2"), { kind: "targets", id: "crm-2" }),
    ).toEqual(TABLE.targets["crm"]);
    const long = "a".repeat(40);
    expect(freeName(withPart(TABLE, "targets", { id: long, definition: {} }), "targets", long)).toBe(
      `${"a".repeat(38)}-2`,
    );
  });

  it("is moved among the routes, and stops at the ends", () => {
    expect(ids(withRouteMoved(TABLE, "third", -1))).toEqual(["first", "third", "second"]);
    expect(ids(withRouteMoved(TABLE, "first", -1))).toEqual(["first", "second", "third"]);
    expect(withRouteMoved(TABLE, "unknown", 1)).toBe(TABLE);
  });

  it("can be had as it was", () => {
    const edited = withPart(TABLE, "targets", { id: "crm", definition: {} });
    expect(withPartOf(edited, TABLE, { kind: "targets", id: "crm" })).toEqual(TABLE);
    const added = withPart(TABLE, "targets", { id: "new", definition: {} });
    expect(withPartOf(added, TABLE, { kind: "targets", id: "new" })).toEqual(TABLE);
  });

  it.each(["", "Crm", "a b", "-a", "a_", "a".repeat(41), "<script>", "crm"])("is not called %j", (name) => {
    expect(nameIssue(TABLE, "targets", name)).toEqual(expect.stringMatching(/name/));
  });

  it("may be called what nothing of its kind is called", () => {
    expect(nameIssue(TABLE, "inlets", "crm")).toBeUndefined();
  });
});

describe("a draft on top of another version", () => {
  const draft = withPart(withoutPart(TABLE, "routes", "third"), "targets", { id: "crm", definition: { timeoutMs: 5 } });

  it("keeps its own changes and theirs", () => {
    const theirs = withPart({ ...TABLE, settings: {} }, "targets", { id: "chat", definition: { timeoutMs: 9 } });
    const { document, clashes } = rebase(TABLE, draft, theirs);
    expect(document).toEqual({
      ...TABLE,
      targets: { crm: { timeoutMs: 5 }, chat: { timeoutMs: 9 } },
      routes: TABLE.routes.slice(0, 2),
      settings: {},
    });
    expect(clashes).toEqual([]);
  });

  it("names what both have changed, and has the draft's there", () => {
    const theirs = withPart(TABLE, "targets", { id: "crm", definition: { timeoutMs: 9 } });
    const { document, clashes } = rebase(TABLE, draft, theirs);
    expect(document.targets["crm"]).toEqual({ timeoutMs: 5 });
    expect(clashes).toEqual(["targets.crm"]);
    expect(rebase(TABLE, draft, draft).clashes).toEqual([]);
  });

  it("keeps the draft's order of routes, their new ones behind, and theirs where the draft has not changed it", () => {
    const added = withPart(TABLE, "routes", { id: "theirs", definition: { events: [], to: [] } });
    expect(ids(rebase(TABLE, withRouteMoved(TABLE, "third", -2), added).document)).toEqual([
      "third",
      "first",
      "second",
      "theirs",
    ]);
    const moved = withRouteMoved(TABLE, "first", 2);
    expect(ids(rebase(TABLE, { ...TABLE, settings: { a: 1 } }, moved).document)).toEqual(["second", "third", "first"]);
  });

  it("names the order of the routes where both have changed it", () => {
    const [mine, theirs] = [withRouteMoved(TABLE, "third", -2), withRouteMoved(TABLE, "first", 1)];
    expect(rebase(TABLE, mine, theirs)).toMatchObject({ clashes: ["the order of the routes"] });
    expect(ids(rebase(TABLE, mine, theirs).document)).toEqual(["third", "first", "second"]);
  });

  it("puts a new route of the draft where the draft has it", () => {
    const begun = withPart(TABLE, "routes", { id: "mine", definition: { events: [], to: [] } }, "second");
    const theirs = withPart(TABLE, "targets", { id: "chat", definition: { timeoutMs: 9 } });
    expect(ids(rebase(TABLE, begun, theirs).document)).toEqual(["first", "mine", "second", "third"]);
  });

  it("keeps the settings that the draft has changed", () => {
    const theirs = { ...TABLE, settings: { retention: { bodyDays: 3 } } };
    const found = rebase(TABLE, { ...TABLE, settings: { retention: { bodyDays: 30 } } }, theirs);
    expect(found).toMatchObject({
      document: { settings: { retention: { bodyDays: 30 } } },
      clashes: ["settings.retention"],
    });
    const { settings: _, ...without } = TABLE;
    expect(rebase(TABLE, readDocument(without), TABLE).document).toEqual(without);
  });

  it("keeps the sections of the settings that it has not changed as they left them", () => {
    const theirs = { ...TABLE, settings: { alerts: { plan: "free" }, retention: { bodyDays: 7 } } };
    const found = rebase(TABLE, { ...TABLE, settings: { retention: { bodyDays: 30 } } }, theirs);
    expect(found.document["settings"]).toEqual({ alerts: { plan: "free" }, retention: { bodyDays: 30 } });
    expect(found.clashes).toEqual([]);
  });
});

describe("a condition", () => {
  it.each([
    ["{{ a > 1 }}", { kind: "expression", text: "{{ a > 1 }}" }],
    [
      { path: "a", op: "gt", value: 1 },
      { kind: "plain", path: "a", op: "gt", value: 1 },
    ],
    [
      { path: "a", op: "novel" },
      { kind: "other", json: '{"path":"a","op":"novel"}' },
    ],
    [4, { kind: "other", json: "4" }],
    [
      { path: "a", op: "in", value: ["a, b"] },
      { kind: "other", json: '{"path":"a","op":"in","value":["a, b"]}' },
    ],
  ])("%j is shown as %j", (condition, row) => {
    expect(toRow(condition)).toEqual(row);
  });

  it.each(["gold", "1000", "-2.5", "true", "null", "", "007", '"12"', "12345678901234567890"])(
    "has the value that is typed as %s",
    (text) => {
      expect(toText(parseValue("eq", text))).toBe(text);
    },
  );

  it("takes numbers as numbers, and a list by its commas", () => {
    expect(parseValue("gt", "1000")).toBe(1000);
    expect(parseValue("eq", '"1000"')).toBe("1000");
    expect(parseValue("in", "gold, 2, ")).toEqual(["gold", 2]);
    expect(parseValue("exists", "false")).toBe(false);
    expect(parseValue("eq", "{}")).toBe("{}");
  });
});
