// Hostile expressions and events inside workerd, under a clock that stands still as it does in a deployed Worker: what
// stopped each. The table that is printed says after how long, by a clock that was taken before and goes on.

import jsonata from "jsonata";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as v from "valibot";
import { withinBudget } from "../../../src/translation/engine/compile.ts";
import { ALLOWED_FUNCTIONS } from "../../../src/translation/engine/functions.ts";
import type { RenderedText } from "../../../src/translation/rendered.ts";
import { compileRequest, renderRequest, RequestTemplateSchema } from "../../../src/translation/request.ts";
import { createContext, createInput } from "./at-once.ts";
import { printTable } from "./designer/print-table.ts";
import { again, LARGE_PAYLOADS, type Ended, type Ending } from "./hostile-case.ts";
import { KNOWN_CASES } from "./hostile-known.ts";
import { ENDINGS_OF_LARGE } from "./hostile-large.ts";
import { MAPPING_CASES, type Sent } from "./hostile-mapping.ts";
import { BODY_CASES, NATIVE_CASES } from "./hostile-work.ts";
import { bodyOf } from "./run.ts";

/** The clock of the local workerd, which goes on while it computes; the tests freeze the one that the code sees. */
const clock = performance.now.bind(performance);

/** Only so that a run ends, on a machine however busy. */
const TIMEOUT = 120_000;

const rows: Record<string, string>[] = [];
let frozen: number[] = [];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date", "performance"] });
  frozen = [Date.now(), performance.now()];
});

afterEach(async () => {
  expect([Date.now(), performance.now()]).toEqual(frozen);
  // The isolate lives, and nothing has been left in it.
  expect(await bodyOf({ body: ["{{ order.id }}", "{{ order.amount / 100 }}"] })).toEqual(["ord_1", 120]);
  expect(Reflect.get({}, "polluted")).toBeUndefined();
  vi.useRealTimers();
});

afterAll(() => {
  printTable(rows);
});

interface Outcome {
  ending: Ending;
  /** The sentence that says why it ended. */
  because: string;
  sent: Sent | undefined;
  ms: number;
}

async function run(request: object, data: object): Promise<Outcome> {
  const begun = clock();
  const source = v.parse(RequestTemplateSchema, { url: "https://h.example/", ...request });
  const compiled = compileRequest(source, "request");
  if (!compiled.ok) {
    return { ending: "refused", because: compiled.issues[0]?.message ?? "", sent: undefined, ms: clock() - begun };
  }
  const rendered = await renderRequest(compiled.value, createInput({ data }));
  const ms = clock() - begun;
  if (!rendered.ok) return { ending: rendered.reason, because: rendered.detail, sent: undefined, ms };
  const { url, headers, body = [] } = rendered.value;
  const text = write(body, source.encoding === "json" ? JSON.stringify : String);
  const sent = {
    url: write(url, String),
    headers: Object.fromEntries(headers.map(([name, value]) => [name, write(value, String)])),
    body: source.encoding === "json" && body.length > 0 ? (JSON.parse(text) as unknown) : text,
  };
  return { ending: "value", because: `${text.length} characters`, sent, ms };
}

function write(text: RenderedText, quote: (secret: string) => string): string {
  return text.map((part) => (typeof part === "string" ? part : quote(`<${part.$secret}>`))).join("");
}

/** Adds a line to the table; what is refused is refused when its table is published. */
function tell(name: string, { ending, because, ms }: Pick<Outcome, "ending" | "because" | "ms">): void {
  rows.push({
    case: name,
    stopped: ending === "value" ? "" : ending === "refused" ? "at publish" : "at run time",
    code: ending === "refused" ? "table_invalid" : ending === "value" ? "" : ending,
    because: because.replace(/^request\.body(?:\.\S+)?: /, "").slice(0, 80),
    ms: ms.toFixed(0),
  });
}

function check({ ending, because }: Outcome, expected: Ended): void {
  expect(ending).toBe(expected.ending);
  if (expected.ending === "refused") expect(because).toContain(expected.because);
}

describe("a hostile template", () => {
  const cases = [...KNOWN_CASES, ...NATIVE_CASES, ...BODY_CASES];

  it.each(cases.map((one) => [one.name, one] as const))(
    "ends as it must, and harms nothing: %s",
    async (name, { template, data, ...expected }) => {
      const body = typeof template === "string" ? [`{{ ${template} }}`] : template;
      const outcome = await run({ body }, data?.() ?? {});
      tell(name, outcome);
      check(outcome, expected);
    },
    TIMEOUT,
  );
});

describe("a hostile event", () => {
  it.each(MAPPING_CASES.map((one) => [one.name, one] as const))(
    "sends what was meant, or nothing: %s",
    async (name, one) => {
      const outcome = await run(one.request, one.data ?? {});
      tell(name, outcome);
      check(outcome, one);
      if (one.ending === "value") expect(outcome.sent).toMatchObject(one.sent);
    },
    TIMEOUT,
  );
});

describe("an expression that the rules would have refused", () => {
  it.each([
    ["endless tail recursion, let through", "($f := function() { $f() }; $f())"],
    ["endless recursion, let through", "($f := function() { 1 + $f() }; $f())"],
    ["endless recursion by two, let through", "($f := function() { $g() }; $g := function() { $f() }; $f())"],
  ])(
    "is stopped by its steps: %s",
    async (name, source) => {
      const nothing = { functions: new Set<string>(), variables: new Set<string>(), reads: [], weighed: new Set() };
      const begun = clock();
      const failed: unknown = await withinBudget(jsonata(source), source, nothing)
        .evaluate({}, {}, createContext())
        .catch((error: unknown) => error);
      tell(name, { ending: "template_budget_exceeded", because: String(failed), ms: clock() - begun });
      expect(failed).toMatchObject({ reason: "template_budget_exceeded" });
    },
    TIMEOUT,
  );
});

describe("a payload of two megabytes", () => {
  const letters: Partial<Record<Ending, string>> = {
    refused: "p",
    value: "v",
    template_budget_exceeded: "b",
    template_expression_failed: "f",
  };
  // Made once: what expressions may have of them is kept as long as they are.
  const events = Object.values(LARGE_PAYLOADS).map((data) => data());

  it("has its endings written down for every function", () => {
    expect(Object.keys(ENDINGS_OF_LARGE)).toEqual([...ALLOWED_FUNCTIONS].toSorted());
  });

  it.each(Object.entries(ENDINGS_OF_LARGE))(
    "is no work without end for $%s",
    async (name, expected) => {
      const calls = [`$${name}($$.o)`, `$${name}($$.o, $$.o)`, `$${name}($$.o, 'a', 'b')`, `$map($$.o, $${name})`];
      const endings: string[] = [];
      let total = 0;
      for (const event of events) {
        let ofShape = "";
        for (const call of calls) {
          const { ending, ms } = await run({ body: [`{{ ${again(call)} }}`] }, event);
          ofShape += letters[ending] ?? ending;
          total += ms;
        }
        endings.push(ofShape);
      }
      tell(`$${name} of two megabytes, twelve ways`, { ending: "value", because: endings.join(" "), ms: total });
      expect(endings.join(" ")).toBe(expected);
    },
    TIMEOUT,
  );
});

describe("hostile templates beside each other", () => {
  it("take nothing from one another's steps", async () => {
    const loop = "{{ $count($map([1..4500], function($i) { $i + 1 })) }}";
    const bodies = Array.from({ length: 8 }, async () => bodyOf({ body: [loop] }));
    expect(await Promise.all(bodies)).toEqual(Array.from({ length: 8 }, () => [4_500]));
  });
});
