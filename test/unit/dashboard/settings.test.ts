import { describe, expect, it } from "vitest";
import { RETENTION_DEFAULT } from "../../../src/ledger/retention-settings.ts";
import { SCOPES as KNOWN } from "../../../src/ledger/tokens.ts";
import { MASKING_DEFAULT } from "../../../src/masking/settings.ts";
import { changesOf } from "../../../src/dashboard/pages/settings/changes.ts";
import { endOf, PRESETS, SCOPES } from "../../../src/dashboard/pages/settings/scopes.ts";
import { describeChannel, readSettings } from "../../../src/dashboard/pages/settings/table-settings.ts";

describe("what an entry of the audit log has changed", () => {
  it("is every name whose value is another one, those inside others with dots", () => {
    const before = { version: 6, webhook: { active: false, url: "https://a" }, same: [1, 2] };
    const after = { version: 7, webhook: { active: true, url: "https://a" }, same: [1, 2] };
    expect(changesOf({ before, after })).toEqual([
      { name: "version", before: "6", after: "7" },
      { name: "webhook.active", before: "false", after: "true" },
    ]);
  });

  it("has nothing before what is new, and nothing after what is gone", () => {
    expect(changesOf({ after: { id: "tok_1" } })).toEqual([{ name: "id", before: undefined, after: "tok_1" }]);
    expect(changesOf({ before: { id: "tok_1" } })).toEqual([{ name: "id", before: "tok_1", after: undefined }]);
    expect(changesOf({ before: null, after: { note: null } })).toEqual([
      { name: "note", before: undefined, after: "null" },
    ]);
  });

  it("is one value without a name where it is no object, and nothing where there is none", () => {
    expect(changesOf({ after: ["a", "b"] })).toEqual([{ name: "", before: undefined, after: '["a","b"]' }]);
    expect(changesOf({})).toEqual([]);
  });
});

describe("tokens", () => {
  it("can have every scope that there is, in the router's order", () => {
    expect(SCOPES).toEqual(KNOWN);
    for (const { scopes } of PRESETS) expect(KNOWN).toEqual(expect.arrayContaining([...scopes]));
  });

  it("end so many days from now, or never", () => {
    expect(endOf("30", Date.parse("2026-01-01T12:00:00Z"))).toBe("2026-01-31T12:00:00.000Z");
    expect(endOf("never", 0)).toBeUndefined();
  });
});

describe("the settings of a table", () => {
  it("are the router's own where a table says nothing", () => {
    const { retention, masking, alerts } = readSettings({ inlets: {}, targets: {}, routes: [] });
    expect(retention).toEqual(RETENTION_DEFAULT);
    expect(masking).toEqual(MASKING_DEFAULT);
    expect(alerts).toEqual({ channels: {}, timeZone: "UTC" });
  });

  it("are the table's where it says something, what else it says left out", () => {
    const channels = { team: { type: "slack", secret: "SLACK_PATH" } };
    const settings = { retention: { bodyDays: 3 }, alerts: { channels, origin: "https://a.example" }, later: true };
    expect(readSettings({ settings })).toMatchObject({
      retention: { ...RETENTION_DEFAULT, bodyDays: 3 },
      alerts: { channels: { team: { ...channels.team, least: "warning" } } },
    });
  });

  it.each([
    [{ type: "slack", least: "info", secret: "SLACK_PATH" }, "the Slack webhook in SLACK_PATH"],
    [{ type: "webhook", least: "info", url: "https://a.example/in" }, "https://a.example/in"],
    [{ type: "email", least: "info", to: ["a@b.example", "c@d.example"] }, "a@b.example, c@d.example"],
    [{ type: "pigeon", least: "info" }, ""],
  ])("say where a channel goes: %j", (channel, said) => {
    expect(describeChannel(channel)).toBe(said);
  });
});
