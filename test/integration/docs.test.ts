// The documentation names every code there is.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { PROBLEM_STATUS } from "../../src/problem.ts";

const page = readFileSync("docs/errors.md", "utf8");

/** The files whose reason literals end up in a ledger row. */
const REASON_FILES = [
  "src/voucherify/read-json.ts",
  "src/voucherify/normalise.ts",
  "src/translation/rendered.ts",
  "src/delivery/judge.ts",
  "src/routing/consumer.ts",
  "src/jobs/dead-letters.ts",
];
const REASON = /"((?:body|envelope|message|routing|target|secret|address|request|template|delivery)_[a-z_]+)"/g;
/** Events in the log, which look like reasons. */
const LOG_EVENTS = new Set(["routing_failed", "routing_not_recorded"]);

describe("docs/errors.md", () => {
  it.each([...PROBLEM_STATUS])("lists the error %s with its status %i", (code, status) => {
    expect(page).toContain(`| \`${code}\` | ${status} |`);
  });

  const sources = REASON_FILES.map((file) => readFileSync(file, "utf8")).join("\n");
  const reasons = new Set([...sources.matchAll(REASON)].map((match) => match[1] ?? ""));
  it.each([...reasons].filter((reason) => !LOG_EVENTS.has(reason)))("lists the reason %s", (reason) => {
    expect(page).toContain(`| \`${reason}\` |`);
  });

  it("lists no error that does not exist", () => {
    const listed = [...page.matchAll(/^\| `([a-z_]+)` \| \d{3} \|/gm)].map((match) => match[1] ?? "");
    expect(listed.toSorted()).toEqual([...PROBLEM_STATUS.keys()].toSorted());
  });
});
