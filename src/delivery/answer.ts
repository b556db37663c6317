// What a target answered, and conditions on it: some answer 200 and say in the body that nothing was done. Pure.

import * as v from "valibot";
import { holds, PlainConditionSchema, type PlainCondition } from "../translation/condition.ts";
import { parsePath } from "../translation/path.ts";
import { valueAt } from "../voucherify/json-path.ts";

/** A condition, or several that must all hold. An empty list would hold for any answer, so there is none. */
const OneOrAllSchema = v.union([PlainConditionSchema, v.pipe(v.array(PlainConditionSchema), v.minLength(1))]);
type OneOrAll = v.InferOutput<typeof OneOrAllSchema>;

/**
 * What of an answer decides beside its status. It travels in queue messages; those of older releases have no
 * `permanent`, and single conditions only.
 */
export const AnswerConditionsSchema = v.object({
  /** All must hold for a 2xx to count as delivered. */
  success: v.array(PlainConditionSchema),
  /** When one entry holds, the request is made again, whatever the status. */
  retry: v.array(OneOrAllSchema),
  /** When one entry holds, the request is not made again, whatever the status and whatever `retry` says. */
  permanent: v.optional(v.array(OneOrAllSchema), []),
});
export type AnswerConditions = v.InferOutput<typeof AnswerConditionsSchema>;

/** An answer as conditions see it. */
export interface Answer {
  status: number;
  /** Names in lowercase. */
  headers: Readonly<Record<string, string>>;
  /** Parsed where it is JSON, else the text; undefined where it was too long to be read whole. */
  body: unknown;
}

/** Makes an answer of what was read; `text` is undefined where it was not read whole. */
export function createAnswer(status: number, headers: Headers, text: string | undefined): Answer {
  return { status, headers: Object.fromEntries(headers), body: text === undefined ? undefined : parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // some answer in plain words: Slack's "ok"
  }
}

/**
 * What the conditions say of an answer, the most certain first: `permanent`, then `retry`, then `success`. Without its
 * whole body nothing is said: its status decides, because a request that was done must not be made again for want of
 * reading.
 */
export function judgeByConditions(
  answer: Answer,
  { success, retry, permanent }: AnswerConditions,
): "retry" | "rejected" | undefined {
  if (answer.body === undefined) return undefined;
  const isSaid = (entry: OneOrAll): boolean =>
    Array.isArray(entry) ? entry.every((condition) => holdsFor(answer, condition)) : holdsFor(answer, entry);
  if (permanent.some(isSaid)) return "rejected";
  if (retry.some(isSaid)) return "retry";
  const done = answer.status >= 200 && answer.status < 300;
  return done && !success.every((condition) => holdsFor(answer, condition)) ? "rejected" : undefined;
}

function holdsFor(answer: Answer, condition: PlainCondition): boolean {
  const path = parsePath(condition.path);
  return path.ok && holds(condition, valueAt(answer, path.value));
}
