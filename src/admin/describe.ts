// What a call is for and what it answers, said beside its path: the OpenAPI document is made from it (openapi.ts), and the
// tests hold every answer against it.

import { describeRoute, resolver } from "hono-openapi";
import type { MiddlewareHandler } from "hono";
import type * as v from "valibot";
import { PROBLEM_STATUS, type ProblemCode } from "../problem.ts";

/** A call as its readers see it. */
interface Description {
  /** One sentence. */
  summary: string;
  /** What the summary leaves open, in Markdown. */
  description?: string;
  /** What it answers with when it succeeds; of a text that is no JSON, its media type. */
  answer: v.GenericSchema | string;
  /** 200 unless this says otherwise. */
  status?: 200 | 201 | 202;
  /** Why it may be refused, beside what every call can be refused for (`ALWAYS`). */
  problems?: readonly ProblemCode[];
}

/**
 * What every call can be refused for; the OpenAPI document adds these.
 *
 * @public
 */
export const ALWAYS = [
  "token_missing",
  "token_invalid",
  "session_invalid",
  "assertion_invalid",
  "role_missing",
  "access_unavailable",
  "access_misconfigured",
  "origin_foreign",
  "csrf_invalid",
  "scope_missing",
  "guesses_limited",
  "admin_disabled",
  "ledger_unavailable",
  "internal_error",
] as const satisfies readonly ProblemCode[];

/** Describes the call whose path it stands beside; it does nothing when the call is made. */
export function describe({ answer, status = 200, problems = [], ...text }: Description): MiddlewareHandler {
  const content =
    typeof answer === "string" ? { [answer]: {} } : { "application/json": { schema: resolver(answer, OUTPUT) } };
  return describeRoute({ ...text, responses: { [status]: { description: "Done.", content }, ...refusals(problems) } });
}

/** An answer is described as it is sent. */
const OUTPUT = { options: { typeMode: "output" } };

/** By status, because OpenAPI knows no other key: each names the codes that it comes with. */
function refusals(problems: readonly ProblemCode[]) {
  const byStatus = Map.groupBy(problems, (code) => String(PROBLEM_STATUS.get(code)));
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [status, { description: codes.join(", "), content: PROBLEM_CONTENT }]),
  );
}

/** What stands in the OpenAPI document for an answer that is a problem. */
export const PROBLEM_CONTENT = {
  "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } },
} as const;
