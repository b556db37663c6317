// The one wrapper around request validation: errors name path and expectation and never repeat the input, which a
// validator's own answer would.

import type { Context, Env, MiddlewareHandler } from "hono";
import * as v from "valibot";
import { explainIssue } from "../issues.ts";
import { problem } from "../problem.ts";
import { telling } from "./describe.ts";

/**
 * An instant of a query string, in milliseconds since 1970. What is said of it in a pipe behind the transformation would be
 * of the number, and is lost: `v.pipe(v.optional(InstantSchema), v.description("…"))`.
 */
export const InstantSchema = v.pipe(
  v.string(),
  v.check((text) => !Number.isNaN(Date.parse(text)), "expected an ISO 8601 instant, like 2026-11-22T08:00:00Z"),
  v.transform((text) => Date.parse(text)),
);

/** How many of something a query string asks for: text as it comes, a number as people and clients see it. */
export function limitSchema(byDefault: number, most: number) {
  const expected = `expected a number from 1 to ${most}`;
  const asked = v.pipe(
    v.string(),
    v.regex(/^\d{1,4}$/, expected),
    v.transform(Number),
    v.minValue(1, expected),
    v.maxValue(most, expected),
  );
  const shown = { type: "integer", pattern: undefined, minimum: 1, maximum: most, default: byDefault };
  return v.pipe(v.optional(asked, String(byDefault)), v.description("How many at most."), v.metadata(shown));
}

/** Validates the query string against a schema; 400 `request_invalid` when it does not fit. */
export function validQuery<TSchema extends v.GenericSchema<object, object>>(schema: TSchema) {
  const validate: Valid<"query", TSchema> = async (c, next) => {
    const parsed = v.safeParse(schema, queryOf(c));
    if (!parsed.success) return problem(c, "request_invalid", { errors: parsed.issues.flatMap(explainIssue) });
    c.req.addValidatedData("query", parsed.output);
    await next();
    return undefined;
  };
  return telling({ query: schema, problems: ["request_invalid"] }, validate);
}

/** A name that stands there once has its text, any other a list of them. */
function queryOf(c: Context): Record<string, string | string[]> {
  const entries = Object.entries(c.req.queries());
  return Object.fromEntries(entries.map(([name, texts]) => [name, texts.length === 1 ? (texts[0] ?? "") : texts]));
}

/**
 * Validates the JSON body against a schema; 400 `body_not_json` or `request_invalid` when it does not fit. An empty body
 * counts as `{}`, and what the request calls its content type does not matter.
 */
export function validBody<TSchema extends v.GenericSchema<object, object>>(schema: TSchema) {
  const validate: Valid<"json", TSchema> = async (c, next) => {
    const text = await c.req.text();
    let body: unknown;
    try {
      body = text.trim() === "" ? {} : JSON.parse(text);
    } catch {
      return problem(c, "body_not_json");
    }
    const parsed = v.safeParse(schema, Array.isArray(body) ? null : body); // a list would pass for an object without keys
    if (!parsed.success) return problem(c, "request_invalid", { errors: parsed.issues.flatMap(explainIssue) });
    c.req.addValidatedData("json", parsed.output);
    await next();
    return undefined;
  };
  return telling({ body: schema, problems: ["body_not_json", "request_invalid"] }, validate);
}

type Valid<TTarget extends "query" | "json", TSchema extends v.GenericSchema<object, object>> = MiddlewareHandler<
  Env,
  string,
  { in: Record<TTarget, v.InferInput<TSchema>>; out: Record<TTarget, v.InferOutput<TSchema>> }
>;
