// Two tables, line by line.

import { lazy, Suspense } from "preact/compat";
import { useMemo } from "preact/hooks";
import type { TableDocument } from "../../../routing/edit-table.ts";
import { Loading } from "../../components/states.tsx";

const DiffView = lazy(async () => ({ default: (await import("../../editor/diff-view.tsx")).DiffView }));

/** What differs between two documents, in the newer one's text. */
export function Documents({ before, after }: { before: TableDocument; after: TableDocument }) {
  const was = useMemo(() => JSON.stringify(before, null, 2), [before]);
  const is = useMemo(() => JSON.stringify(after, null, 2), [after]);
  return (
    <Suspense fallback={<Loading lines={6} />}>
      <DiffView label="The table, before and after" before={was} after={is} />
    </Suspense>
  );
}
