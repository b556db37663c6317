// The one wrapper around request validation: errors name path and expectation and never repeat the input, which the
// validator's own answer would.

import { vValidator } from "@hono/valibot-validator";
import type { Context } from "hono";
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
export function validQuery<TSchema extends v.GenericSchema<unknown, object>>(schema: TSchema) {
  return vValidator("query", schema, (result, c) => {
    if (result.success) return undefined;
    const errors = result.issues.flatMap(explainIssue);
    return problem(c, "request_invalid", { errors });
  });
}

/**
 * The JSON body of a request by a schema, or the problem to answer with. An empty body counts as `{}`, and what the
 * request calls its content type does not matter.
 */
export async function readBodyAs<TSchema extends v.GenericSchema>(
  c: Context,
  schema: TSchema,
): Promise<v.InferOutput<TSchema> | Response> {
  const text = await c.req.text();
  let body: unknown;
  try {
    body = text.trim() === "" ? {} : JSON.parse(text);
  } catch {
    return problem(c, "body_not_json");
  }
  const parsed = v.safeParse(schema, Array.isArray(body) ? null : body); // a list would pass for an object without keys
  if (parsed.success) return parsed.output;
  return problem(c, "request_invalid", { errors: parsed.issues.flatMap(explainIssue) });
}
