// A dry run as it goes: page by page, added up, until everything was looked at or somebody stops it.

import { useRef, useState } from "preact/hooks";
import type { InferResponseType } from "hono/client";
import type { TableDocument } from "../../../routing/edit-table.ts";
import { addDryRuns } from "../../../routing/add-dry-runs.ts";
import { admin, answerOf } from "../../api/admin.ts";

type Page = InferResponseType<(typeof admin.table)["dry-run"]["$post"], 200>;

/** What was found so far. */
export type DryRun = Omit<Page, "next">;

export interface DryRunState {
  /** Which table was tried. */
  document: TableDocument | undefined;
  found: DryRun | undefined;
  isRunning: boolean;
  /** Whether it has seen everything. */
  isWhole: boolean;
  error: unknown;
}

/** How many sendouts one call compares: few enough to see it go on. */
const PAGE_SENDOUTS = 100;

const IDLE: DryRunState = { document: undefined, found: undefined, isRunning: false, isWhole: false, error: undefined };

/** A dry run, with how it is begun and stopped. One that is begun anew forgets the one before. */
export function useDryRun() {
  const [state, setState] = useState(IDLE);
  const running = useRef<AbortController>();
  const stop = () => {
    running.current?.abort();
    running.current = undefined;
    setState((was) => ({ ...was, isRunning: false }));
  };
  const start = async (document: TableDocument, since: string | undefined) => {
    running.current?.abort();
    const own = new AbortController();
    running.current = own;
    setState({ ...IDLE, document, isRunning: true });
    try {
      await runPages(document, since, own.signal, (found) => setState((was) => ({ ...was, found })));
      if (!own.signal.aborted) setState((was) => ({ ...was, isRunning: false, isWhole: true }));
    } catch (error) {
      if (!own.signal.aborted) setState((was) => ({ ...was, isRunning: false, error }));
    }
  };
  return { state, start, stop };
}

async function runPages(
  table: TableDocument,
  since: string | undefined,
  signal: AbortSignal,
  tell: (found: DryRun) => void,
): Promise<void> {
  let sum: DryRun | undefined;
  let cursor: string | null | undefined;
  while (cursor !== null && !signal.aborted) {
    const json = {
      table,
      limit: PAGE_SENDOUTS,
      ...(since !== undefined && { since }),
      ...(cursor !== undefined && { cursor }),
    };
    const { next, ...page } = await answerOf(admin.table["dry-run"].$post({ query: {}, json }, { init: { signal } }));
    sum = sum === undefined ? page : addDryRuns(sum, page);
    tell(sum);
    cursor = next;
  }
}
