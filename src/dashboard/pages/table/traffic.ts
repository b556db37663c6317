// What went through the table today: how much came in at each inlet, which way it took, and what became of it at each target.

import { useQuery } from "@tanstack/preact-query";
import { admin, answerOf } from "../../api/admin.ts";
import type { Flow } from "./graph.ts";

/** How often it is counted again, in milliseconds: it is of a whole day, and reads every sendout of it. */
const COUNTED_MS = 60_000;

export interface Traffic {
  flows: readonly Flow[];
  /** From when on flows were counted. */
  since: Date;
  /** Whether that is later than midnight, because more came in since than is looked at. */
  isCut: boolean;
  /** Sendouts by inlet. */
  inlets: Readonly<Record<string, number>>;
  /** Deliveries by target and state. */
  targets: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Today's traffic; undefined until it has been read. */
export function useTraffic(): Traffic | undefined {
  const midnight = new Date().setHours(0, 0, 0, 0);
  const query = { since: new Date(midnight).toISOString() };
  const { data: flows } = useQuery({
    queryKey: ["flows", query],
    queryFn: async ({ signal }) => answerOf(admin.flows.$get({ query }, { init: { signal } })),
    refetchInterval: COUNTED_MS,
  });
  const { data: statistics } = useQuery({
    queryKey: ["statistics", query],
    queryFn: async ({ signal }) => answerOf(admin.statistics.$get({ query }, { init: { signal } })),
    refetchInterval: COUNTED_MS,
  });
  if (flows === undefined || statistics === undefined) return undefined;
  const since = new Date(flows.since);
  return {
    flows: flows.flows,
    since,
    isCut: since.getTime() > midnight,
    inlets: Object.fromEntries(Object.entries(statistics.inlets).map(([id, counts]) => [id, sum(counts)])),
    targets: Object.fromEntries(Object.entries(statistics.targets).map(([id, { deliveries }]) => [id, deliveries])),
  };
}

/** Everything together. */
export function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
