// The problems of a call in the OpenAPI document. It knows answers by status only, so each status names the codes that it
// comes with, and its schema allows no others.

import { ALWAYS } from "../../src/admin/describe.ts";
import { PROBLEMS, type ProblemCode } from "../../src/problem.ts";

/** What stands in the document for the problems of one status. */
interface Refusal {
  description: string;
  content: Record<string, { schema: object }>;
}

/** What every call can be refused for, by the name under which a call refers to it. */
export const COMMON_RESPONSES: Readonly<Record<string, Refusal>> = Object.fromEntries(
  [...byStatus(ALWAYS)].map(([status, codes]) => [`Refused${status}`, refusal(codes)]),
);

/** The answers of a call that are problems, by status: its own, and those of every call. */
export function refusals(own: readonly ProblemCode[]): Record<string, Refusal | { $ref: string }> {
  const special = byStatus(own);
  return Object.fromEntries(
    [...byStatus([...ALWAYS, ...own])].map(([status, codes]) => [
      status,
      special.has(status) ? refusal(codes) : { $ref: `#/components/responses/Refused${status}` },
    ]),
  );
}

function byStatus(codes: readonly ProblemCode[]): Map<number, ProblemCode[]> {
  return Map.groupBy(new Set(codes), (code) => PROBLEMS[code][0]);
}

function refusal(codes: readonly ProblemCode[]): Refusal {
  const schema = {
    allOf: [{ $ref: "#/components/schemas/Problem" }, { type: "object", properties: { code: { enum: codes } } }],
  };
  return {
    description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code][1]}`).join("\n\n"),
    content: { "application/problem+json": { schema } },
  };
}
