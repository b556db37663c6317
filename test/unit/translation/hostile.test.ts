// Hostile expressions inside workerd, under a clock that stands still as it does in a deployed Worker. What stopped each,
// and after how long by a clock that was taken before and goes on.

import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as v from "valibot";
import { ALLOWED_FUNCTIONS } from "../../../src/translation/engine/functions.ts";
import { compileRequest, renderRequest, RequestTemplateSchema } from "../../../src/translation/request.ts";
import { createInput } from "./at-once.ts";
import { printTable } from "./designer/print-table.ts";
import { again, HOSTILE_CASES, LARGE_PAYLOADS, type Ending, type HostileCase } from "./hostile-cases.ts";
import { bodyOf } from "./run.ts";
import { textOf } from "./text-of.ts";

/** The clock of the local workerd, which goes on while it computes; the tests freeze the one that the code sees. */
const clock = performance.now.bind(performance);

/** A hang, on a machine however busy; what is printed is far below. */
const HANG_MS = 3_000;

/** However a template may end. */
const ENDINGS: readonly string[] = [
  "refused",
  "value",
  "template_budget_exceeded",
  "template_expression_failed",
  "template_body_too_large",
  "template_value_required",
] satisfies (Ending | "template_value_required")[];

const rows: Record<string, string>[] = [];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date", "performance"] });
});

afterEach(() => {
  vi.useRealTimers();
});

afterAll(() => {
  printTable(rows);
});

interface Outcome {
  ending: string;
  detail: string;
  compileMs: number;
  renderMs: number;
}

async function run(template: HostileCase["template"], event: { data: object }): Promise<Outcome> {
  const body = typeof template === "string" ? [`{{ ${template} }}`] : template;
  const begun = clock();
  const compiled = compileRequest(v.parse(RequestTemplateSchema, { url: "https://h.example/", body }), "request");
  const compileMs = clock() - begun;
  if (!compiled.ok) {
    return { ending: "refused", detail: compiled.issues[0]?.message ?? "", compileMs, renderMs: 0 };
  }
  const rendering = clock();
  const rendered = await renderRequest(compiled.value, createInput(event));
  const renderMs = clock() - rendering;
  if (!rendered.ok) return { ending: rendered.reason, detail: rendered.detail, compileMs, renderMs };
  const text = textOf({ ok: true, value: rendered.value.body ?? [] });
  expect(JSON.parse(text)).toBeDefined();
  return { ending: "value", detail: `${text.length} characters`, compileMs, renderMs };
}

describe("a hostile template", () => {
  it.each(HOSTILE_CASES.map((one) => [one.name, one] as const))("ends, and harms nothing: %s", async (name, one) => {
    const frozen = [Date.now(), performance.now()];
    const { ending, detail, compileMs, renderMs } = await run(one.template, { data: one.data?.() ?? {} });
    expect([Date.now(), performance.now()]).toEqual(frozen);
    const shown = typeof one.template === "string" ? one.template : JSON.stringify(one.template);
    rows.push({
      case: name,
      template: shown.length > 50 ? `${shown.slice(0, 49)}…` : shown,
      "stopped by": ending,
      because: detail.replace(/^request\.body(?:\.\S+)?: /, "").slice(0, 60),
      "ms to compile": compileMs.toFixed(0),
      "ms to render": renderMs.toFixed(0),
    });
    expect(ending).toBe(one.ending);
    expect(compileMs + renderMs).toBeLessThan(HANG_MS);
    expect(await bodyOf({ body: ["{{ order.id }}", "{{ order.amount / 100 }}"] })).toEqual(["ord_1", 120]);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });
});

describe("a payload of two megabytes", () => {
  const events = Object.entries(LARGE_PAYLOADS).map(([shape, data]) => [shape, { data: data() }] as const);

  it.each([...ALLOWED_FUNCTIONS])("is no work without end for $%s", async (name) => {
    const calls = [`$${name}($$.o)`, `$${name}($$.o, $$.o)`, `$${name}($$.o, 'a', 'b')`, `$map($$.o, $${name})`];
    for (const [shape, event] of events) {
      for (const call of calls) {
        const { ending, renderMs } = await run(again(call), event);
        expect([shape, call, ENDINGS.includes(ending)]).toEqual([shape, call, true]);
        expect(renderMs).toBeLessThan(HANG_MS);
      }
    }
  });
});

describe("hostile templates beside each other", () => {
  it("take nothing from one another's steps", async () => {
    const loop = "{{ $count($map([1..4500], function($i) { $i + 1 })) }}";
    const bodies = Array.from({ length: 8 }, async () => bodyOf({ body: [loop] }));
    expect(await Promise.all(bodies)).toEqual(Array.from({ length: 8 }, () => [4_500]));
  });
});
