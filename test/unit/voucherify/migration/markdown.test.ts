// The report as a page: what stands where, and that no name from a payload or a table becomes part of the page's own
// markup. There are several readings of Markdown, so what is checked holds in all of them.

import { describe, expect, it } from "vitest";
import { toMarkdown } from "../../../../src/voucherify/migration/markdown.ts";
import type { MigrationReport } from "../../../../src/voucherify/migration/model.ts";

const LAST = Date.UTC(2026, 10, 24, 12);

/** A report with a name in every place that takes one. */
function reportOn(name: string): MigrationReport {
  return {
    steps: [
      { step: 1, title: "Take a project", state: "done", detail: `It is ${name}.` },
      { step: 2, title: "Open its settings", state: "by hand", detail: "Nothing can show it." },
      { step: 5, title: "Trigger each", state: "open", detail: `Missing: ${name}, ${name}.` },
    ],
    types: [
      {
        type: name,
        sender: "webhook",
        old: { count: 3, lastAt: LAST },
        current: { count: 1, lastAt: LAST + 1_000 },
        comparedWith: "traffic",
        changes: [
          { change: "moved", from: name, to: name },
          { change: "dropped", from: name, to: null },
          { change: "unknown", from: null, to: name },
        ],
      },
      {
        type: name,
        sender: "distribution",
        old: { count: 1, lastAt: LAST },
        current: null,
        comparedWith: "example",
        changes: [{ change: "kept", from: name, to: name }],
      },
      {
        type: name,
        sender: "distribution",
        old: { count: 1, lastAt: LAST },
        current: null,
        comparedWith: "nothing",
        changes: [],
      },
    ],
    reads: [
      { place: name, path: name, types: [name, name], fate: "replace", replacement: name },
      { place: name, path: name, types: [name], fate: "gone", replacement: null },
      { place: name, path: name, types: [name], fate: "whole", replacement: null },
    ],
  };
}

describe("toMarkdown", () => {
  it("has the checklist, the types, the table's reads and every field, in this order", () => {
    expect(toMarkdown(reportOn("order.paid"))).toBe(`# From v2018-08-01 to v2024-01-01

1. [x] **Take a project**: It is order.paid.
2. [ ] **Open its settings** (by hand): Nothing can show it.
5. [ ] **Trigger each**: Missing: order.paid, order.paid.

## Event types

| type | sent by | v2018-08-01 | v2024-01-01 |
| --- | --- | --- | --- |
| \`order.paid\` | webhook | 3, last 2026-11-24T12:00:00.000Z | 1, last 2026-11-24T12:00:01.000Z |
| \`order.paid\` | distribution | 1, last 2026-11-24T12:00:00.000Z | **not seen yet** |
| \`order.paid\` | distribution | 1, last 2026-11-24T12:00:00.000Z | **not seen yet** |

## The routing table

| place | reads | for | write instead |
| --- | --- | --- | --- |
| \`order.paid\` | \`order.paid\` | \`order.paid\`, \`order.paid\` | \`order.paid\` |
| \`order.paid\` | \`order.paid\` | \`order.paid\` | nothing: no such field |
| \`order.paid\` | \`order.paid\` | \`order.paid\` | look at it: its insides change |

## \`order.paid\` from a webhook

Every field of a sendout that came in. A line speaks of everything below its field that has no line of its own.

| v2018-08-01 | change | v2024-01-01 |
| --- | --- | --- |
| \`order.paid\` | moved | \`order.paid\` |
| \`order.paid\` | dropped |  |
|  | new | \`order.paid\` |

## \`order.paid\` from a distribution

Every field of our own example, as none has come in with its body. A line speaks of everything below its field that has no line of its own.

| v2018-08-01 | change | v2024-01-01 |
| --- | --- | --- |
| \`order.paid\` | kept | \`order.paid\` |

## \`order.paid\` from a distribution

None has come in with its body, and there is no example of it.
`);
  });

  it("says so where there is nothing", () => {
    const page = toMarkdown({ steps: [], types: [], reads: [] });
    expect(page).toContain("\nNo v2018-08-01 sendout was seen: there is nothing to migrate.\n");
    expect(page).toContain("\nNothing reads a field that disappears.\n");
    expect(page).not.toContain("|");
  });
});

const HOSTILE = [
  "a|b",
  "|",
  "a\\|b",
  "a\\\\|b",
  "a`|`b",
  "ends with \\",
  "`",
  "a`b``c```d",
  "metadata.`first name`",
  "`|` | `x",
  "two\nlines",
  "two\r\n\r\n# headings",
  "\r| a | b | c | d |\r",
  "<script>alert(1)</script>",
  "</code><img src=x onerror=alert(1)>|",
  "<!-- |",
  "**bold** _and_ ~~gone~~",
  "[text](javascript:alert(1))",
  "![picture](https://example.com/x.png)",
  "&lt;b&gt; &#124;",
  "https://example.com/x www.example.com",
  "- [ ] another box",
];

/** A text without its escaped characters and its code, as CommonMark has both. */
function withoutCode(text: string): string {
  const code = /<code>(?:[\p{L}\p{N} ]|&#\d+;)*<\/code>/gu;
  let rest = text.replaceAll(code, "");
  let plain = "";
  while (rest !== "") {
    const [run = ""] = /^`+/.exec(rest) ?? [];
    const end = run === "" ? -1 : rest.slice(run.length).search(new RegExp(`(?<!\`)${run}(?!\`)`));
    const length = end >= 0 ? end + 2 * run.length : rest.startsWith("\\") ? 2 : Math.max(1, run.length);
    if (end < 0 && !rest.startsWith("\\")) plain += rest.slice(0, length);
    rest = rest.slice(length);
  }
  return plain;
}

describe("a name in a report", () => {
  const harmless = toMarkdown(reportOn("x")).split("\n");

  it.each(HOSTILE)("of %j adds no line and no cell", (name) => {
    const lines = toMarkdown(reportOn(name)).split(/\r\n|\r|\n/);
    expect(lines).toHaveLength(harmless.length);
    for (const [index, line] of lines.entries()) {
      const usual = harmless[index] ?? "";
      // Whether a backslash saves a pipe depends on who reads, so there is none to save.
      if (usual.startsWith("|")) expect(line.split("|")).toHaveLength(usual.split("|").length);
      else expect(line.slice(0, 2)).toBe(usual.slice(0, 2));
    }
  });

  it.each(HOSTILE)("of %j is code or plain text and nothing else", (name) => {
    const lines = toMarkdown(reportOn(name)).split("\n");
    for (const [index, line] of lines.entries()) {
      const usual = harmless[index] ?? "";
      const own = usual.startsWith("|")
        ? line.split("|").join(" ")
        : line.replace(/^(?:\d\. \[.\] \*\*[^*]+\*\*|#+ )/, "");
      const text = withoutCode(own.replace("**not seen yet**", ""));
      expect(text).not.toMatch(/[`*_[\]<>|~&]|:\/\/|www\./);
    }
  });

  it("is readable in the page's source where it can be", () => {
    const page = toMarkdown(reportOn("data.`first name`"));
    expect(page).toContain("| `` data.`first name` `` | moved |");
  });

  it("checks itself: without any care this test would fail", () => {
    expect(withoutCode("a `b` ``c ` d`` \\* <code>e&#124;</code> f")).toBe("a     f");
    expect(withoutCode("`a` ` <b>")).toBe(" ` <b>");
  });
});
