// How each target stands and how it did, those first that need somebody.

import { Link } from "wouter-preact";
import { useStanding } from "../../api/standing.ts";
import { Badge } from "../../components/badge.tsx";
import { ButtonLink } from "../../components/button.tsx";
import { DataTable, type Column } from "../../components/data-table.tsx";
import { describeDuration } from "../../components/instants.ts";
import { formatCount } from "../../components/numbers.ts";
import { Panel } from "../../components/page.tsx";
import { Empty, Failure, Loading } from "../../components/states.tsx";
import { STANDINGS, type TargetStanding } from "../../components/standing.ts";
import { Time } from "../../components/time.tsx";
import type { Statistics } from "./overview.tsx";
import { sinceOf, type Range } from "./range.ts";
import { failedOf } from "./series.ts";

const ORDER = Object.keys(STANDINGS);

/** Why a target is as it is, in words. */
const REASONS: Readonly<Record<string, string>> = {
  by_hand: "paused by hand",
  credentials: "it refuses our credentials",
  gone: "it says it is gone",
  breaker: "it failed too often",
  secret_missing: "a secret is not set",
  secret_unreadable: "a secret cannot be opened",
  secret_host_changed: "a secret was set for another host",
  secret_invalid: "a secret has the wrong form",
  binding_missing: "its certificate is not bound",
  token_unavailable: "its token endpoint gives no token",
  vault_unavailable: "the vault does not answer",
};

/** The table of targets. */
export function Targets({ statistics, range }: { statistics: Statistics | undefined; range: Range }) {
  const { data, error, refetch } = useStanding();
  const targets = data?.targets.toSorted((one, other) => ORDER.indexOf(one.state) - ORDER.indexOf(other.state));
  return (
    <Panel title="Targets" isFlush>
      {error !== null && <Failure error={error} onRetry={refetch} />}
      {targets === undefined && error === null && <Loading lines={4} />}
      {targets?.length === 0 && (
        <Empty title="No target yet" action={<ButtonLink href="/builder">Build one</ButtonLink>}>
          A target is a system that gets a request for each event that you route to it.
        </Empty>
      )}
      {targets !== undefined && targets.length > 0 && (
        <DataTable
          rows={targets.map((target) => ({ ...target, did: statistics?.targets[target.id] }))}
          keyOf={({ id }) => id}
          columns={columnsOf(range)}
        />
      )}
    </Panel>
  );
}

/** A target with what it did in the time that is looked at. */
type Row = TargetStanding & { did: Statistics["targets"][string] | undefined };

function columnsOf(range: Range): readonly Column<Row>[] {
  return [
    {
      title: "Target",
      kind: "long",
      cell: ({ id }) => <Link href={`/table/targets/${encodeURIComponent(id)}`}>{id}</Link>,
    },
    { title: "State", kind: "long", cell: (row) => <State of={row} /> },
    { title: "Delivered", kind: "number", cell: ({ did }) => formatCount(did?.deliveries["delivered"] ?? 0) },
    { title: "Failed", kind: "number", cell: (row) => <Failed of={row} range={range} /> },
    { title: "p50 / p95", kind: "number", cell: ({ did }) => describeLatency(did) },
    {
      title: "Waiting",
      kind: "number",
      cell: ({ held, scheduled }) =>
        held + scheduled === 0 ? 0 : <Link href="/holds">{formatCount(held + scheduled)}</Link>,
    },
    { title: "Next try", cell: ({ until, nextAt }) => <NextTry at={until ?? nextAt} /> },
  ];
}

function State({ of: { state, reason, note, since } }: { of: TargetStanding }) {
  const { word, mood } = STANDINGS[state];
  return (
    <>
      <Badge state={state} mood={mood}>
        {word}
      </Badge>
      {reason !== null && (
        <span class="overview-reason" title={note ?? undefined}>
          {REASONS[reason] ?? reason}
          {since !== null && (
            <>
              , <Time at={since} />
            </>
          )}
        </span>
      )}
    </>
  );
}

function Failed({ of: { id, did }, range }: { of: Row; range: Range }) {
  const failed = failedOf(did?.deliveries ?? {});
  if (failed === 0) return <>0</>;
  const since = encodeURIComponent(sinceOf(range, Date.now()));
  const address = `/sendouts?since=${since}&target=${encodeURIComponent(id)}&deliveryState=failed`;
  return <Link href={address}>{formatCount(failed)}</Link>;
}

function describeLatency(did: Row["did"]): string {
  if (did?.latencyMs.p50 == null) return "–";
  return `${describeDuration(did.latencyMs.p50)} / ${describeDuration(did.latencyMs.p95 ?? 0)}`;
}

function NextTry({ at }: { at: string | null }) {
  return at === null ? <span class="quiet">–</span> : <Time at={at} />;
}
