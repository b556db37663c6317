// Whether Voucherify still sends: each inlet with when something last came in.

import { useQueries } from "@tanstack/preact-query";
import { admin, answerOf } from "../../api/admin.ts";
import { LIVE_MS } from "../../api/queries.ts";
import { useInlets, type Inlet } from "../../api/table-parts.ts";
import { Badge } from "../../components/badge.tsx";
import { CopyButton } from "../../components/copy-button.tsx";
import { DataTable, type Column } from "../../components/data-table.tsx";
import { formatCount } from "../../components/numbers.ts";
import { Panel } from "../../components/page.tsx";
import { Failure, Loading } from "../../components/states.tsx";
import { Time } from "../../components/time.tsx";
import type { Statistics } from "./overview.tsx";
import { sumOf } from "./series.ts";

/** How many inlets are asked about one by one; a table rarely has more than three. */
const ASKED_MAX = 10;

/** An inlet with what came in by it. */
type Row = Inlet & { accepted: number; newest: { receivedAt: string } | undefined };

const COLUMNS: readonly Column<Row>[] = [
  { title: "Inlet", kind: "long", cell: ({ id }) => id },
  { title: "URL", kind: "long", cell: (inlet) => <Url inlet={inlet} /> },
  { title: "Secrets", kind: "long", cell: ({ secrets }) => <Secrets secrets={secrets} /> },
  { title: "Accepted", kind: "number", cell: ({ accepted }) => formatCount(accepted) },
  {
    title: "Last sendout",
    cell: ({ newest }) =>
      newest === undefined ? <span class="quiet">none yet</span> : <Time at={newest.receivedAt} />,
  },
];

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
        <DataTable
          rows={inlets.map((inlet, index) => ({
            ...inlet,
            accepted: sumOf(statistics?.inlets[inlet.id] ?? {}),
            newest: last[index]?.data?.sendouts[0],
          }))}
          keyOf={({ id }) => id}
          columns={COLUMNS}
        />
      )}
    </Panel>
  );
}

function Url({ inlet: { id, url } }: { inlet: Inlet }) {
  return (
    <span class="overview-url">
      <code>{url}</code>
      <CopyButton text={url} label={`Copy the URL of ${id}`} />
    </span>
  );
}

function Secrets({ secrets }: Pick<Inlet, "secrets">) {
  const missing = secrets.filter(({ set }) => !set).map(({ name }) => name);
  if (missing.length === 0) return <Badge state="set" mood="good" />;
  return (
    <Badge state="missing" mood="bad">
      {missing.join(", ")} not set
    </Badge>
  );
}
