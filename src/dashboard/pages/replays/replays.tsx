// Many deliveries once more: plans, runs, and what became of them.

import { ListRestart } from "lucide-preact";
import { Link, useRoute } from "wouter-preact";
import { useReplays, type ListedReplay } from "../../api/replays.ts";
import { nameOfActor } from "../../components/actors.ts";
import { Badge } from "../../components/badge.tsx";
import { ButtonLink } from "../../components/button.tsx";
import { DataTable, type Column } from "../../components/data-table.tsx";
import { formatCount } from "../../components/numbers.ts";
import { Page, Panel } from "../../components/page.tsx";
import { Empty, Failure, Loading } from "../../components/states.tsx";
import { Time } from "../../components/time.tsx";
import { ReplayPage } from "./replay-page.tsx";
import { wordsOf } from "./selection-words.ts";
import "./replays.css";

/** The page at `/replays`, and of one replay at `/replays/<id>`. */
export function Replays() {
  const [isOne, params] = useRoute("/replays/:id");
  return isOne ? <ReplayPage key={params.id} id={params.id} /> : <List />;
}

function List() {
  const { data, error, refetch } = useReplays();
  return (
    <Page title="Replays" lead="Deliveries that were sent once more: as then, as now, or as new. The last 50.">
      {error !== null && <Failure error={error} onRetry={refetch} />}
      <Panel isFlush>
        {data === undefined ? error === null && <Loading lines={6} /> : <ReplayTable replays={data} />}
      </Panel>
    </Page>
  );
}

function ReplayTable({ replays }: { replays: readonly ListedReplay[] }) {
  if (replays.length === 0) {
    return (
      <Empty
        icon={ListRestart}
        title="Nothing has been replayed yet"
        action={<ButtonLink href="/sendouts?deliveryState=failed%2Cexpired">To what has failed</ButtonLink>}
      >
        A replay begins at the sendouts: filter or select them, and choose Replay. First comes a plan, which sends
        nothing; then a run, which can be watched and stopped.
      </Empty>
    );
  }
  return <DataTable rows={replays} keyOf={({ id }) => id} columns={COLUMNS} />;
}

const COLUMNS: readonly Column<ListedReplay>[] = [
  {
    title: "Planned",
    cell: ({ id, plannedAt }) => (
      <Link href={`/replays/${id}`}>
        <Time at={plannedAt} as="clock" />
      </Link>
    ),
  },
  { title: "By", kind: "long", cell: ({ by }) => nameOfActor(by) },
  { title: "State", cell: (replay) => <State of={replay} /> },
  { title: "Mode", cell: ({ mode }) => mode },
  { title: "Deliveries", kind: "number", cell: ({ selected }) => formatCount(selected) },
  { title: "What", kind: "long", cell: ({ select }) => <Selection select={select} /> },
];

function State({ of: { state, expiresAt } }: { of: ListedReplay }) {
  const isExpired = state === "planned" && Date.parse(expiresAt) <= Date.now();
  if (!isExpired) return <Badge state={state} />;
  return (
    <Badge state="expired" mood="calm">
      plan expired
    </Badge>
  );
}

function Selection({ select }: Pick<ListedReplay, "select">) {
  return (
    <div class="replays-what">
      {wordsOf(select).map(({ name, value, isInstant }) => (
        <span key={name}>
          <span class="quiet">{name}</span> {isInstant ? <Time at={value} as="clock" /> : value}
        </span>
      ))}
    </div>
  );
}
