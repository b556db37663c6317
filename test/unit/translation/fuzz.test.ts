// Some thousand of the templates and events that `npm run fuzz:translate` makes by the million, here inside workerd.

import { describe, expect, it } from "vitest";
import { compileRequest, renderRequest, type RenderInput } from "../../../src/translation/request.ts";
import type { RenderedRequest, RenderedText } from "../../../src/translation/rendered.ts";
import { OUTCOMES, type Subject } from "../../fuzz/translate.ts";
import { runBlock } from "../../fuzz/translate-run.ts";

const SEEDS = [20_261_005, 7, 4711];
const TEMPLATES_PER_SEED = 300;

describe("random templates", () => {
  it.each(SEEDS)(
    "by the hundred, from seed %d, with random events, end as they may and harm nothing",
    async (seed) => {
      const { outcomes, failure } = await runBlock({ seed, templates: TEMPLATES_PER_SEED });
      expect(failure).toBeUndefined();
      expect(Object.keys(outcomes).filter((outcome) => !(OUTCOMES as readonly string[]).includes(outcome))).toEqual([]);
      // Most of them get somewhere, else this would say little.
      expect(outcomes["rendered"]).toBeGreaterThan(TEMPLATES_PER_SEED);
      expect(Object.keys(outcomes).length).toBeGreaterThan(5);
    },
    60_000, // only so that a run ends
  );

  it("are the same again from the same seed and path", async () => {
    const wrong = changed((request) => ({ ...request, url: ["https://elsewhere.example/"] }));
    const { failure } = await runBlock({ seed: 7, templates: 50 }, { subject: wrong });
    const again = await runBlock({ seed: 7, templates: 1, path: failure?.path }, { subject: wrong });
    expect(failure?.problems).toEqual(["the URL leads elsewhere"]);
    expect(again.failure).toEqual(failure);
  });

  it("that fail are made smaller", async () => {
    const { failure } = await runBlock(
      { seed: 7, templates: 50 },
      { subject: changed((request) => ({ ...request, url: ["https://elsewhere.example/"] })) },
    );
    expect(failure?.pairs?.events.map(({ data }) => data)).toEqual([{}]);
    expect(failure?.pairs?.template.echo).toEqual([]);
  });
});

/** Signalbox with its requests changed after rendering. */
function changed(change: (request: RenderedRequest, input: RenderInput) => RenderedRequest): Subject {
  return {
    compileRequest,
    renderRequest: async (template, input) => {
      const rendered = await renderRequest(template, input);
      return rendered.ok ? { ...rendered, value: change(rendered.value, input) } : rendered;
    },
  };
}

/** The same with every body changed that there is. */
function changedBody(change: (body: RenderedText, input: RenderInput) => RenderedText): Subject {
  return changed((request, input) =>
    request.body === undefined ? request : { ...request, body: change(request.body, input) },
  );
}

const eachText = (body: RenderedText, change: (text: string) => string): RenderedText =>
  body.map((part) => (typeof part === "string" ? change(part) : part));

describe("the checks of random templates", () => {
  /** What is seen first with something broken. */
  async function seenWith(subject: Subject): Promise<string[]> {
    const { failure } = await runBlock({ seed: 1, templates: 100 }, { subject, isShrunk: false });
    return failure?.problems ?? [];
  }

  const fail = (): never => {
    throw new TypeError("oh");
  };
  let calls = 0;

  it.each<[string, string, Subject]>([
    ["an exception while rendering", "rendering threw TypeError: oh", { compileRequest, renderRequest: fail }],
    ["an exception while compiling", "compiling threw TypeError: oh", { compileRequest: fail, renderRequest }],
    [
      "two renderings that differ",
      "two renderings differ",
      changedBody((body) => eachText(body, (text) => `${text}${" ".repeat(calls++)}`)),
    ],
    [
      "a body that is no JSON",
      "the body is no JSON",
      changedBody((body) => eachText(body, (text) => text.slice(0, -1))),
    ],
    ["a body that is too large", "the body is too large", changedBody((body) => [...body, " ".repeat(2_097_152)])],
    [
      "a value that did not come out as it went in",
      "evil did not come out as it went in",
      changedBody((body) => eachText(body, (text) => text.replaceAll('"echo0":', '"other":'))),
    ],
    [
      "a payload that was evaluated",
      "a payload's 271828 * 314159 was evaluated",
      changedBody((body) => eachText(body, (text) => text.replaceAll("{{ 271828 * 314159 }}", "85397212652"))),
    ],
    [
      "a payload that became a secret",
      "a secret PAYLOAD_KEY came in",
      changedBody(() => [{ $secret: "PAYLOAD_KEY", as: "json" }]),
    ],
    [
      "a URL with another port",
      "the URL leads elsewhere",
      changed((request) => ({ ...request, url: ["https://h.example:8444/"] })),
    ],
    [
      "a header with a line break",
      "the header x-evil cannot be sent",
      changed((request) => ({ ...request, headers: [["x-evil", ["a\r\nb"]]] })),
    ],
    [
      "an event that was changed",
      "the event was changed",
      changed((request, { event }) => {
        Reflect.set(Object(event.data), "added", 1);
        return request;
      }),
    ],
    [
      "a detail that repeats the payload",
      "the detail repeats the payload",
      {
        compileRequest,
        renderRequest: async () => ({
          ok: false,
          reason: "template_value_missing",
          detail: "request.body: canary5a11ce",
        }),
      },
    ],
    [
      "a detail without a place",
      "the detail says no place: oh",
      { compileRequest, renderRequest: async () => ({ ok: false, reason: "template_value_missing", detail: "oh" }) },
    ],
  ])("see %s", async (_what, problem, subject) => {
    expect(await seenWith(subject)).toContain(problem);
  });
});
