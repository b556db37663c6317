// The one wrapper around request validation: errors name path and expectation and never repeat the input, which the
// validator's own answer would.

import { vValidator } from "@hono/valibot-validator";
import type * as v from "valibot";
import { explainIssue } from "../issues.ts";
import { problem } from "../problem.ts";

/** Validates the query string against a schema; 400 `request_invalid` when it does not fit. */
export function validQuery<TSchema extends v.GenericSchema<unknown, object>>(schema: TSchema) {
  return vValidator("query", schema, (result, c) => {
    if (result.success) return undefined;
    const errors = result.issues.flatMap(explainIssue);
    return problem(c, "request_invalid", { errors });
  });
}
