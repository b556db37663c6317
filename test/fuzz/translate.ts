// What must hold of every template and event, however they were made. Says what does not hold, instead of failing a test:
// the same checks run inside workerd, and by the million in Node.

import * as v from "valibot";
import type { RenderedRequest, RenderedText } from "../../src/translation/rendered.ts";
import {
  compileRequest,
  renderRequest,
  REQUEST_BODY_BYTES_MAX,
  RequestTemplateSchema,
  type RenderInput,
  type RequestTemplate,
} from "../../src/translation/request.ts";
import { CANARY } from "./hostile.ts";
import { PAYLOAD_SECRET, PLANTED, type FuzzEvent } from "./translate-events.ts";
import type { FuzzPairs } from "./translate-pairs.ts";
import type { FuzzTemplate } from "./translate-templates.ts";

/** Every way a pair may end. */
export const OUTCOMES = [
  "rendered",
  "refused at publish",
  "template_value_missing",
  "template_value_required",
  "template_expression_failed",
  "template_budget_exceeded",
  "template_body_too_large",
  "template_url_too_long",
  "template_path_unsafe",
  "template_header_invalid",
  "template_number_not_finite",
] as const;

/** What became of a pair. */
export interface Verdict {
  outcome: (typeof OUTCOMES)[number] | "exception";
  /** How long rendering took, in milliseconds: to be told, and no verdict on a machine that may be busy. */
  tookMs: number;
  /** How many characters the body has. */
  length: number;
  /** Sentences about what does not hold; empty when all is well. */
  problems: string[];
}

/** The code under test; tests of these checks put something broken in. */
export interface Subject {
  compileRequest: typeof compileRequest;
  renderRequest: typeof renderRequest;
}

const SIGNALBOX: Subject = { compileRequest, renderRequest };

/** Checks a template with each of its events. Never throws: an exception is a problem. */
export async function checkPairs({ template, events }: FuzzPairs, subject: Subject = SIGNALBOX): Promise<Verdict[]> {
  try {
    const compiled = subject.compileRequest(v.parse(RequestTemplateSchema, template.source), "request");
    if (!compiled.ok) {
      const problems = compiled.issues.flatMap(({ path, message }) =>
        path.startsWith("request") && message !== "" ? [] : [`an issue at ${path} says "${message}"`],
      );
      if (compiled.issues.length === 0) problems.push("it is refused without an issue");
      return events.map(() => ({ outcome: "refused at publish", tookMs: 0, length: 0, problems }));
    }
    const verdicts: Verdict[] = [];
    for (const event of events) verdicts.push(await checkPair(compiled.value, template, event, subject));
    return verdicts;
  } catch (error) {
    return [exception(`compiling threw ${String(error)}`)];
  }
}

async function checkPair(
  compiled: RequestTemplate,
  template: FuzzTemplate,
  event: FuzzEvent,
  subject: Subject,
): Promise<Verdict> {
  const before = JSON.stringify(event);
  const input: RenderInput = { event, seed: "so_1|all", happenedAt: 1_791_188_130_250, receivedAt: 1_791_188_131_250 };
  const problems: string[] = [];
  try {
    const startedAt = performance.now();
    const first = await subject.renderRequest(compiled, input);
    const tookMs = performance.now() - startedAt;
    const again = await subject.renderRequest(compiled, input);
    if (JSON.stringify(first) !== JSON.stringify(again)) problems.push("two renderings differ");
    if (JSON.stringify(event) !== before) problems.push("the event was changed");
    if (!first.ok) {
      if (!(OUTCOMES as readonly string[]).includes(first.reason)) problems.push(`an unknown reason: ${first.reason}`);
      if (first.detail.includes(CANARY)) problems.push("the detail repeats the payload");
      if (!first.detail.startsWith("request")) problems.push(`the detail says no place: ${first.detail}`);
      return { outcome: first.reason, tookMs, length: 0, problems };
    }
    problems.push(...problemsOfRequest(first.value, template), ...problemsOfEcho(first.value, template, event));
    const length = (first.value.body ?? []).reduce(
      (sum, part) => sum + (typeof part === "string" ? part.length : 0),
      0,
    );
    return { outcome: "rendered", tookMs, length, problems };
  } catch (error) {
    return exception(`rendering threw ${String(error)}`);
  }
}

function exception(problem: string): Verdict {
  return { outcome: "exception", tookMs: 0, length: 0, problems: [problem] };
}

function problemsOfRequest(
  { url, headers, body = [] }: RenderedRequest,
  { source, origin, secrets }: FuzzTemplate,
): string[] {
  const problems: string[] = [];
  const parts = [...url, ...headers.flatMap(([, value]) => value), ...body];
  for (const part of parts) {
    if (typeof part === "string") continue;
    if (part.$secret === PAYLOAD_SECRET || !secrets.has(part.$secret))
      problems.push(`a secret ${part.$secret} came in`);
  }
  const sent = new URL(write(url, "s"));
  if (sent.origin !== origin || sent.username + sent.password + sent.hash !== "")
    problems.push("the URL leads elsewhere");
  for (const [name, value] of headers) {
    if (!/^[\t\x20-\x7e]*$/.test(write(value, "s"))) problems.push(`the header ${name} cannot be sent`);
  }
  const everything = parts.map((part) => (typeof part === "string" ? part : "")).join("\n");
  for (const [expression, value] of PLANTED) {
    if (everything.includes(value)) problems.push(`a payload's ${expression} was evaluated`);
  }
  if (encoder.encode(write(body, "")).length > REQUEST_BODY_BYTES_MAX) problems.push("the body is too large");
  const text = write(body, '"s"');
  if (source["encoding"] === "json" && parse(text) === undefined) problems.push("the body is no JSON");
  return problems;
}

/** What stands whole in the body must be what the payload has. */
function problemsOfEcho({ body = [] }: RenderedRequest, { echo }: FuzzTemplate, { data }: FuzzEvent): string[] {
  if (echo.length === 0) return [];
  const sent = parse(write(body, '"s"'));
  return echo.flatMap(({ key, path }) => {
    const found: unknown = typeof sent === "object" && sent !== null ? Reflect.get(sent, key) : undefined;
    // As text: JSON's -0 and 1e999 are nobody's to keep.
    return JSON.stringify(found) === JSON.stringify(data[path]) ? [] : [`${path} did not come out as it went in`];
  });
}

const encoder = new TextEncoder();

/** A text with something in place of its secrets. */
function write(text: RenderedText, secret: string): string {
  return text.map((part) => (typeof part === "string" ? part : secret)).join("");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no JSON, which the caller reports
  }
}
