// The request that a draft would make, asked of the router as it is written: a moment after the last change, the question
// before it given up, and the last answer kept until there is another.

import { useQuery } from "@tanstack/preact-query";
import type { InferResponseType } from "hono/client";
import { useRef } from "preact/hooks";
import { admin, answerOf } from "../../api/admin.ts";
import { may } from "../../api/session-state.ts";
import { useSettled } from "./use-settled.ts";

/** How long after the last change it is asked, in milliseconds: shorter than a pause in typing, longer than a key. */
const SETTLING_MS = 200;

/** What would be sent, with what every expression gave. */
export type Delivery = InferResponseType<typeof admin.preview.$post, 200>["deliveries"][number];

/** What the router is asked. */
export interface Question {
  sendout: { id: string } | { example: string };
  target: Record<string, unknown>;
}

/** Asks for the request of one target. */
export async function askPreview(question: Question, isRevealed: boolean, signal?: AbortSignal): Promise<Delivery> {
  const { deliveries } = await answerOf(
    admin.preview.$post(
      { query: isRevealed ? { reveal: "true" } : {}, json: question },
      { init: { signal: signal ?? null } },
    ),
  );
  const [delivery] = deliveries;
  if (delivery === undefined) throw new Error("The router answered without a delivery.");
  return delivery;
}

/**
 * The newest answer, or the last that was good, and whether another is on its way. Nothing is asked without a question.
 *
 * @param subject what it is about: the answer about something else is not shown
 */
export function usePreview(question: Question | undefined, isRevealed: boolean, subject: string) {
  const settled = useSettled(question === undefined ? "" : JSON.stringify(question), SETTLING_MS);
  const { data, error, isFetching } = useQuery({
    queryKey: ["preview", settled, isRevealed],
    // It is JSON of a question.
    queryFn: async ({ signal }) => askPreview(JSON.parse(settled) as Question, isRevealed, signal),
    enabled: settled !== "" && may("payload"),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const last = useRef<{ subject: string; delivery: Delivery }>();
  if (data !== undefined && question !== undefined) last.current = { subject, delivery: data };
  const lastGood = last.current?.subject === subject ? last.current.delivery : undefined;
  const isOnItsWay = isFetching || (question !== undefined && JSON.stringify(question) !== settled);
  return {
    delivery: question === undefined ? lastGood : (data ?? lastGood),
    isLast: data === undefined,
    error: data === undefined ? error : null,
    isOnItsWay,
  };
}
