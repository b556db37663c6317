// Many deliveries once more: plans, runs, and what became of them.

import { ListRestart } from "lucide-preact";
import { Link, useRoute } from "wouter-preact";
import { useReplays, type ListedReplay } from "../../api/replays.ts";
import { Badge } from "../../components/badge.tsx";
import { ButtonLink } from "../../components/button.tsx";
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
      <Panel isFlush>{data === undefined ? error === null && <Loading lines={6} /> : <Table replays={data} />}</Panel>
    </Page>
  );
}

function Table({ replays }: { replays: readonly ListedReplay[] }) {
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
  return (
    <table class="table replays-table">
      <thead>
        <tr>
          <th scope="col">Planned</th>
          <th scope="col">State</th>
          <th scope="col">Mode</th>
          <th scope="col" class="number">
            Deliveries
          </th>
          <th scope="col">What</th>
        </tr>
      </thead>
      <tbody>
        {replays.map((replay) => (
          <Row key={replay.id} replay={replay} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ replay: { id, state, mode, plannedAt, expiresAt, selected, select } }: { replay: ListedReplay }) {
  const isExpired = state === "planned" && Date.parse(expiresAt) <= Date.now();
  return (
    <tr>
      <td>
        <Link href={`/replays/${id}`}>
          <Time at={plannedAt} as="clock" />
        </Link>
      </td>
      <td>
        {isExpired ? (
          <Badge state="expired" mood="calm">
            plan expired
          </Badge>
        ) : (
          <Badge state={state} />
        )}
      </td>
      <td>{mode}</td>
      <td class="number">{formatCount(selected)}</td>
      <td>
        <div class="replays-what">
          {wordsOf(select).map(({ name, value, isInstant }) => (
            <span key={name}>
              <span class="quiet">{name}</span> {isInstant ? <Time at={value} as="clock" /> : value}
            </span>
          ))}
        </div>
      </td>
    </tr>
  );
}
