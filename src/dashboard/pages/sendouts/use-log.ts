// The list of a filter as a page shows it: begun when it is opened, brought up to date every few seconds, ended when it is
// left.

import { useQuery } from "@tanstack/preact-query";
import { useEffect, useMemo, useState } from "preact/hooks";
import { isUnreachable } from "../../api/problem.ts";
import { LIVE_MS } from "../../api/queries.ts";
import { withInstants } from "../../components/list-filter.ts";
import { readFilter } from "./filter.ts";
import { SendoutLog } from "./sendout-log.ts";

/**
 * The list of a filter.
 *
 * @param written the filter as the address has it; lengths of time in it end when the list is begun
 */
export function useLog(written: string): { log: SendoutLog; restart: () => void; isStale: boolean } {
  const [round, setRound] = useState(0);
  const log = useMemo(() => new SendoutLog(withInstants(readFilter(written), Date.now())), [written, round]);
  useEffect(() => {
    void log.more();
    return () => log.end();
  }, [log]);
  const progress = log.progress.value;
  useEffect(() => {
    if (progress !== "failed" || !isUnreachable(log.error)) return undefined;
    const timer = setTimeout(() => void log.more(), LIVE_MS);
    return () => clearTimeout(timer);
  }, [log, progress]);
  const { isError } = useQuery({
    queryKey: ["sendouts", "newest", written, round],
    queryFn: async () => {
      await log.refresh();
      return null;
    },
    enabled: progress !== "new" && progress !== "loading" && progress !== "failed",
    refetchInterval: LIVE_MS,
    gcTime: 0,
  });
  return { log, restart: () => setRound(round + 1), isStale: isError };
}
