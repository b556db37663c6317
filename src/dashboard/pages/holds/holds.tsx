// What is paused, and what waits because of it or for something else.

import { CirclePause, Hourglass } from "lucide-preact";
import { Link, useSearchParams } from "wouter-preact";
import { useHolds, type Held, type Holds as HoldsAnswer } from "../../api/holds.ts";
import { whyNot } from "../../api/session-state.ts";
import { Button } from "../../components/button.tsx";
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
          <p class="holds-none quiet">Nothing is paused.</p>
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
        {held.length === 0 ? <p class="holds-none quiet">Nothing waits.</p> : <HeldTable held={held} />}
      </Panel>
    </>
  );
}

function HeldTable({ held }: { held: readonly Held[] }) {
  return (
    <table class="table">
      <thead>
        <tr>
          <th>Target</th>
          <th>Route</th>
          <th>Waits for</th>
          <th class="number">Deliveries</th>
          <th>Oldest</th>
        </tr>
      </thead>
      <tbody>
        {held.map(({ target, route, reason, count, since }) => (
          <tr key={`${target} ${route} ${reason}`}>
            <td class="holds-name">
              <Link href={`/table/targets/${encodeURIComponent(target)}`}>{target}</Link>
            </td>
            <td class="holds-name">{route}</td>
            <td>
              {describeWait(reason)} <code class="quiet">{reason}</code>
            </td>
            <td class="number">
              <Link href={heldAddress({ target, route, reason })} aria-label={`${formatCount(count)}: show them`}>
                {formatCount(count)}
              </Link>
            </td>
            <td>
              <Hourglass class="holds-icon" size={14} aria-hidden="true" /> <Time at={since} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
