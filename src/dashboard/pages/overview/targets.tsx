// How each target stands and how it did, those first that need somebody.

import { Link } from "wouter-preact";
import { useStanding } from "../../api/standing.ts";
import { Badge } from "../../components/badge.tsx";
import { ButtonLink } from "../../components/button.tsx";
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
        <table class="table">
          <thead>
            <tr>
              <th>Target</th>
              <th>State</th>
              <th class="number">Delivered</th>
              <th class="number">Failed</th>
              <th class="number">p50 / p95</th>
              <th class="number">Waiting</th>
              <th>Next try</th>
            </tr>
          </thead>
          <tbody>
            {targets.map((target) => (
              <Row key={target.id} target={target} did={statistics?.targets[target.id]} range={range} />
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

function Row({
  target,
  did,
  range,
}: {
  target: TargetStanding;
  did: Statistics["targets"][string] | undefined;
  range: Range;
}) {
  const { id, state, reason, note, since, until, held, scheduled, nextAt } = target;
  const { word, mood } = STANDINGS[state];
  const failed = failedOf(did?.deliveries ?? {});
  const next = until ?? nextAt;
  return (
    <tr>
      <th scope="row">
        <Link href={`/table/targets/${encodeURIComponent(id)}`}>{id}</Link>
      </th>
      <td>
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
      </td>
      <td class="number">{formatCount(did?.deliveries["delivered"] ?? 0)}</td>
      <td class="number">
        {failed === 0 ? (
          0
        ) : (
          <Link
            href={`/sendouts?since=${encodeURIComponent(sinceOf(range, Date.now()))}&target=${encodeURIComponent(id)}&deliveryState=failed`}
          >
            {formatCount(failed)}
          </Link>
        )}
      </td>
      <td class="number">
        {did?.latencyMs.p50 == null
          ? "–"
          : `${describeDuration(did.latencyMs.p50)} / ${describeDuration(did.latencyMs.p95 ?? 0)}`}
      </td>
      <td class="number">{held + scheduled === 0 ? 0 : <Link href="/holds">{formatCount(held + scheduled)}</Link>}</td>
      <td>{next === null ? <span class="quiet">–</span> : <Time at={next} />}</td>
    </tr>
  );
}
