// What the traffic uses, what that costs on the paid plan, how near it is to the limits of the free one, and how full the
// database is.

import { useQuery } from "@tanstack/preact-query";
import type { InferResponseType } from "hono/client";
import { admin, answerOf } from "../../api/admin.ts";
import { DataTable, type Column } from "../../components/data-table.tsx";
import { formatBytes, formatCount } from "../../components/numbers.ts";
import { Fact, Facts } from "../../components/facts.tsx";
import { Panel } from "../../components/page.tsx";
import { Failure, Loading } from "../../components/states.tsx";

type Usage = InferResponseType<typeof admin.usage.$get, 200>;

const DOLLARS = new Intl.NumberFormat(undefined, { style: "currency", currency: "USD" });
const PER_CENT = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 1 });
// The days are UTC's, whatever the reader's zone is.
const DAY = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", timeZone: "UTC" });

const USES = [
  ["workerRequests", "Requests of the Worker"],
  ["queueOperations", "Queue operations"],
  ["d1RowsWritten", "Rows written to D1"],
] as const;

/** The section. */
export function Cost() {
  const { data, error, refetch } = useQuery({
    queryKey: ["usage"],
    queryFn: async ({ signal }) => answerOf(admin.usage.$get({}, { init: { signal } })),
  });
  if (data === undefined) return error === null ? <Loading lines={8} /> : <Failure error={error} onRetry={refetch} />;
  return (
    <>
      {error !== null && <Failure error={error} onRetry={refetch} />}
      <div class="settings-columns">
        <Plans usage={data} />
        <Databases usage={data} />
      </div>
      <Days usage={data} />
    </>
  );
}

function Plans({ usage: { free, paid, averageADay } }: { usage: Usage }) {
  return (
    <Panel title="Cost and limits">
      <div class="settings-stack">
        <Facts>
          <Fact name="On the paid plan, as the last week was">
            <strong class="settings-figure">{DOLLARS.format(paid.dollarsAMonth)}</strong> a month
          </Fact>
        </Facts>
        <h3>On the free plan, the busiest day</h3>
        {USES.map(([use, label]) => {
          const share = free.shareOfBusiestDay[use];
          return (
            <div key={use} class="settings-meter">
              <span>{label}</span>
              <span class="quiet">
                {PER_CENT.format(share)} of a day, {formatCount(Math.round(averageADay[use]))} a day on average
              </span>
              <meter min={0} max={1} high={0.8} value={Math.min(share, 1)} aria-label={label} />
            </div>
          );
        })}
      </div>
    </Panel>
  );
}

function Databases({ usage: { databases, free, paid } }: { usage: Usage }) {
  const isGrowthKnown = databases.some(({ growthBytesADay }) => growthBytesADay !== null);
  return (
    <Panel title="Database">
      <div class="settings-stack">
        {databases.map(({ binding, bytes, growthBytesADay }) => (
          <Facts key={binding}>
            <Fact name={binding}>
              <strong class="settings-figure">{formatBytes(bytes)}</strong>
            </Fact>
            <Fact name="Grows a day">{growthBytesADay === null ? "not known yet" : formatBytes(growthBytesADay)}</Fact>
          </Facts>
        ))}
        <Facts>
          <Fact name="Full on the free plan">{isGrowthKnown ? describeDays(free.daysUntilFull) : "not known yet"}</Fact>
          <Fact name="Full on the paid plan">{isGrowthKnown ? describeDays(paid.daysUntilFull) : "not known yet"}</Fact>
        </Facts>
      </div>
    </Panel>
  );
}

function describeDays(days: number | null): string {
  if (days === null) return "it does not grow";
  return days < 1 ? "now" : `in ${formatCount(Math.floor(days))} days`;
}

const COLUMNS: readonly Column<Usage["days"][number]>[] = [
  { title: "Day", cell: ({ day }) => DAY.format(new Date(day)) },
  { title: "Sendouts", kind: "number", cell: ({ sendouts }) => formatCount(sendouts) },
  { title: "Deliveries", kind: "number", cell: ({ deliveries }) => formatCount(deliveries) },
  { title: "Attempts", kind: "number", cell: ({ attempts }) => formatCount(attempts) },
  { title: "Requests", kind: "number", cell: ({ use }) => formatCount(use.workerRequests) },
  { title: "Queue operations", kind: "number", cell: ({ use }) => formatCount(use.queueOperations) },
  { title: "Rows written", kind: "number", cell: ({ use }) => formatCount(use.d1RowsWritten) },
  {
    title: "Database",
    kind: "number",
    cell: ({ databaseBytes }) => databaseBytes !== null && formatBytes(databaseBytes),
  },
];

function Days({ usage: { days } }: { usage: Usage }) {
  return (
    <Panel title="Day by day (UTC)" isFlush>
      {days.length === 0 ? (
        <p class="panel-line quiet">Nothing has been counted yet; the cron does so every five minutes.</p>
      ) : (
        <DataTable rows={days.toReversed()} keyOf={({ day }) => day} columns={COLUMNS} />
      )}
    </Panel>
  );
}
