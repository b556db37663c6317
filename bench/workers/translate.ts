// Renders one request over and over, or compiles its template, and answers how long that took. The clock of a deployed
// Worker stands still between its calls to the outside; that of the local workerd runs on, in milliseconds.

import { applyRecipe, defaultSecretName } from "../../src/recipes/apply.ts";
import { typesOf } from "../../src/recipes/families.ts";
import type { Recipe } from "../../src/recipes/recipe.ts";
import { RECIPES } from "../../src/recipes/registry.ts";
import type { RenderedRequest, RenderedText } from "../../src/translation/rendered.ts";
import {
  compileRequest,
  renderRequest,
  type RenderInput,
  type RequestTemplate,
  type RequestTemplateSource,
} from "../../src/translation/request.ts";
import { exampleSendout } from "../../src/voucherify/examples.ts";
import { normalise } from "../../src/voucherify/normalise.ts";
import { isJsonObject, type JsonObject } from "../../src/voucherify/read-json.ts";
import { handWritten, MAPPINGS, type WrittenRequest } from "../mappings.ts";

const HAPPENED_AT = Date.UTC(2026, 9, 5, 8, 15, 30);

/** What of the redemption a sparse one lacks: values, and the objects that they stand in. */
const LEFT_OUT = { customer: ["email", "name", "metadata"], voucher: ["discount"] };

/** What a request is rendered for, by name. */
const EVENTS: Readonly<Record<string, () => RenderInput>> = {
  full: () => inputFor("redemption.succeeded"),
  sparse: () => {
    const input = inputFor("redemption.succeeded");
    const lacking = Object.entries(LEFT_OUT).map(([name, keys]) => [name, without(input.event.data, name, keys)]);
    return {
      ...input,
      event: { ...input.event, data: { ...objectOf(input.event.data), ...Object.fromEntries(lacking) } },
    };
  },
};

/** How long something took, in all. */
interface Timing {
  tookMs: number;
}

const worker = {
  async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const times = Number(searchParams.get("times"));
    const name = searchParams.get("name") ?? "";
    const input = EVENTS[searchParams.get("event") ?? "full"]?.();
    if (input === undefined) return new Response("no such event", { status: 404 });
    switch (pathname) {
      case "/made":
        return Response.json(await bothMade(input));
      case "/hand":
        return Response.json(timeHandWritten(input, times));
      case "/render":
        return Response.json(await timeRendering(compile(mapping(name)), input, times));
      case "/compile":
        return Response.json(timeCompiling(mapping(name), times));
      case "/recipe":
        return Response.json(await timeRecipe(name, times, searchParams.get("type")));
      case "/recipes":
        return Response.json(RECIPES.map(({ id }) => id));
      default:
        return new Response("no such step", { status: 404 });
    }
  },
};

// oxlint-disable-next-line import/no-default-export -- a Worker's entry is its default export
export default worker;

function mapping(name: string): RequestTemplateSource {
  const found = MAPPINGS[name];
  if (found === undefined) throw new Error(`there is no template ${name}`);
  return found;
}

function inputFor(type: string): RenderInput {
  const event = normalise(new TextEncoder().encode(JSON.stringify(exampleSendout(type))));
  if (!event.ok) throw new Error(event.detail);
  return {
    event: event.value.envelope,
    seed: "so_1|all",
    happenedAt: HAPPENED_AT,
    receivedAt: HAPPENED_AT,
  };
}

function without(data: unknown, name: string, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(objectOf(objectOf(data)[name])).filter(([key]) => !keys.includes(key)));
}

function objectOf(value: unknown): JsonObject {
  if (!isJsonObject(value)) throw new Error("the example has no object there");
  return value;
}

function compile(source: RequestTemplateSource): RequestTemplate {
  const compiled = compileRequest(source, "targets.bench.request");
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues));
  return compiled.value;
}

