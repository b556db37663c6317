// One sendout with everything that became of it, live while something is still to come. The audit log notes who has read one,
// masked or not, so the whole is read once and then only when its standing, of which no read is noted, says it has changed.

import { useQuery } from "@tanstack/preact-query";
import type { InferResponseType } from "hono/client";
import { useEffect, useState } from "preact/hooks";
import { admin, answerOf } from "../../api/admin.ts";
import { isUnreachable } from "../../api/problem.ts";
import { forget, LIVE_MS } from "../../api/queries.ts";

/** A whole sendout. */
export type WholeSendout = InferResponseType<(typeof admin.sendouts)[":id"]["$get"], 200>;
export type Delivery = WholeSendout["deliveries"][number];
export type Attempt = Delivery["attempts"][number];

/** States in which something comes by itself. */
const ON_ITS_WAY: ReadonlySet<string> = new Set(["pending", "scheduled", "held"]);

/** How often a sendout is read after somebody has done something to it, and for how long, in milliseconds. */
const WATCH_EVERY_MS = 1_000;
const WATCH_MS = 30_000;

let watchedUntil = 0;

/** Has what is open read again soon: a delivery that was sent again stands as it did until its outcome is logged. */
export async function expectChange(): Promise<void> {
  watchedUntil = Date.now() + WATCH_MS;
  await forget("sendouts");
}

/** A sendout by any of its ids. */
export function useSendout(id: string) {
  const [revealed, setRevealed] = useState<WholeSendout>();
  const read = useQuery({
    queryKey: ["sendouts", "one", id],
    queryFn: async ({ signal }) =>
      answerOf(admin.sendouts[":id"].$get({ param: { id }, query: {} }, { init: { signal } })),
    refetchInterval: ({ state }) => (isUnreachable(state.error) ? LIVE_MS : false),
    refetchOnWindowFocus: false,
  });
  const standing = useStanding(id, read.data);
  const hasChanged = standing !== undefined && read.data !== undefined && markOf(standing) !== markOf(read.data);
  useEffect(() => {
    if (hasChanged) void read.refetch();
    // Once for each change that is told.
  }, [hasChanged, standing && markOf(standing)]);
  const reveal = async () => {
    const call = admin.sendouts[":id"].$get({ param: { id }, query: { reveal: "true" } });
    setRevealed(await answerOf(call));
  };
  const sendout = read.data && (revealed === undefined ? read.data : withRevealed(read.data, revealed));
  return { ...read, sendout, isRevealed: revealed !== undefined, reveal };
}

/** How its deliveries stand, read again and again while something of them is still to come. */
function useStanding(id: string, whole: WholeSendout | undefined) {
  const isOnItsWay = whole?.deliveries.some(({ state }) => ON_ITS_WAY.has(state)) === true;
  const { data } = useQuery({
    queryKey: ["sendouts", "standing", id],
    queryFn: async ({ signal }) =>
      answerOf(admin.sendouts[":id"].standing.$get({ param: { id } }, { init: { signal } })),
    enabled: whole !== undefined,
    refetchInterval: () => {
      if (Date.now() < watchedUntil) return WATCH_EVERY_MS;
      return isOnItsWay ? LIVE_MS : false;
    },
  });
  return data;
}

/** Changes with whatever becomes of a sendout's deliveries. */
function markOf({ deliveries }: { deliveries: readonly Pick<Delivery, "id" | "state" | "updatedAt">[] }): string {
  return deliveries
    .map(({ id, state, updatedAt }) => `${id} ${state} ${updatedAt}`)
    .sort()
    .join("\n");
}

/** How a sendout stands now, with what was revealed of it. What came of it since then is still masked. */
function withRevealed(now: WholeSendout, revealed: WholeSendout): WholeSendout {
  const before = new Map(revealed.deliveries.map((delivery) => [delivery.id, delivery]));
  return {
    ...now,
    label: revealed.label,
    detail: revealed.detail,
    dedupeKey: revealed.dedupeKey,
    payload: revealed.payload,
    deliveries: now.deliveries.map((delivery) => {
      const known = before.get(delivery.id);
      const attempts = delivery.attempts.map((one) => known?.attempts.find(({ at }) => at === one.at) ?? one);
      // A new round may have rendered another request.
      const request = known?.round === delivery.round ? known.request : delivery.request;
      return { ...delivery, attempts, request };
    }),
  };
}
