// The documentation names every code there is.

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { PROBLEM_STATUS } from "../../src/problem.ts";
import { compileTable } from "../../src/routing/compile.ts";

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

describe("README.md", () => {
  it("explains a routing table that can be published as it stands, comments aside", () => {
    const block = /```jsonc\n(.*?)```/s.exec(readFileSync("README.md", "utf8"))?.[1] ?? "";
    // Comments begin after two spaces or at the end of a value; the URL's own slashes follow a colon.
    const table: unknown = JSON.parse(block.replaceAll(/(?<!:)\/\/.*$/gm, ""));
    expect(compileTable(table)).toMatchObject({ ok: true });
  });

  it("stays under 250 lines", () => {
    expect(readFileSync("README.md", "utf8").split("\n").length).toBeLessThan(250);
  });
});

describe("examples/", () => {
  it.each(readdirSync("examples"))("%s can be published", (file) => {
    expect(compileTable(JSON.parse(readFileSync(`examples/${file}`, "utf8")))).toMatchObject({ ok: true });
  });
});
