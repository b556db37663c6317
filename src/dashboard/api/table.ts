// The routing table in force, and how its parts stand, as pages read them.

import { useQuery } from "@tanstack/preact-query";
import { readDocument, type TableDocument } from "../../routing/edit-table.ts";
import { admin, answerOf } from "./admin.ts";
import { LIVE_MS } from "./queries.ts";

/** A version of the table. */
export interface TableVersion {
  /** 0 for the built-in table, which is in force before anything is published. */
  version: number;
  publishedAt: string | null;
  document: TableDocument;
}

/** The table in force, live. */
export function useTable() {
  return useQuery({
    queryKey: ["table"],
    queryFn: async ({ signal }): Promise<TableVersion> => {
      const { table, ...rest } = await answerOf(admin.table.$get(undefined, { init: { signal } }));
      return { ...rest, document: readDocument(table) };
    },
    refetchInterval: LIVE_MS,
  });
}

/** One version of the table; it never changes. Nothing is asked while there is no number. */
export function useTableVersion(version: number | undefined) {
  return useQuery({
    queryKey: ["table", "versions", version],
    queryFn: async ({ signal }) => {
      const param = { version: String(version) };
      const { table, ...rest } = await answerOf(admin.table.versions[":version"].$get({ param }, { init: { signal } }));
      return { ...rest, document: readDocument(table) };
    },
    enabled: version !== undefined,
    staleTime: Infinity,
  });
}

/** The inlets of the table in force: the URL of each, and whether its secrets are set. */
export function useInlets() {
  return useQuery({
    queryKey: ["inlets"],
    queryFn: async ({ signal }) => answerOf(admin.inlets.$get(undefined, { init: { signal } })),
  });
}

/** What is paused and what waits, live. */
export function useHolds() {
  return useQuery({
    queryKey: ["holds"],
    queryFn: async ({ signal }) => answerOf(admin.holds.$get(undefined, { init: { signal } })),
    refetchInterval: LIVE_MS,
  });
}

/** How each target stands, live. */
export function useStanding() {
  return useQuery({
    queryKey: ["standing"],
    queryFn: async ({ signal }) => answerOf(admin.standing.$get(undefined, { init: { signal } })),
    refetchInterval: LIVE_MS,
  });
}
