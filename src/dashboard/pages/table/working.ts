// What this page works on: the draft where there is one, else the table in force.

import { useTable, type TableVersion } from "../../api/table.ts";
import { standingErrors } from "./check-places.ts";
import { check, draft, edit } from "./draft.ts";
import type { EditedTable } from "./fields-form.ts";

/** The draft, or what is in force, beside what is in force. */
export interface Working extends EditedTable {
  inForce: TableVersion;
}

/** The table to work on; undefined until it has been read, or where that failed, with why. */
export function useWorking(): { working: Working | undefined; error: unknown; onRetry: () => unknown } {
  const { data, error, refetch } = useTable();
  if (data === undefined) return { working: undefined, error, onRetry: refetch };
  const document = draft.value?.document ?? data.document;
  const errors = check.value === undefined ? [] : standingErrors(check.value, document);
  return {
    working: { inForce: data, document, errors, edit: (change) => edit(data, change) },
    error: undefined,
    onRetry: refetch,
  };
}
