// The table as a picture, and beside it the one part that is open.

import { Waypoints } from "lucide-preact";
import { useMemo, useState } from "preact/hooks";
import { Link, useRoute } from "wouter-preact";
import { useHolds } from "../../api/holds.ts";
import { useStanding } from "../../api/standing.ts";
import { TextField } from "../../components/field.tsx";
import { countOf } from "../../components/numbers.ts";
import { Empty } from "../../components/states.tsx";
import { Time } from "../../components/time.tsx";
import { useFind } from "./find.ts";
import { GROUPED_FROM, search, toGraph } from "./graph.ts";
import { PartPanel } from "./part-panel.tsx";
import { KINDS, type PartRef } from "./part.ts";
import { Picture } from "./picture.tsx";
import { useTraffic, type Traffic } from "./traffic.ts";
import type { Working } from "./working.ts";
import "./table-map.css";

/** From how many parts on there is a field to find one. */
const FILTERED_FROM = 12;

/** Picture and part. */
export function TableMap({ working }: { working: Working }) {
  const { document } = working;
  const find = useFind();
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const traffic = useTraffic();
  const { data: standing } = useStanding();
  const { data: holds } = useHolds();
  const open = useOpenPart();
  const graph = useMemo(
    () => search(toGraph(document, traffic?.flows ?? [], opened), find.text),
    [document, traffic, opened, find.text],
  );
  const size = Object.keys(document.inlets).length + document.routes.length + Object.keys(document.targets).length;
  return (
    <div class={`table-map ${open === undefined ? "" : "has-part"}`}>
      <div class="table-map-main">
        {(size >= FILTERED_FROM || find.text !== "") && (
          <TextField
            label="Find an inlet, route, target or event"
            isLabelHidden
            type="search"
            placeholder="Find an inlet, route, target or event"
            value={find.text}
            onText={find.set}
          />
        )}
        <Picture
          graph={graph}
          open={open}
          suffix={find.suffix}
          traffic={traffic}
          targets={standing?.targets ?? []}
          pauses={holds?.pauses ?? []}
          onOpenGroup={(key) => setOpened(new Set([...opened, key]))}
        />
        {document.routes.length >= GROUPED_FROM && opened.size > 0 && (
          <button type="button" class="table-map-fold" onClick={() => setOpened(new Set())}>
            Draw routes with the same targets as one again
          </button>
        )}
        <Legend traffic={traffic} />
        {document.routes.length === 0 && <NoRoute />}
      </div>
      {open !== undefined && (
        <PartPanel
          key={`${open.kind}/${open.id}`}
          part={open}
          suffix={find.suffix}
          working={working}
          standing={standing?.targets}
          pauses={holds?.pauses}
        />
      )}
    </div>
  );
}

/** The part that the address names. */
function useOpenPart(): PartRef | undefined {
  const [isPart, params] = useRoute("/table/:kind/:id");
  const kind = KINDS.find((one) => one === params?.kind);
  return isPart && kind !== undefined ? { kind, id: params.id } : undefined;
}

/** What the lines mean, and since when they count. */
function Legend({ traffic }: { traffic: Traffic | undefined }) {
  if (traffic === undefined) return <p class="table-map-legend">Counting what went through today.</p>;
  const total = traffic.flows.reduce((sum, { deliveries }) => sum + deliveries, 0);
  if (total === 0) return <p class="table-map-legend">Nothing has gone through since midnight.</p>;
  return (
    <p class="table-map-legend">
      Lines are {countOf(total, "delivery", "deliveries")} planned since{" "}
      {traffic.isCut ? (
        <>
          <Time at={traffic.since.getTime()} as="clock" /> (of the last 10,000 sendouts)
        </>
      ) : (
        "midnight"
      )}
      .
    </p>
  );
}

function NoRoute() {
  return (
    <Empty icon={Waypoints} title="No event goes anywhere yet">
      A route says which events go to which targets. The <Link href="/builder">Builder</Link> makes a target and its
      route in one go; here they can be added one by one.
    </Empty>
  );
}
