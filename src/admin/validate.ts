// The one wrapper around request validation: errors name path and expectation and never repeat the input, which the
// validator's own answer would.

import type { Env, MiddlewareHandler } from "hono";
import { resolver, uniqueSymbol, validator } from "hono-openapi";
import * as v from "valibot";
import { explainIssue } from "../issues.ts";
import { problem } from "../problem.ts";

/** An instant of a query string, in milliseconds since 1970. */
export const InstantSchema = v.pipe(
  v.string(),
  v.check((text) => !Number.isNaN(Date.parse(text)), "expected an ISO 8601 instant, like 2026-11-22T08:00:00Z"),
  v.transform((text) => Date.parse(text)),
);

/** How many of something a query string asks for. */
export function limitSchema(byDefault: number, most: number) {
  const expected = `expected a number from 1 to ${most}`;
  return v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,4}$/, expected),
      v.transform(Number),
      v.minValue(1, expected),
      v.maxValue(most, expected),
    ),
    String(byDefault),
  );
}

/** Validates the query string against a schema; 400 `request_invalid` when it does not fit. */
export function validQuery<TSchema extends v.GenericSchema<object, object>>(schema: TSchema) {
  return validator("query", schema, (result, c) => {
    if (result.success) return undefined;
    // A Valibot schema's issues are Valibot's, whatever interface they come through.
    const issues = result.error as readonly v.BaseIssue<unknown>[];
    return problem(c, "request_invalid", { errors: issues.flatMap(explainIssue) });
  });
}

/**
 * Validates the JSON body against a schema; 400 `body_not_json` or `request_invalid` when it does not fit. An empty body
 * counts as `{}`, and what the request calls its content type does not matter.
 */
export function validBody<TSchema extends v.GenericSchema<object, object>>(schema: TSchema): ValidBody<TSchema> {
  const validate: ValidBody<TSchema> = async (c, next) => {
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
  return Object.assign(validate, { [uniqueSymbol]: { target: "json" as const, ...resolver(schema) } });
}

/** Describes a body that is read before its call is, and does nothing when the call is made. */
export function describeBody(schema: v.GenericSchema): MiddlewareHandler {
  const pass: MiddlewareHandler = async (_c, next) => next();
  return Object.assign(pass, { [uniqueSymbol]: { target: "json" as const, ...resolver(schema) } });
}

type ValidBody<TSchema extends v.GenericSchema<object, object>> = MiddlewareHandler<
  Env,
  string,
  { in: { json: v.InferInput<TSchema> }; out: { json: v.InferOutput<TSchema> } }
>;
