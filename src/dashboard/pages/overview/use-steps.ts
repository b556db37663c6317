// Whether the first steps have happened, looked at until they all have, or somebody wants to hear no more of them.

import { useQuery } from "@tanstack/preact-query";
import { useEffect, useState } from "preact/hooks";
import { admin, answerOf } from "../../api/admin.ts";
import { sentExamples } from "../../api/examples.ts";
import type { ListedSendout } from "../sendouts/kept-rows.ts";
import { hideFirstRun, isFirstRunOver, noteFirstRunDone } from "./first-run-over.ts";

/** Which steps have happened. */
export interface Steps {
  isPointed: boolean;
  hasTarget: boolean;
  isDelivered: boolean;
}

/** How many of the newest sendouts are looked at: the examples that were sent are among them, and so is Voucherify's first. */
const LOOKED_AT = 20;

/** How often it is looked whether a step has happened, in milliseconds. */
const LOOK_MS = 2_000;

/** The steps while there is something to do; undefined when there is not, and while that is not known (`isLoading`). */
export function useSteps(): { steps: Steps | undefined; isLoading: boolean; hide: () => void } {
  const [isOver, setOver] = useState(isFirstRunOver);
  const often = { enabled: !isOver, refetchInterval: LOOK_MS };
  const routes = useQuery({
    queryKey: ["routes"],
    queryFn: async ({ signal }) => answerOf(admin.routes.$get({}, { init: { signal } })),
    ...often,
  });
  const newest = useQuery({
    queryKey: ["sendouts", "newest", LOOKED_AT],
    queryFn: async ({ signal }) =>
      answerOf(admin.sendouts.$get({ query: { limit: String(LOOKED_AT) } }, { init: { signal } })),
    ...often,
  });
  const delivered = useQuery({
    queryKey: ["deliveries", "any delivered"],
    queryFn: async ({ signal }) =>
      answerOf(admin.deliveries.$get({ query: { state: "delivered", limit: "1" } }, { init: { signal } })),
    ...often,
  });
  const steps = stepsOf(routes.data?.items, newest.data?.sendouts, delivered.data?.deliveries);
  const areDone = steps !== undefined && Object.values(steps).every(Boolean);
  useEffect(() => {
    if (!areDone) return;
    // Nothing takes them back: it need not be asked any more.
    noteFirstRunDone();
    setOver(true);
  }, [areDone]);
  const hide = () => {
    hideFirstRun();
    setOver(true);
  };
  return {
    steps: isOver || areDone ? undefined : steps,
    isLoading: routes.isLoading || newest.isLoading || delivered.isLoading,
    hide,
  };
}

function stepsOf(
  routes: readonly unknown[] | undefined,
  newest: readonly Pick<ListedSendout, "acceptedId" | "event">[] | undefined,
  delivered: readonly { target: string }[] | undefined,
): Steps | undefined {
  if (routes === undefined || newest === undefined || delivered === undefined) return undefined;
  const examples = sentExamples();
  return {
    isPointed: newest.some(
      ({ acceptedId, event }) => !examples.has(acceptedId) && event?.type !== "signalbox.self_test",
    ),
    hasTarget: routes.length > 0,
    isDelivered: delivered.some(({ target }) => target !== "signalbox-echo"),
  };
}
