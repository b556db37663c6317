// docs/expressions.md, example by example: what the page says that comes out is what comes out.

import { readFileSync } from "node:fs";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { compileFilter, failedCondition } from "../../src/routing/filter.ts";
import { seedOf } from "../../src/routing/render-delivery.ts";
import { TargetSchema } from "../../src/routing/table.ts";
import { ALLOWED_FUNCTIONS, OWN_FUNCTIONS } from "../../src/translation/engine/functions.ts";
import { compileRequest, renderRequest, RequestTemplateSchema } from "../../src/translation/request.ts";
import { isJsonObject } from "../../src/voucherify/read-json.ts";
import { blocksOf, codeOf, tablesOf } from "./markdown.ts";

const PAGE = readFileSync("docs/expressions.md", "utf8");

/** The page's tables by their first two headings, with what kind of examples they have. */
const KINDS = [
  "Write | Get",
  "Expression | Gives",
  "In the URL | Becomes",
  "In `when` | Holds",
  "Expression | Refused with",
];

const [written = "", ...pairs] = blocksOf(PAGE, "json");
const event: unknown = JSON.parse(written);
if (!isJsonObject(event)) throw new Error("the page's first block is no event");
const envelope = { ...event, data: event["data"] };

/** The page says: received a second after it happened. */
const happenedAt = Date.parse("2026-10-05T08:15:30.250Z");
const receivedAt = happenedAt + 1_000;

const tables = tablesOf(PAGE).map(({ header, rows }) => ({ kind: header.slice(0, 2).join(" | "), rows }));

/** The rows of a kind of table: the example, which is code, and what comes of it as it is written. */
function rowsOf(kind: string): [example: string, result: string][] {
  const rows = tables.filter((table) => table.kind === kind).flatMap((table) => table.rows);
  return rows.map(([example = "", result = ""]) => [codeOf(example) ?? `no code: ${example}`, result]);
}

function compile(request: object) {
  const source = v.parse(RequestTemplateSchema, { url: "https://crm.example.com/", ...request });
  return compileRequest(source, "request");
}

async function render(request: object, settings?: Record<string, string>) {
  const compiled = compile(request);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues));
  const seed = seedOf("so_1", "all", "crm");
  return renderRequest(compiled.value, { event: envelope, seed, happenedAt, receivedAt, settings });
}

/** A body template, or a whole target with settings, of which the page shows what becomes of its body. */
function requestOf(shown: unknown): { body: unknown; settings?: Record<string, string> } {
  if (!isJsonObject(shown) || !("settings" in shown)) return { body: shown };
  const { settings, request } = v.parse(TargetSchema, shown);
  return { body: request?.body, ...(settings && { settings }) };
}

/** What a body comes to, as the page writes it. */
async function outcomeOf(shown: unknown): Promise<string> {
  const { body, settings } = requestOf(shown);
  const rendered = await render({ body: [body] }, settings);
  if (!rendered.ok) return `fails: \`${rendered.reason}\``;
  const list = JSON.parse((rendered.value.body ?? []).map(String).join("")) as unknown[]; // a body that is a list
  return list.length === 0 ? "nothing" : `\`${JSON.stringify(list[0])}\``;
}

describe("docs/expressions.md", () => {
  it("has no table and no block that nothing here runs", () => {
    expect(tables.map(({ kind }) => kind).filter((kind) => !KINDS.includes(kind))).toEqual([]);
    expect(pairs.length % 2).toBe(0);
    expect(Array.from(PAGE.matchAll(/^```(\w*)$/gm), (match) => match[1]).filter(Boolean)).toEqual(
      Array.from({ length: pairs.length + 1 }, () => "json"),
    );
  });

  it("has many examples", () => {
    const counts = Object.fromEntries(KINDS.map((kind) => [kind, rowsOf(kind).length]));
    console.log(JSON.stringify({ ...counts, nodes: pairs.length / 2 }));
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(1);
  });

  it.each(rowsOf("Write | Get"))("%s gives %s", async (example, result) => {
    expect(await outcomeOf(JSON.parse(example))).toBe(result);
  });

  it.each(rowsOf("Expression | Gives"))("%s gives %s", async (example, result) => {
    expect(await outcomeOf(`{{ ${example} }}`)).toBe(result);
  });

  it.each(Array.from({ length: pairs.length / 2 }, (_, index) => pairs.slice(index * 2, index * 2 + 2)))(
    "%s gives %s",
    async (example = "", result = "") => {
      expect(await outcomeOf(JSON.parse(example))).toBe(`\`${JSON.stringify(JSON.parse(result))}\``);
    },
  );

  it.each(rowsOf("In the URL | Becomes"))("the URL %s becomes %s", async (url, result) => {
    const rendered = await render({ url });
    expect(rendered).toMatchObject({ ok: true, value: { url: [codeOf(result)] } });
  });

  it.each(rowsOf("In `when` | Holds"))("the condition %s holds: %s", async (example, result) => {
    const filter = compileFilter([String(JSON.parse(example))], (_index, message) => {
      throw new Error(message);
    });
    expect(["yes", "no"]).toContain(result);
    expect((await failedCondition(filter, envelope, receivedAt)) === undefined ? "yes" : "no").toBe(result);
  });

  it.each(rowsOf("Expression | Refused with"))("%s is refused with %s", (example, result) => {
    const compiled = compile({ body: `{{ ${example} }}` });
    const message = compiled.ok ? "it is taken" : compiled.issues[0]?.message.replace(/^character \d+: /, "");
    expect(`\`${message}\``).toBe(result);
  });

  it("names every function there is, and shows what each of ours gives", () => {
    const named = new Set(Array.from(PAGE.matchAll(/\$(\w+)/g), (match) => match[1] ?? ""));
    expect([...ALLOWED_FUNCTIONS].filter((name) => !named.has(name))).toEqual([]);
    const shown = new Set(rowsOf("Expression | Gives").map(([example]) => /^\$(\w+)/.exec(example)?.[1]));
    expect([...OWN_FUNCTIONS.keys()].filter((name) => !shown.has(name))).toEqual([]);
  });
});