/** The same request from the hand-written code and from the template of plain paths. */
async function bothMade(input: RenderInput): Promise<WrittenRequest[]> {
  const rendered = await renderRequest(compile(mapping("paths")), input);
  if (!rendered.ok) throw new Error(rendered.detail);
  const { method, url, headers, body } = rendered.value;
  const written = Object.fromEntries(headers.map(([name, value]) => [name, textOf(value)]));
  return [handWritten(input.event), { method, url: textOf(url), headers: written, body: textOf(body) }];
}

/** The text of what has no secrets in it. */
function textOf(text: RenderedText = []): string {
  return text.map((part) => (typeof part === "string" ? part : `(${part.$secret})`)).join("");
}

/**
 * Has a text's characters put beside each other. V8 only notes which texts one is to be joined of until somebody reads
 * it; whoever sends a request does, so that this belongs to making it.
 */
function settle(text: string): number {
  return text.charCodeAt(0);
}

function settleRequest({ url, body = [] }: RenderedRequest): void {
  for (const text of [url, body]) for (const part of text) if (typeof part === "string") settle(part);
}

function timeHandWritten({ event }: RenderInput, times: number): Timing {
  let made = handWritten(event);
  const startedAt = performance.now();
  for (let count = 0; count < times; count++) {
    made = handWritten({ ...event });
    settle(made.url);
    settle(made.body);
  }
  const tookMs = performance.now() - startedAt;
  if (made.body === "") throw new Error("it made nothing"); // read, so that none of it is optimised away
  return { tookMs };
}

async function timeRendering(template: RequestTemplate, input: RenderInput, times: number): Promise<Timing> {
  let rendered = await renderRequest(template, input);
  const startedAt = performance.now();
  // A new envelope each time: what is kept of one event must not make the next one look fast.
  for (let count = 0; count < times; count++) {
    rendered = await renderRequest(template, { ...input, event: { ...input.event } });
    if (rendered.ok) settleRequest(rendered.value);
  }
  const tookMs = performance.now() - startedAt;
  if (!rendered.ok) throw new Error(rendered.detail);
  return { tookMs };
}

function timeCompiling(source: RequestTemplateSource, times: number): Timing {
  const startedAt = performance.now();
  for (let count = 0; count < times; count++) compile(source);
  return { tookMs: performance.now() - startedAt };
}

/** What the requests of a recipe take: for each family, rendering for the event types that it can be rendered for. */
interface RecipeTiming {
  family: string;
  compileMs: number;
  rendered: ({ type: string } & Timing)[];
}

/** `onlyType`: the event type that is rendered for; without it every one is, and compiling is timed as well. */
async function timeRecipe(id: string, times: number, onlyType: string | null): Promise<RecipeTiming[]> {
  const recipe = RECIPES.find((one) => one.id === id);
  if (recipe === undefined) throw new Error(`there is no recipe ${id}`);
  const { requests } = applyRecipe(recipe, useOf(recipe), "targets.bench", []);
  const timings: RecipeTiming[] = [];
  for (const [family, source] of requests) {
    const template = compile(source);
    const rendered: RecipeTiming["rendered"] = [];
    for (const type of typesOf(family)) {
      if (onlyType !== null && type !== onlyType) continue;
      const input = inputFor(type);
      if (!(await renderRequest(template, input)).ok) continue; // this event lacks what the recipe requires
      rendered.push({ type, ...(await timeRendering(template, input, times)) });
    }
    timings.push({ family, compileMs: onlyType === null ? timeCompiling(source, times).tookMs : 0, rendered });
  }
  return timings;
}

/** A recipe with its own examples for what it asks for. */
function useOf({ id, settings, secrets }: Recipe): Parameters<typeof applyRecipe>[1] {
  const given = Object.entries(settings).map(([name, setting]): [string, string] => {
    if (setting.kind === "choice") return [name, Object.keys(setting.choices)[0] ?? ""];
    return [name, setting.kind === "text" ? setting.example : setting.default];
  });
  return {
    settings: Object.fromEntries(given),
    secrets: Object.fromEntries(Object.keys(secrets).map((name) => [name, defaultSecretName(id, name)])),
  };
}
