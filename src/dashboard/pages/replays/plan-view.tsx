// What a replay would do: what each target gets and how it would take it, how long that takes, and what is left out.

import type { ComponentChildren } from "preact";
import { Link } from "wouter-preact";
import type { Plan, TargetPlan, WholeReplay } from "../../api/replays.ts";
import { Badge } from "../../components/badge.tsx";
import { DataTable, type Column } from "../../components/data-table.tsx";
import { describeDuration } from "../../components/instants.ts";
import { countOf, formatCount } from "../../components/numbers.ts";
import { Panel } from "../../components/page.tsx";
import { Empty } from "../../components/states.tsx";

/** The plan. */
export function PlanView({ replay: { plan, state } }: { replay: WholeReplay }) {
  const { selected, takesSeconds, targets, excluded, sample } = plan;
  const title = (
    <>
      {state === "planned" ? "The plan: nothing is sent yet" : "The plan"}
      <span class="quiet">
        {" "}
        {countOf(selected, "delivery", "deliveries")}, about {describeDuration(takesSeconds * 1_000)}
      </span>
    </>
  );
  return (
    <>
      <Panel title={title} isFlush>
        {targets.length === 0 ? (
          <Empty title="It takes no delivery">{whyEmpty(excluded)}</Empty>
        ) : (
          <DataTable rows={targets} keyOf={({ target }) => target} columns={COLUMNS} />
        )}
      </Panel>
      {Object.keys(excluded).length > 0 && (
        <Panel title="Left out">
          <ul class="replay-list">
            {Object.entries(excluded).map(([why, count]) => (
              <li key={why}>
                <b>{formatCount(count)}</b> {LEFT_OUT[why] ?? why}
              </li>
            ))}
          </ul>
        </Panel>
      )}
      {sample.length > 0 && <Sample sample={sample} />}
    </>
  );
}

const COLUMNS: readonly Column<TargetPlan>[] = [
  { title: "Target", kind: "long", cell: ({ target }) => <Link href={`/table/targets/${target}`}>{target}</Link> },
  { title: "Deliveries", kind: "number", cell: ({ deliveries }) => formatCount(deliveries) },
  {
    title: "Now",
    kind: "long",
    cell: ({ states }) => <Counts counts={states} render={(state, said) => <Badge state={state}>{said}</Badge>} />,
  },
  {
    title: "How it takes them",
    kind: "long",
    cell: ({ repeats }) => (
      <Counts
        counts={repeats}
        render={(how, said) => (
          <Badge state={how} mood={how === "may_be_seen_twice" ? "warn" : "good"}>
            {said}
          </Badge>
        )}
      />
    ),
  },
  {
    title: "Held",
    cell: ({ wouldBeHeld }) =>
      wouldBeHeld > 0 ? `${formatCount(wouldBeHeld)} until it is resumed` : <span class="quiet">none</span>,
  },
];

/** Counts that are not 0, each with what it counts. */
function Counts({
  counts,
  render,
}: {
  counts: Readonly<Record<string, number>>;
  render: (name: string, said: string) => ComponentChildren;
}) {
  return (
    <span class="replay-counts">
      {Object.entries(counts)
        .filter(([, count]) => count > 0)
        .map(([name, count]) => (
          <span key={name}>{render(name, `${formatCount(count)} ${REPEATS[name] ?? name}`)}</span>
        ))}
    </span>
  );
}

const REPEATS: Readonly<Record<string, string>> = {
  never_sent: "never sent before",
  recognised: "recognised as repeats",
  may_be_seen_twice: "may be seen twice",
};

/** Why a delivery is no part of the plan; the codes of docs/replay.md. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  pending: "are under way",
  held: "are held: resume or release them",
  delivered: "were delivered, and the replay was not asked to take these",
  cancelled: "were given up, and the replay was not asked to take these",
  failed: "have failed, and the replay was not asked to take these",
  expired: "have expired, and the replay was not asked to take these",
  target_gone: "go to a target that is not in the table any more",
  too_old: "are older than their target takes (maxAgeSeconds)",
  never_rendered: "were never rendered, so that there are no bytes to send as then; as now renders them",
  not_kept: "are of sendouts whose payload is kept no longer",
  is_copy: "are copies, which are not sent as new once more",
  too_many_copies: "have been sent as new too often",
  test_send: "were tests",
  not_found: "are not there any more",
};

function whyEmpty(excluded: Plan["excluded"]): string {
  return Object.keys(excluded).length === 0
    ? "No sendout with a delivery fits what was selected."
    : "Everything that fits is left out, for the reasons below.";
}

function Sample({ sample }: { sample: Plan["sample"] }) {
  const differing = sample.filter(({ differs }) => differs === true).length;
  const failing = sample.filter(({ differs }) => differs === null);
  return (
    <Panel title="Tried out">
      <p>
        Of {countOf(sample.length, "delivery", "deliveries")} that were rendered by the table in force,{" "}
        {formatCount(differing)} differ from what was kept.
      </p>
      {failing.length > 0 && (
        <ul class="replay-list">
          {failing.map(({ delivery, detail }) => (
            <li key={delivery}>
              <Link href={`/sendouts/${delivery.slice(0, delivery.indexOf("."))}`}>{delivery}</Link> cannot be rendered
              {detail == null ? "." : `: ${detail}`}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
