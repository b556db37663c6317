import { describe, expect, it } from "vitest";
import {
  type EditedTable,
  formBelow,
  valueOf,
  wrongAsWhole,
  wrongAt,
} from "../../../src/dashboard/pages/table/fields-form.ts";
import {
  changesOfSection,
  formOfSection,
  sectionOf,
  withSection,
} from "../../../src/dashboard/pages/settings/section-form.ts";
import { readDocument, type TableDocument } from "../../../src/routing/edit-table.ts";
import type { Issue } from "../../../src/issues.ts";

const EMPTY = readDocument({ inlets: {}, targets: {}, routes: [] });
const SET = readDocument({
  ...EMPTY,
  settings: { retention: { bodyDays: 7, novelty: true }, alerts: { channels: { team: { type: "slack" } } } },
});

/** What a form works on, and the document as its edits leave it. */
function workOn(document: TableDocument, errors: readonly Issue[] = []) {
  const edited = { document };
  const working: EditedTable = {
    document,
    errors,
    edit: (change) => (edited.document = change(edited.document)),
  };
  return { working, edited };
}

describe("the form of a section", () => {
  it("puts a value where the table says nothing yet", () => {
    const { working, edited } = workOn(EMPTY);
    formOfSection("retention", working).set("bodyDays", 3);
    expect(edited.document).toEqual({ ...EMPTY, settings: { retention: { bodyDays: 3 } } });
  });

  it("keeps what it does not know, and takes out what is emptied", () => {
    const { working, edited } = workOn(SET);
    const form = formOfSection("retention", working);
    form.set("auditDays", 40);
    form.set("bodyDays", undefined);
    expect(sectionOf(edited.document, "retention")).toEqual({ novelty: true, auditDays: 40 });
    expect(sectionOf(edited.document, "alerts")).toEqual(sectionOf(SET, "alerts"));
  });

  it("leaves no empty settings behind", () => {
    const { working, edited } = workOn(withSection(EMPTY, "alerts", { digest: { at: "08:00" } }));
    formOfSection("alerts", working).set("digest.at", undefined);
    expect(edited.document).toEqual(EMPTY);
  });

  it("has its own errors at their fields, those of something inside too", () => {
    const errors = [
      { path: "settings.alerts", message: "whole" },
      { path: "settings.alerts.channels.team.secret", message: "this is missing" },
      { path: "settings.alertsish.x", message: "another" },
      { path: "targets.crm", message: "elsewhere" },
    ];
    const form = formOfSection("alerts", workOn(SET, errors).working);
    expect(form.errors).toHaveLength(2);
    expect(wrongAsWhole(form, "")).toBe("whole");
    expect(wrongAsWhole(form, "channels")).toBeUndefined();
    const channel = formBelow(form, "channels.team");
    expect(wrongAt(channel, "secret")).toBe("this is missing");
    expect(valueOf(channel, "type")).toBe("slack");
  });

  it("passes on what is set inside", () => {
    const { working, edited } = workOn(SET);
    formBelow(formOfSection("alerts", working), "channels.team").set("least", "info");
    expect(sectionOf(edited.document, "alerts")).toEqual({ channels: { team: { type: "slack", least: "info" } } });
  });
});

describe("what a draft changes of a section", () => {
  it("is said value by value, and as a whole where there was none", () => {
    expect(changesOfSection(SET, withSection(SET, "retention", { bodyDays: 9, novelty: true }), "retention")).toEqual([
      { change: "changed", path: "settings.retention.bodyDays", before: 7, after: 9 },
    ]);
    expect(changesOfSection(EMPTY, SET, "retention")).toMatchObject([
      { change: "added", path: "settings.retention", after: { bodyDays: 7 } },
    ]);
    expect(changesOfSection(SET, EMPTY, "retention")).toMatchObject([{ change: "removed" }]);
  });

  it("is nothing where another section is changed", () => {
    expect(changesOfSection(SET, withSection(SET, "retention", undefined), "alerts")).toEqual([]);
  });
});
