// What lies in quarantine, and what can be done with one of it.

import { useInfiniteQuery, useQuery } from "@tanstack/preact-query";
import type { InferResponseType } from "hono/client";
import { admin, answerOf } from "../../api/admin.ts";
import { forget, LIVE_MS } from "../../api/queries.ts";

/** One of it as the list has it. */
export type Item = InferResponseType<typeof admin.quarantine.$get, 200>["items"][number];

/** Which are listed. */
export interface QuarantineFilter {
  state: "open" | "discarded" | "all";
  reason?: string;
}

/** The list, live, read on by `fetchNextPage`. */
export function useQuarantine(filter: QuarantineFilter) {
  return useInfiniteQuery({
    queryKey: ["quarantine", "list", filter],
    queryFn: async ({ signal, pageParam }) => {
      const query = { ...filter, ...(pageParam !== null && { cursor: pageParam }) };
      return answerOf(admin.quarantine.$get({ query }, { init: { signal } }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    // Every page of the list is a call of its own: a long one is read again when somebody comes back to it.
    refetchInterval: ({ state }) => (state.data?.pages.length === 1 ? LIVE_MS : false),
  });
}

/** One with its payload: masked, or whole where that was asked for. It is read once: each time has an entry in the audit log. */
export function useQuarantined(id: string, isRevealed: boolean) {
  return useQuery({
    queryKey: ["quarantine", "one", id, isRevealed],
    queryFn: async ({ signal }) => {
      const query = isRevealed ? { reveal: "true" as const } : {};
      return answerOf(admin.quarantine[":id"].$get({ param: { id }, query }, { init: { signal } }));
    },
    // Masked it stays in sight until all of it is there.
    placeholderData: (previous) => previous,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Routes one again: as it is, or with another text. */
export async function replayQuarantined(id: string, body?: string) {
  return answerOf(admin.quarantine[":id"].replay.$post({ param: { id }, json: body === undefined ? {} : { body } }));
}

/** Leaves one there for good. */
export async function discardQuarantined(id: string, note: string) {
  return answerOf(admin.quarantine[":id"].discard.$post({ param: { id }, json: { note } }));
}

/** Has everything that a replay or a discard changes read anew. */
export async function forgetQuarantine(): Promise<void> {
  await forget("quarantine", "sendouts", "incidents");
}
