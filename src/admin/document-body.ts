// A JSON body that is kept as it was sent: a schema says what is expected, but whoever handles it does the checking, so
// that nothing of what somebody wrote is lost and defaults are not written into it.

import type { Context, Env, MiddlewareHandler } from "hono";
import * as v from "valibot";
import { explainIssue } from "../issues.ts";
import { problem } from "../problem.ts";
import { readBody } from "../read-body.ts";
import { telling } from "./describe.ts";

/** Largest routing table, in bytes: it rests in one D1 value, which holds 2 MB. */
export const TABLE_BYTES_MAX = 1024 * 1024;

/** Largest part of one, in bytes: the audit log has it twice, before and after, in one D1 value. */
export const PART_BYTES_MAX = 256 * 1024;

const UNREADABLE = ["body_too_large", "body_not_json"] as const;

/** Reads the JSON body, whatever its shape; 413 `body_too_large` or 400 `body_not_json` where that cannot be. */
export function documentBody<TSchema extends v.GenericSchema>(
  schema: TSchema,
  maxBytes: number,
): MiddlewareHandler<Env, string, { in: { json: v.InferInput<TSchema> }; out: { json: unknown } }> {
  return telling({ body: schema, problems: UNREADABLE }, async (c, next) => {
    const document = await readDocument(c, maxBytes);
    if (document instanceof Response) return document;
    c.req.addValidatedData("json", document.value);
    await next();
    return undefined;
  });
}

/**
 * The same, checked by the schema: 400 `request_invalid` when it does not fit. An empty body counts as `{}`. For what has
 * documents in it.
 */
export function validDocument<TSchema extends v.GenericSchema<object, object>>(
  schema: TSchema,
  maxBytes: number,
): MiddlewareHandler<Env, string, { in: { json: v.InferInput<TSchema> }; out: { json: v.InferOutput<TSchema> } }> {
  return telling({ body: schema, problems: [...UNREADABLE, "request_invalid"] }, async (c, next) => {
    const document = await readDocument(c, maxBytes, { value: {} });
    if (document instanceof Response) return document;
    const parsed = v.safeParse(schema, Array.isArray(document.value) ? null : document.value); // a list passes for an object
    if (!parsed.success) return problem(c, "request_invalid", { errors: parsed.issues.flatMap(explainIssue) });
    c.req.addValidatedData("json", parsed.output);
    await next();
    return undefined;
  });
}

async function readDocument(
  c: Context,
  maxBytes: number,
  ofNothing?: { value: object },
): Promise<{ value: object } | Response> {
  const body = await readBody(c.req.raw, maxBytes);
  if (body === undefined) return problem(c, "body_too_large");
  return (body.length === 0 ? ofNothing : undefined) ?? parseJson(body) ?? problem(c, "body_not_json");
}

/** Undefined where it is no JSON; the parser's message quotes the input, so it is not passed on. */
function parseJson(body: Uint8Array): { value: object } | undefined {
  try {
    // Nothing asks a boolean or a number for anything but its schema, which refuses it.
    return { value: JSON.parse(new TextDecoder().decode(body)) as object };
  } catch {
    return undefined;
  }
}
