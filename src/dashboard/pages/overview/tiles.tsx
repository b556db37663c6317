// The numbers that tell whether all is well, each leading to what it counts.

import { useQuery } from "@tanstack/preact-query";
import type { ComponentChildren } from "preact";
import { Link } from "wouter-preact";
import { admin, answerOf } from "../../api/admin.ts";
import { LIVE_MS } from "../../api/queries.ts";
import { useStanding } from "../../api/standing.ts";
import { describeDuration } from "../../components/instants.ts";
import { formatCount, formatShort } from "../../components/numbers.ts";
import { sinceOf, type Range } from "./range.ts";
import type { Statistics } from "./overview.tsx";
import { addUp, failedOf, sumOf } from "./series.ts";

/** The row of numbers. */
export function Tiles({ statistics, range }: { statistics: Statistics | undefined; range: Range }) {
  const standing = useStanding();
  const quarantine = useQuery({
    queryKey: ["quarantine", "open"],
    queryFn: async ({ signal }) => answerOf(admin.quarantine.$get({ query: { limit: "1" } }, { init: { signal } })),
    refetchInterval: LIVE_MS,
  });
  const held = standing.data?.targets.reduce((sum, target) => sum + target.held, 0);
  const scheduled = standing.data?.targets.reduce((sum, target) => sum + target.scheduled, 0);
  const deliveries = statistics && addUp(statistics.steps.map((step) => step.deliveries));
  const accepted = statistics && sumOf(addUp(statistics.steps.map((step) => step.sendouts)));
  const failed = deliveries && failedOf(deliveries);
  const since = encodeURIComponent(sinceOf(range, Date.now()));
  return (
    <ul class="tiles">
      <Tile label="Accepted" value={accepted} href={`/sendouts?since=${since}`} />
      <Tile
        label="Delivered"
        value={deliveries && (deliveries["delivered"] ?? 0)}
        href={`/sendouts?since=${since}&deliveryState=delivered`}
      />
      <Tile
        label="Failed"
        value={failed}
        isBad={(failed ?? 0) > 0}
        href={`/sendouts?since=${since}&deliveryState=failed`}
      >
        {deliveries && shareOf(failed ?? 0, (deliveries["delivered"] ?? 0) + (failed ?? 0))}
      </Tile>
      <Tile label="Held now" value={held} isWarning={(held ?? 0) > 0} href="/holds">
        {scheduled !== undefined && scheduled > 0 && `${formatCount(scheduled)} to be tried again`}
      </Tile>
      <Tile
        label="Quarantined now"
        value={quarantine.data?.open}
        isBad={(quarantine.data?.open ?? 0) > 0}
        href="/quarantine"
      />
      <li class="tile">
        <span class="tile-label">Latency p50 / p95</span>
        <span class="tile-value">
          {statistics === undefined
            ? "…"
            : `${shortest(statistics.latencyMs.p50)} / ${shortest(statistics.latencyMs.p95)}`}
        </span>
      </li>
    </ul>
  );
}

function Tile({
  label,
  value,
  href,
  isBad = false,
  isWarning = false,
  children,
}: {
  label: string;
  /** Undefined while it is not known. */
  value: number | undefined;
  href: string;
  isBad?: boolean;
  isWarning?: boolean;
  children?: ComponentChildren;
}) {
  return (
    <li class={`tile ${isBad ? "tile-bad" : ""} ${isWarning ? "tile-warning" : ""}`}>
      <Link href={href}>
        <span class="tile-label">{label}</span>
        <span class="tile-value" title={value === undefined ? undefined : formatCount(value)}>
          {value === undefined ? "…" : value < 10_000 ? formatCount(value) : formatShort(value)}
        </span>
        <span class="tile-note">{children}</span>
      </Link>
    </li>
  );
}

function shareOf(part: number, whole: number): string {
  return whole === 0 || part === 0 ? "" : `${((part / whole) * 100).toPrecision(2)} % of what ended`;
}

function shortest(ms: number | null): string {
  return ms === null ? "–" : describeDuration(ms);
}
