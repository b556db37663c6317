// The documentation names every code there is.

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { PROBLEM_STATUS } from "../../src/problem.ts";
import { compileTable } from "../../src/routing/compile.ts";
import { previewSendout } from "../../src/routing/preview.ts";
import { exampleSendout } from "../../src/voucherify/examples.ts";
import { normalise } from "../../src/voucherify/normalise.ts";

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
    const listed: string[] = [...page.matchAll(/^\| `([a-z_]+)` \| \d{3} \|/gm)].map((match) => match[1] ?? "");
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

  const [table, requests] = slackAndBraze();

  it("shows examples/slack-and-braze.json as it is, in under 40 lines", () => {
    expect(table).toBe(readFileSync("examples/slack-and-braze.json", "utf8"));
    expect(table.trimEnd().split("\n").length).toBeLessThan(40);
  });

  it("shows what Slack and Braze get by that table for our example", async () => {
    const compiled = compileTable(JSON.parse(table));
    const received = new TextEncoder().encode(JSON.stringify(exampleSendout("redemption.succeeded")));
    const event = normalise(received);
    if (!compiled.ok || !event.ok) throw new Error("there is nothing to preview");
    const source = { event: event.value, received, receivedAt: 0, sendoutId: "so_1" };
    const { deliveries } = await previewSendout(compiled.value, "voucherify", source);
    const shown = deliveries.map(({ request }) => {
      const { method, url, headers, body } = request ?? { method: "", url: "", headers: {}, body: null };
      const proof = headers["authorization"];
      return [
        `${method} ${url}`,
        ...(proof === undefined ? [] : [`Authorization: ${proof}`]),
        "",
        JSON.stringify(body),
      ];
    });
    expect(requests).toBe(`${shown.map((lines) => lines.join("\n")).join("\n\n")}\n`);
  });

  it("stays under 250 lines", () => {
    expect(readFileSync("README.md", "utf8").split("\n").length).toBeLessThan(250);
  });
});

/** The table and the requests of the README's section about recipes. */
function slackAndBraze(): [table: string, requests: string] {
  const section = /^## Slack and Braze in 25 lines\n(.*?)^## /ms.exec(readFileSync("README.md", "utf8"))?.[1] ?? "";
  const block = (language: string) => new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "ms").exec(section)?.[1] ?? "";
  return [block("json"), block("http")];
}

describe("examples/", () => {
  const tables = readdirSync("examples").filter((file) => file.endsWith(".json") && !file.endsWith(".tests.json"));
  it.each(tables)("%s can be published", (file) => {
    expect(compileTable(JSON.parse(readFileSync(`examples/${file}`, "utf8")))).toMatchObject({ ok: true });
  });
});
