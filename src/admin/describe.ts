// What a call is for, takes and answers, said beside its path: the OpenAPI document is made of it (scripts/openapi), and the
// tests hold every answer against it. The Worker itself never looks at it, and so carries nothing that makes documents.

import type { Handler, MiddlewareHandler } from "hono";
import type * as v from "valibot";
import type { ProblemCode } from "../problem.ts";

/** A call as its readers see it. */
export interface Description {
  /** One sentence. */
  summary: string;
  /** What the summary leaves open, in Markdown. */
  description?: string;
  /** What the names in its path stand for. */
  path?: Readonly<Record<string, string>>;
  /** Headers that it looks at, and what for. */
  headers?: Readonly<Record<string, string>>;
  /** The body of a call that reads it by itself; `validBody` says it of all others. */
  body?: v.GenericSchema;
  /** What it answers with when it succeeds; of a text that is no JSON, its media type. */
  answer: v.GenericSchema | string;
  /** The media type of a text that it can answer with instead. */
  orText?: string;
  /** 200 unless this says otherwise; several where the same answer comes with each of them. */
  status?: Status | readonly Status[];
  /** Why it may be refused, beside `ALWAYS` and what its other handlers tell. */
  problems?: readonly ProblemCode[];
  /** One call with its answer. */
  example?: { body?: unknown; answer?: unknown };
}

type Status = 200 | 201 | 202 | 503;

/** What one handler of a call tells of it: its description, or what it validates. */
export interface Told {
  description?: Description;
  query?: v.GenericSchema;
  body?: v.GenericSchema;
  /** Why it may refuse the call. */
  problems?: readonly ProblemCode[];
}

/** What every call can be refused for. */
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

const TOLD = Symbol("what a handler tells of its call");

/** Describes the call whose path it stands beside; it does nothing when the call is made. */
export function describe(description: Description): MiddlewareHandler {
  return telling({ description, problems: description.problems ?? [] }, async (_c, next) => next());
}

/** Has a handler tell something of its call. */
export function telling<THandler extends object>(told: Told, handler: THandler): THandler {
  return Object.assign(handler, { [TOLD]: told });
}

/** All that a call's handlers tell of it. */
export function toldBy(handlers: readonly Handler[]): Told {
  // `telling` alone sets it.
  const told = handlers.flatMap((handler) => (handler as { [TOLD]?: Told })[TOLD] ?? []);
  return Object.assign({}, ...told, { problems: told.flatMap(({ problems = [] }) => problems) });
}
