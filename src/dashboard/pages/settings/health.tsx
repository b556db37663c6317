// What the router finds out about itself, with what to do; its queues and jobs; and a test through all of it.

import { useQuery } from "@tanstack/preact-query";
import { Brush } from "lucide-preact";
import { Link } from "wouter-preact";
import { admin, answerOf } from "../../api/admin.ts";
import { LIVE_MS } from "../../api/queries.ts";
import { whyNot } from "../../api/session-state.ts";
import { useAct } from "../../api/use-act.ts";
import { Badge, type Mood } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { DataTable, type Column } from "../../components/data-table.tsx";
import { countOf, formatCount } from "../../components/numbers.ts";
import { Panel } from "../../components/page.tsx";
import { Remedy } from "../../components/remedy.tsx";
import { Failure, Loading } from "../../components/states.tsx";
import { Time } from "../../components/time.tsx";
import { tell, tellError } from "../../components/toasts.tsx";
import { useHealth, type Health as HealthAnswer } from "./read-health.ts";
import { SelfTest } from "./self-test.tsx";

const MOODS: Readonly<Record<string, Mood>> = { ok: "good", warning: "warn", failed: "bad" };

/** Where more is said of what an examination found. */
const PAGES: Readonly<Record<string, string>> = {
  incidents: "/incidents",
  secrets: "/settings/secrets",
  vault: "/settings/secrets",
  inlets: "/settings/inlets",
  table: "/table",
};

/** The section. */
export function Health() {
  const { data, error, refetch } = useHealth();
  return (
    <>
      <SelfTest />
      <Findings />
      {error !== null && <Failure error={error} onRetry={refetch} />}
      {data === undefined && error === null && <Loading lines={6} />}
      {data !== undefined && (
        <div class="settings-columns">
          <Queues queues={data.queues} inbox={data.inbox} />
          <Jobs jobs={data.jobs} />
        </div>
      )}
    </>
  );
}

/** About how many examinations there are. */
const EXAMINATIONS = 16;

/** The doctor's findings, what is not well first. */
function Findings() {
  const { data, error, refetch } = useQuery({
    queryKey: ["doctor"],
    queryFn: async ({ signal }) => answerOf(admin.doctor.$get({}, { init: { signal } })),
    refetchInterval: 3 * LIVE_MS,
  });
  if (data === undefined) {
    return (
      <Panel title="Examinations">
        {error === null ? <Loading lines={EXAMINATIONS} /> : <Failure error={error} onRetry={refetch} />}
      </Panel>
    );
  }
  const rank: Readonly<Record<string, number>> = { failed: 0, warning: 1, ok: 2 };
  const findings = data.findings.toSorted((one, other) => (rank[one.state] ?? 0) - (rank[other.state] ?? 0));
  return (
    <Panel title="Examinations" isFlush>
      <ul class="settings-findings">
        {findings.map(({ name, state, detail, remedy }) => (
          <li key={name}>
            <Badge state={state} mood={MOODS[state] ?? "calm"} />
            <div>
              <p>
                <Name of={name} /> {detail}
              </p>
              {remedy !== null && <Remedy>{remedy}</Remedy>}
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Name({ of }: { of: string }) {
  const page = PAGES[of];
  return <strong>{page === undefined ? of : <Link href={page}>{of}</Link>}</strong>;
}

/** What waits somewhere, as far as it is known. */
interface Waiting {
  name: string;
  waiting: number | undefined;
  oldest: string | null | undefined;
}

const QUEUE_COLUMNS: readonly Column<Waiting>[] = [
  { title: "Queue", cell: ({ name }) => name },
  {
    title: "Waiting",
    kind: "number",
    cell: ({ waiting }) => (waiting === undefined ? <span class="quiet">not said</span> : formatCount(waiting)),
  },
  { title: "The oldest", cell: ({ oldest }) => oldest && <Time at={oldest} /> },
];

function Queues({ queues, inbox }: Pick<HealthAnswer, "queues" | "inbox">) {
  return (
    <Panel title="Queues" isFlush>
      <DataTable
        rows={[
          ...Object.entries(queues).map(([name, known]) => ({ name, waiting: known?.backlog, oldest: known?.oldest })),
          { name: "Inbox", waiting: inbox?.kept, oldest: inbox?.oldest },
        ]}
        keyOf={({ name }) => name}
        columns={QUEUE_COLUMNS}
      />
    </Panel>
  );
}

const JOB_COLUMNS: readonly Column<[name: string, endedAt: string]>[] = [
  { title: "Job", cell: ([name]) => name },
  { title: "Ended well", cell: ([, endedAt]) => <Time at={endedAt} /> },
];

function Jobs({ jobs }: Pick<HealthAnswer, "jobs">) {
  const ran = Object.entries(jobs ?? {});
  return (
    <Panel title="Jobs of the cron" isFlush actions={<Sweep />}>
      {ran.length === 0 ? (
        <p class="panel-line quiet">
          {jobs === null ? "D1 does not say when they ran." : "None has run yet; a new trigger takes up to 15 minutes."}
        </p>
      ) : (
        <DataTable rows={ran} keyOf={([name]) => name} columns={JOB_COLUMNS} />
      )}
    </Panel>
  );
}

/** Has the sweeper run now: it sends what is due, and is of no harm when there is nothing. */
function Sweep() {
  const sweeping = useAct({
    mutationFn: async () => answerOf(admin.sweep.$post({ json: {} })),
    onSuccess: ({ sent }) => tell({ title: `${countOf(sent, "delivery goes", "deliveries go")} now` }),
    onError: (error) => tellError(error, "The sweeper did not run."),
  });
  return (
    <Button icon={Brush} isBusy={sweeping.isPending} why={whyNot("replay")} onClick={() => sweeping.mutate()}>
      Run the sweeper
    </Button>
  );
}
