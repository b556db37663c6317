// Where Voucherify posts to: the URL of each inlet, whether sendouts are accepted there, and how to point Voucherify at it.

import { useQuery } from "@tanstack/preact-query";
import type { InferResponseType } from "hono/client";
import { admin, answerOf } from "../../api/admin.ts";
import { useInlets } from "../../api/table-parts.ts";
import { Panel } from "../../components/page.tsx";
import { Failure, Loading } from "../../components/states.tsx";
import { DraftNote } from "./draft-note.tsx";
import { GapReport } from "./gap-report.tsx";
import { InletPanel } from "./inlet-panel.tsx";
import { OnTable } from "./on-table.tsx";
import { UpstreamPanel } from "./upstream-panel.tsx";

/** What `GET /admin/upstream` says. */
export type Upstream = InferResponseType<typeof admin.upstream.$get, 200>;

/** The section. */
export function Inlets() {
  const inlets = useInlets();
  // Asks Voucherify, where there are credentials: not every few seconds.
  const upstream = useQuery({
    queryKey: ["upstream"],
    queryFn: async ({ signal }) => answerOf(admin.upstream.$get({}, { init: { signal } })),
    staleTime: 60_000,
  });
  if (inlets.data === undefined) {
    return inlets.error === null ? <Loading lines={6} /> : <Failure error={inlets.error} onRetry={inlets.refetch} />;
  }
  const { items } = inlets.data;
  return (
    <>
      {items.map((inlet) => (
        <InletPanel
          key={inlet.id}
          inlet={inlet}
          steps={upstream.data?.inlets.find((one) => one.inlet === inlet.id)?.steps}
        />
      ))}
      {upstream.error !== null && <Failure error={upstream.error} onRetry={upstream.refetch} />}
      <OnTable loading={<WebhookLoading />}>
        {(working) => (
          <>
            <DraftNote section="voucherify" working={working} />
            {upstream.isLoading && <WebhookLoading />}
            {upstream.data !== undefined && <UpstreamPanel upstream={upstream.data} working={working} />}
          </>
        )}
      </OnTable>
      <GapReport inlets={items.map(({ id }) => id)} />
    </>
  );
}

function WebhookLoading() {
  return (
    <Panel title="Webhook in Voucherify">
      <Loading lines={2} />
    </Panel>
  );
}
