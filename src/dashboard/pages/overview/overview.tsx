// How it goes: what came in, what became of it, and what needs a hand. It is read again every few seconds.

import { useQuery } from "@tanstack/preact-query";
import { useMemo } from "preact/hooks";
import { useSearchParams } from "wouter-preact";
import { admin, answerOf } from "../../api/admin.ts";
import { useIncidents } from "../../api/incidents.ts";
import { LIVE_MS } from "../../api/queries.ts";
import { LazyChart } from "../../charts/lazy-chart.tsx";
import { FilterLinks } from "../../components/filter-links.tsx";
import { describeDuration } from "../../components/instants.ts";
import { formatShort } from "../../components/numbers.ts";
import { Page, Panel } from "../../components/page.tsx";
import { Failure, Loading } from "../../components/states.tsx";
import { FirstRun } from "./first-run.tsx";
import { Inlets } from "./inlets.tsx";
import { OpenIncidents } from "./open-incidents.tsx";
import { isRange, RANGES, RANGE_DEFAULT, sinceOf, type Range } from "./range.ts";
import { toSeries } from "./series.ts";
import { Targets } from "./targets.tsx";
import { Tiles } from "./tiles.tsx";
import { useSteps } from "./use-steps.ts";
import "./overview.css";

/** The page at `/`. */
export function Overview() {
  const [params] = useSearchParams();
  const asked = params.get("range");
  const range = isRange(asked) ? asked : RANGE_DEFAULT;
  const statistics = useStatistics(range);
  const incidents = useIncidents({ state: "open" });
  const { steps, isLoading: areStepsLoading, hide } = useSteps();
  // What may stand above the numbers is waited for, so that they are not pushed down under a reader's eyes.
  const isLoading = areStepsLoading || incidents.isLoading;
  const links = RANGES.map(([of, label]) => ({ href: `/?range=${of}`, label, isCurrent: of === range }));
  return (
    <Page title="Overview" actions={<FilterLinks label="Time looked at" links={links} />}>
      {isLoading ? (
        <Loading lines={12} />
      ) : (
        <>
          {steps !== undefined && <FirstRun done={steps} onHide={hide} />}
          <OpenIncidents incidents={incidents.data?.incidents ?? []} />
          <Numbers statistics={statistics} range={range} />
        </>
      )}
    </Page>
  );
}

function Numbers({ statistics: { data, error, refetch }, range }: { statistics: Reading; range: Range }) {
  return (
    <>
      {error !== null && <Failure error={error} onRetry={refetch} />}
      <Tiles statistics={data} range={range} />
      <div class="overview-charts">
        <Panel title="Sendouts and deliveries">
          {data === undefined ? <Loading lines={6} /> : <Traffic answer={data} />}
        </Panel>
        <Panel title="From arrival to the target's answer">
          {data === undefined ? <Loading lines={6} /> : <Latency answer={data} />}
        </Panel>
      </div>
      <Targets statistics={data} range={range} />
      <Inlets statistics={data} />
    </>
  );
}

function useStatistics(range: Range) {
  return useQuery({
    queryKey: ["statistics", range],
    queryFn: async ({ signal }) =>
      answerOf(admin.statistics.$get({ query: { since: sinceOf(range, Date.now()) } }, { init: { signal } })),
    refetchInterval: LIVE_MS,
  });
}

type Reading = ReturnType<typeof useStatistics>;

/** What `GET /admin/statistics` answers. */
export type Statistics = NonNullable<Reading["data"]>;

function Traffic({ answer }: { answer: Statistics }) {
  const series = useMemo(() => toSeries(answer), [answer]);
  return (
    <LazyChart
      label="Sendouts accepted and deliveries by what became of them, over time."
      at={series.at}
      format={formatShort}
      lines={[
        { label: "Accepted", colour: "--series-1", values: series.accepted, isFilled: true },
        { label: "Delivered", colour: "--series-2", values: series.delivered },
        { label: "Failed", colour: "--series-3", values: series.failed },
        { label: "Quarantined", colour: "--series-4", values: series.quarantined },
      ]}
    />
  );
}

function Latency({ answer }: { answer: Statistics }) {
  const series = useMemo(() => toSeries(answer), [answer]);
  return (
    <LazyChart
      label="How long half and 95 of 100 deliveries took at most, over time."
      at={series.at}
      format={describeDuration}
      lines={[
        { label: "p50", colour: "--series-1", values: series.p50 },
        { label: "p95", colour: "--series-5", values: series.p95 },
      ]}
    />
  );
}
