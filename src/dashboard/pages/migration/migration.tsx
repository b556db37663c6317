// Where the move from payload version v2018-08-01 to v2024-01-01 stands: Voucherify's seven steps, the event types on their
// way, what becomes of every field, and the places of the table that need a hand.

import { useQuery } from "@tanstack/preact-query";
import type { InferResponseType } from "hono/client";
import { CircleCheck } from "lucide-preact";
import { useSearchParams } from "wouter-preact";
import { toMarkdown } from "../../../voucherify/migration/markdown.ts";
import { admin, answerOf } from "../../api/admin.ts";
import { ApiError } from "../../api/problem.ts";
import { CopyButton } from "../../components/copy-button.tsx";
import { FilterLinks } from "../../components/filter-links.tsx";
import { DAY_MS } from "../../components/instants.ts";
import { Page, Panel } from "../../components/page.tsx";
import { Empty, Failure, Loading } from "../../components/states.tsx";
import { Fields } from "./fields.tsx";
import { Reads } from "./reads.tsx";
import { Steps } from "./steps.tsx";
import { Types } from "./types.tsx";
import "./migration.css";

/** The report. */
export type Report = Exclude<InferResponseType<typeof admin.migration.$get, 200>, string>;

/** How far back is looked, in days, as the address has it. */
const RANGES = [
  ["1", "1 day"],
  ["7", "7 days"],
  ["14", "14 days"],
  ["30", "30 days"],
] as const;
type Days = (typeof RANGES)[number][0];

/** What the router takes when nobody says: as long as Voucherify's support can send again. */
const DAYS_DEFAULT: Days = "14";

/** How often it is read again, in milliseconds: each time many sendouts are gone through. */
const LOOK_MS = 30_000;

/** The page at `/migration`. */
export function Migration() {
  const [search] = useSearchParams();
  const days = RANGES.find(([of]) => of === search.get("days"))?.[0] ?? DAYS_DEFAULT;
  const { data, error, refetch } = useReport(days);
  return (
    <Page
      title="Migration"
      lead="From payload version v2018-08-01 to v2024-01-01. Signalbox understands both, so that every consumer can move on a day of its own."
      actions={
        <>
          <FilterLinks
            label="How far back"
            links={RANGES.map(([of, label]) => ({ href: `/migration?days=${of}`, label, isCurrent: of === days }))}
          />
          {data !== undefined && (
            <CopyButton text={toMarkdown(data)} label="Copy as Markdown" tone="plain" isLabelled />
          )}
        </>
      }
    >
      {error !== null && <Failure error={error} onRetry={refetch} />}
      {data === undefined ? error === null && <Loading lines={10} /> : <Shown report={data} />}
    </Page>
  );
}

function useReport(days: Days) {
  return useQuery({
    queryKey: ["migration", days],
    queryFn: async ({ signal }): Promise<Report> => {
      const since = new Date(Date.now() - Number(days) * DAY_MS).toISOString();
      const report = await answerOf(admin.migration.$get({ query: { since } }, { init: { signal } }));
      // It is a text only where Markdown was asked for.
      if (typeof report === "string") throw new ApiError("answer_unclear", "The router answered with a text.", 200);
      return report;
    },
    refetchInterval: LOOK_MS,
    staleTime: LOOK_MS,
  });
}

function Shown({ report }: { report: Report }) {
  const { steps, types, reads } = report;
  if (types.length === 0) {
    return (
      <>
        <Panel>
          <Empty icon={CircleCheck} title="Nothing old arrives">
            No sendout in v2018-08-01 has come in since then, so there is nothing to migrate. Where a project has not
            been switched yet, look further back, or wait for its next sendouts.
          </Empty>
        </Panel>
        <Steps steps={steps} />
      </>
    );
  }
  return (
    <>
      <Steps steps={steps} />
      <Types types={types} />
      <Reads reads={reads} />
      <Fields types={types} />
    </>
  );
}
