// Whether Voucherify still sends: each inlet with when something last came in.

import { useQueries } from "@tanstack/preact-query";
import { admin, answerOf } from "../../api/admin.ts";
import { LIVE_MS } from "../../api/queries.ts";
import { useInlets } from "../../api/table-parts.ts";
import { Badge } from "../../components/badge.tsx";
import { CopyButton } from "../../components/copy-button.tsx";
import { formatCount } from "../../components/numbers.ts";
import { Panel } from "../../components/page.tsx";
import { Failure, Loading } from "../../components/states.tsx";
import { Time } from "../../components/time.tsx";
import type { Statistics } from "./overview.tsx";
import { sumOf } from "./series.ts";

/** How many inlets are asked about one by one; a table rarely has more than three. */
const ASKED_MAX = 10;

/** The table of inlets. */
export function Inlets({ statistics }: { statistics: Statistics | undefined }) {
  const { data, error, refetch } = useInlets();
  const inlets = data?.items.slice(0, ASKED_MAX) ?? [];
  const last = useQueries({
    queries: inlets.map(({ id }) => ({
      queryKey: ["sendouts", "last", id],
      queryFn: async ({ signal }: { signal: AbortSignal }) =>
        answerOf(admin.sendouts.$get({ query: { inlet: id, limit: "1" } }, { init: { signal } })),
      refetchInterval: LIVE_MS,
    })),
  });
  return (
    <Panel title="Inlets" isFlush>
      {error !== null && <Failure error={error} onRetry={refetch} />}
      {data === undefined && error === null && <Loading lines={2} />}
      {data !== undefined && (
        <table class="table">
          <thead>
            <tr>
              <th>Inlet</th>
              <th>URL</th>
              <th>Secrets</th>
              <th class="number">Accepted</th>
              <th>Last sendout</th>
            </tr>
          </thead>
          <tbody>
            {inlets.map(({ id, url, secrets }, index) => {
              const newest = last[index]?.data?.sendouts[0];
              const missing = secrets.filter(({ set }) => !set).map(({ name }) => name);
              return (
                <tr key={id}>
                  <th scope="row">{id}</th>
                  <td>
                    <span class="overview-url">
                      <code>{url}</code>
                      <CopyButton text={url} label={`Copy the URL of ${id}`} />
                    </span>
                  </td>
                  <td>
                    {missing.length === 0 ? (
                      <Badge state="set" mood="good" />
                    ) : (
                      <Badge state="missing" mood="bad">
                        {missing.join(", ")} not set
                      </Badge>
                    )}
                  </td>
                  <td class="number">{formatCount(sumOf(statistics?.inlets[id] ?? {}))}</td>
                  <td>
                    {newest === undefined ? <span class="quiet">none yet</span> : <Time at={newest.receivedAt} />}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </Panel>
  );
}
