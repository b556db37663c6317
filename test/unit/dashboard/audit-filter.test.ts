// The filter of the audit log, as the address, the API and a terminal have it.

import { describe, expect, it } from "vitest";
import { NEEDS } from "../../../src/admin/access.ts";
import {
  auditAddress,
  AUDITED_CALLS,
  readAuditFilter,
  sayAuditValue,
  toAuditCommand,
  toAuditQuery,
  type AuditFilter,
} from "../../../src/dashboard/pages/settings/audit-filter.ts";

const NOW = Date.parse("2026-11-29T12:00:00.000Z");

describe("an address", () => {
  it.each<[string, AuditFilter]>([
    ["/settings/audit", {}],
    [
      "/settings/audit?actor=Mira%2C+support&action=PUT+%2Fadmin%2Ftable",
      { actor: "Mira, support", action: "PUT /admin/table" },
    ],
    [
      "/settings/audit?subject=%3Cscript%3E%26%22&changed=true&since=7d",
      { subject: '<script>&"', changed: "true", since: "7d" },
    ],
  ])("%s is a filter, and the filter that address", (address, filter) => {
    expect(readAuditFilter(new URL(address, "https://a.example").search)).toEqual(filter);
    expect(auditAddress(filter)).toBe(address);
  });
});

it("the router is asked for lengths of time as instants, and for changes or for everything", () => {
  expect(toAuditQuery({ actor: "Mira", since: "24h", changed: "true" }, NOW)).toEqual({
    actor: "Mira",
    since: "2026-11-28T12:00:00.000Z",
    changed: "true",
  });
  expect(toAuditQuery({ changed: "perhaps" }, NOW)).toEqual({});
});

it("a command has the same flags, and one without a value", () => {
  expect(toAuditCommand({ actor: "Mira, support", changed: "true", since: "7d" })).toBe(
    "npx signalbox audit --actor 'Mira, support' --since 7d --changed",
  );
});

it("the Worker secret is called what it is; other values are said as they are", () => {
  expect(sayAuditValue("actor", "secret")).toBe("Worker secret");
  expect(sayAuditValue("subject", "secret")).toBe("secret");
  expect(sayAuditValue("changed", "true")).toBe("");
});

it.each(AUDITED_CALLS)("$value is the beginning of a call that there is", ({ value }) => {
  const calls = Object.keys(NEEDS).flatMap((call) => [call, call.slice(call.indexOf("/"))]);
  expect(calls.some((call) => call.startsWith(value))).toBe(true);
});
