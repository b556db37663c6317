// A dry run of the draft against sendouts that came in: what it would send otherwise than the table in force does.

import { Play, Square } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { whyNot } from "../../api/session-state.ts";
import { Button } from "../../components/button.tsx";
import { DataTable, type Column } from "../../components/data-table.tsx";
import { Select } from "../../components/field.tsx";
import { HOUR_MS } from "../../components/instants.ts";
import { countOf } from "../../components/numbers.ts";
import { Panel } from "../../components/page.tsx";
import { Failure } from "../../components/states.tsx";
import type { Draft } from "./draft.ts";
import { useDryRun, type DryRun, type DryRunState } from "./dry-run.ts";
import { DryRunExamples } from "./dry-run-examples.tsx";
import { FATE_WORDS, FATES_SHOWN } from "./fates.ts";

const SPANS = [
  ["1", "the last hour"],
  ["24", "the last day"],
  ["168", "the last week"],
  ["all", "everything that is kept"],
] as const;
type Span = (typeof SPANS)[number][0];

/** The panel. It stops when it is left. */
export function DryRunPanel({ current }: { current: Draft }) {
  const [span, setSpan] = useState<Span>("24");
  const { state, start, stop } = useDryRun();
  useEffect(() => stop, []);
  const begin = () => {
    const since = span === "all" ? undefined : new Date(Date.now() - Number(span) * HOUR_MS).toISOString();
    void start(current.document, since);
  };
  return (
    <div class="dry-run">
      <p class="quiet">
        Every logged sendout is rendered by the table in force and by the draft, and the requests are compared. Nothing
        is sent and nothing is kept; the audit log has one entry.
      </p>
      <div class="dry-run-bar">
        <Select label="Sendouts of" value={span} options={SPANS} onChoose={setSpan} />
        {state.isRunning ? (
          <Button icon={Square} onClick={stop}>
            Stop
          </Button>
        ) : (
          <Button tone="primary" icon={Play} why={whyNot("config")} onClick={begin}>
            Run
          </Button>
        )}
      </div>
      <Progress state={state} isOfDraft={state.document === current.document} />
      {state.error !== undefined && <Failure error={state.error} />}
      {state.found !== undefined && <Found found={state.found} />}
    </div>
  );
}

function Progress({ state: { found, isRunning, isWhole }, isOfDraft }: { state: DryRunState; isOfDraft: boolean }) {
  if (found === undefined) return <p role="status">{isRunning && "Comparing the newest sendouts."}</p>;
  const { compared, bodiesGone } = found.sendouts;
  return (
    <p role="status">
      <strong>{countOf(compared, "sendout")}</strong> compared
      {bodiesGone > 0 && `, ${countOf(bodiesGone, "payload")} not kept any more`}
      {isRunning ? " so far." : isWhole ? ": all there are." : ", then it was stopped."}
      {!isOfDraft && <span class="draft-bad"> The draft was edited since.</span>}
    </p>
  );
}

function Found({ found }: { found: DryRun }) {
  const { sendouts, deliveries, warnings } = found;
  const all = [
    [sendouts.newlyUnrouted, "go nowhere any more"],
    [sendouts.newlyRouted, "go somewhere now"],
    [sendouts.notUnderstood, "are not understood by either"],
  ] as const;
  const told = all.filter(([count]) => count > 0);
  return (
    <>
      <ul class="draft-findings">
        {told.map(([count, words]) => (
          <li key={words}>{`${countOf(count, "sendout")} ${words}`}</li>
        ))}
        {warnings.map((warning) => (
          <li key={warning} class="draft-warning">
            {warning}
          </li>
        ))}
      </ul>
      {deliveries.length === 0 ? (
        <p class="quiet">No delivery would come of these, by either table.</p>
      ) : (
        <Panel title="Deliveries" isFlush>
          <DataTable
            rows={deliveries}
            keyOf={({ route, target }) => `${route} ${target}`}
            columns={columnsOf(deliveries)}
          />
        </Panel>
      )}
      <DryRunExamples examples={found.examples} />
    </>
  );
}

type Compared = DryRun["deliveries"][number];

function columnsOf(deliveries: readonly Compared[]): readonly Column<Compared>[] {
  const fates = FATES_SHOWN.filter((fate) => deliveries.some((one) => (one[fate] ?? 0) > 0));
  return [
    { title: "Route", kind: "long", cell: ({ route }) => route },
    { title: "Target", kind: "long", cell: ({ target }) => target },
    ...fates.map((fate): Column<Compared> => {
      const { title, mood } = FATE_WORDS[fate];
      return {
        title,
        kind: "number",
        cell: ({ [fate]: count = 0 }) => <span class={count > 0 ? `fate-${mood}` : "quiet"}>{count}</span>,
      };
    }),
  ];
}
