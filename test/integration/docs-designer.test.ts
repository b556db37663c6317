// docs/payload-designer.md, example by example, in both directions.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { exportDesigner } from "../../src/translation/designer/export.ts";
import { importDesigner } from "../../src/translation/designer/import.ts";
import { renderWith } from "../unit/translation/designer/render.ts";
import { blocksOf, codeOf, tablesOf } from "./markdown.ts";

const PAGE = readFileSync("docs/payload-designer.md", "utf8");
const [text = "", ...otherTexts] = blocksOf(PAGE, "text");
const [template, data, sent, ...otherBlocks] = blocksOf(PAGE, "json").map((block): unknown => JSON.parse(block));

/** The rows of the table with these headings; cells without code as they are. */
function rowsOf(...headings: string[]): string[][] {
  const found = tablesOf(PAGE).filter(({ header }) => header.filter(Boolean).join() === headings.join());
  if (found.length !== 1) throw new Error(`there are ${found.length} tables of ${headings.join(", ")}`);
  return found.flatMap(({ rows }) => rows.map((row) => row.map((cell) => codeOf(cell) ?? cell)));
}

function imported(designer: string): unknown {
  const result = importDesigner(designer);
  if (!result.ok) throw new Error(result.problem.message);
  return result.body;
}

/** A value that may be missing, as the page writes it. */
async function sentFor(body: unknown): Promise<string> {
  const list = await renderWith(data, [body]);
  if (!Array.isArray(list)) throw new Error("a list makes no list");
  return list.length === 0 ? "nothing" : JSON.stringify(list[0]);
}

describe("docs/payload-designer.md", () => {
  it("has no table and no block that nothing here runs", () => {
    expect([otherTexts, otherBlocks]).toEqual([[], []]);
    expect(tablesOf(PAGE)).toHaveLength(4);
  });

  it("shows what its text becomes, and what is sent for its event", async () => {
    expect(imported(text)).toEqual(template);
    expect(await renderWith(data, template)).toEqual(sent);
  });

  it.each(rowsOf("Payload designer", "Body template", "Sent"))("%s becomes %s and sends %s", async (...row) => {
    const [designer = "", body = "", result] = row;
    expect(imported(designer)).toEqual(JSON.parse(body));
    expect(await sentFor(JSON.parse(body))).toBe(result);
  });

  it.each(rowsOf("Payload designer", "Refused with"))("%s is refused with %s", (designer = "", message = "") => {
    expect(importDesigner(designer)).toMatchObject({ ok: false, problem: { message } });
  });

  it.each(rowsOf("Body template", "Exported", "Why"))("%s cannot be said: %s", (body = "", exported = "") => {
    expect(exportDesigner(JSON.parse(body))).toEqual({
      text: exported,
      raw: true,
      losses: [{ place: "body", message: expect.any(String) }],
    });
  });

  it.each(rowsOf("Body template", "Exported"))("%s is said with %s, and comes back", (body = "", exported = "") => {
    expect(exportDesigner(JSON.parse(body))).toEqual({ text: exported, raw: true, losses: [] });
    expect(imported(exported)).toEqual(JSON.parse(body));
  });
});
