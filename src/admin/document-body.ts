// A JSON body that is kept as it was sent: a schema says what is expected, but whoever handles it does the checking, so
// that nothing of what somebody wrote is lost and defaults are not written into it.

import type { Env, MiddlewareHandler } from "hono";
import { resolver, uniqueSymbol } from "hono-openapi";
import type * as v from "valibot";
import { problem } from "../problem.ts";
import { readBody } from "../read-body.ts";

/** Largest routing table, in bytes: it rests in one D1 value, which holds 2 MB. */
export const TABLE_BYTES_MAX = 1024 * 1024;

/** Largest part of one, in bytes: the audit log has it twice, before and after, in one D1 value. */
export const PART_BYTES_MAX = 256 * 1024;

/** Reads the JSON body, whatever its shape; 413 `body_too_large` or 400 `body_not_json` where that cannot be. */
export function documentBody<TSchema extends v.GenericSchema>(
  schema: TSchema,
  maxBytes: number,
): MiddlewareHandler<Env, string, { in: { json: v.InferInput<TSchema> }; out: { json: unknown } }> {
  const read: MiddlewareHandler = async (c, next) => {
    const body = await readBody(c.req.raw, maxBytes);
    if (body === undefined) return problem(c, "body_too_large");
    const document = parseJson(body);
    if (document === undefined) return problem(c, "body_not_json");
    c.req.addValidatedData("json", document);
    await next();
    return undefined;
  };
  return Object.assign(read, { [uniqueSymbol]: { target: "json" as const, ...resolver(schema) } });
}

/** Undefined where it is no JSON; the parser's message quotes the input, so it is not passed on. */
function parseJson(body: Uint8Array): object | undefined {
  try {
    // Nothing asks a boolean or a number for anything but its schema, which refuses it.
    return JSON.parse(new TextDecoder().decode(body)) as object;
  } catch {
    return undefined;
  }
}
