// The routing table as pages read it: the one in force, and any version there was.

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
