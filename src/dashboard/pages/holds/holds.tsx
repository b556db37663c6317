// What is paused, and what waits because of it or for something else.

import { CirclePause, Hourglass } from "lucide-preact";
import { Link, useSearchParams } from "wouter-preact";
import { useHolds, type Held, type Holds as HoldsAnswer } from "../../api/holds.ts";
import { whyNot } from "../../api/session-state.ts";
import { Button } from "../../components/button.tsx";
import { DataTable, type Column } from "../../components/data-table.tsx";
import { countOf, formatCount } from "../../components/numbers.ts";
import { Page, Panel } from "../../components/page.tsx";
import { Empty, Failure, Loading } from "../../components/states.tsx";
import { Time } from "../../components/time.tsx";
import { PauseDialog } from "./pause-dialog.tsx";
import { PauseRow } from "./pause-row.tsx";
import { describeWait, heldAddress } from "./waiting.ts";
import "./holds.css";

/** The page at `/holds`. With `?pause=target:crm` it asks at once whether to pause that. */
export function Holds() {
  const { data, error, refetch } = useHolds();
  const [search, setSearch] = useSearchParams();
  const asked = search.get("pause");
  return (
    <Page
      title="Holds"
      lead="What is paused and what waits. Nothing of it is lost, and waiting costs no attempt."
      actions={
        <Button icon={CirclePause} why={whyNot("replay")} onClick={() => setSearch({ pause: "" })}>
          Pause…
        </Button>
      }
    >
      {error !== null && <Failure error={error} onRetry={refetch} />}
      {data === undefined ? error === null && <Loading lines={6} /> : <Lists {...data} />}
      {asked !== null && <PauseDialog subject={asked} onClose={() => setSearch({}, { replace: true })} />}
    </Page>
  );
}

function Lists({ pauses, held }: HoldsAnswer) {
  const total = held.reduce((sum, { count }) => sum + count, 0);
  if (pauses.length === 0 && held.length === 0) {
    return (
      <Panel>
        <Empty icon={CirclePause} title="Nothing is paused, and nothing waits">
          Pause a target before its maintenance: deliveries wait here and go out once it is resumed.
        </Empty>
      </Panel>
    );
  }
  return (
    <>
      <Panel title="Paused" isFlush>
        {pauses.length === 0 ? (
          <p class="panel-line quiet">Nothing is paused.</p>
        ) : (
          <ul class="holds-pauses">
            {pauses.map((pause) => (
              <PauseRow key={pause.subject} pause={pause} held={held} />
            ))}
          </ul>
        )}
      </Panel>
      <Panel
        title={<>Waiting{total > 0 && <span class="quiet"> · {countOf(total, "delivery", "deliveries")}</span>}</>}
        isFlush
      >
        {held.length === 0 ? (
          <p class="panel-line quiet">Nothing waits.</p>
        ) : (
          <DataTable rows={held} keyOf={keyOf} columns={COLUMNS} />
        )}
      </Panel>
    </>
  );
}

const COLUMNS: readonly Column<Held>[] = [
  {
    title: "Target",
    kind: "long",
    cell: ({ target }) => <Link href={`/table/targets/${encodeURIComponent(target)}`}>{target}</Link>,
  },
  { title: "Route", kind: "long", cell: ({ route }) => route },
  {
    title: "Waits for",
    kind: "long",
    cell: ({ reason }) => (
      <>
        {describeWait(reason)} <code class="quiet">{reason}</code>
      </>
    ),
  },
  {
    title: "Deliveries",
    kind: "number",
    cell: (held) => (
      <Link href={heldAddress(held)} aria-label={`${formatCount(held.count)}: show them`}>
        {formatCount(held.count)}
      </Link>
    ),
  },
  {
    title: "Oldest",
    cell: ({ since }) => (
      <>
        <Hourglass class="holds-icon" size={14} aria-hidden="true" /> <Time at={since} />
      </>
    ),
  },
];

function keyOf({ target, route, reason }: Held): string {
  return `${target} ${route} ${reason}`;
}
