// Examples of the catalogue that are sent through the router from here, and which sendouts they were: one of our own is no
// sign that Voucherify sends.

import { admin, answerOf } from "./admin.ts";
import { ApiError } from "./problem.ts";
import { forget } from "./queries.ts";

const KEY = "signalbox-examples";

/** How many are remembered: those that can be among the newest sendouts. */
const REMEMBERED_MAX = 20;

/**
 * Sends an example of an event type the whole way, and gives the id (`acc_…`) that it is found by.
 *
 * @throws ApiError when the router or the inlet refuses it
 */
export async function sendExample(type: string): Promise<string> {
  const { acceptedId, refusal } = await answerOf(admin.events[":type"].send.$post({ param: { type }, json: {} }));
  if (acceptedId === null) {
    const { code = "answer_unclear", detail = "The inlet refused it.", status = 0 } = refusal ?? {};
    throw new ApiError(code, detail, status);
  }
  localStorage.setItem(KEY, [...sentExamples(), acceptedId].slice(-REMEMBERED_MAX).join(" "));
  await forget("sendouts");
  return acceptedId;
}

/** The ids of those that were sent by this browser. */
export function sentExamples(): ReadonlySet<string> {
  return new Set((localStorage.getItem(KEY) ?? "").split(" "));
}
