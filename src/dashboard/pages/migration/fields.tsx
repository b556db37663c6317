// What becomes of every field of an event type.

import { useState } from "preact/hooks";
import type { FieldChange } from "../../../voucherify/conversion.ts";
import { Badge } from "../../components/badge.tsx";
import { DataTable, type Column } from "../../components/data-table.tsx";
import { Select, TextField } from "../../components/field.tsx";
import { Panel } from "../../components/page.tsx";
import type { Report } from "./migration.tsx";
import { CHANGES, findChanges } from "./places.ts";

type Kind = FieldChange["change"] | "all";

const KINDS: readonly (readonly [Kind, string])[] = [
  ["all", "Every change"],
  ["renamed", "Renamed"],
  ["moved", "Moved"],
  ["dropped", "Gone"],
  ["unknown", "New"],
  ["kept", "Stays"],
];

const BASIS: Record<Report["types"][number]["comparedWith"], string> = {
  traffic: "Every field of a sendout that came in.",
  example: "Every field of our own example, as none has come in with its body.",
  nothing: "None has come in with its body, and there is no example of it.",
};

const COLUMNS: readonly Column<FieldChange>[] = [
  { title: "v2018-08-01", kind: "long", cell: ({ from }) => from !== null && <code>{from}</code> },
  { title: "Becomes", cell: ({ change }) => <Becomes change={change} /> },
  { title: "v2024-01-01", kind: "long", cell: ({ to }) => to !== null && <code>{to}</code> },
];

function Becomes({ change }: Pick<FieldChange, "change">) {
  const [said, mood] = CHANGES[change];
  return (
    <Badge state={change} mood={mood}>
      {said}
    </Badge>
  );
}

/** One type's fields, to search in. */
export function Fields({ types }: { types: Report["types"] }) {
  const names = types.map(({ type, sender }) => `${type}, ${sender}`);
  const [chosen, setChosen] = useState(names[0] ?? "");
  const [sought, setSought] = useState("");
  const [kind, setKind] = useState<Kind>("all");
  // What was chosen may be gone from a report of another time.
  const shown = types[Math.max(names.indexOf(chosen), 0)];
  if (shown === undefined) return null;
  const found = findChanges(shown.changes, sought, kind);
  return (
    <Panel title="What becomes of every field" isFlush>
      <div class="migration-bar">
        <Select label="Event type" value={chosen} options={names.map((name) => [name, name])} onChoose={setChosen} />
        <Select label="Change" value={kind} options={KINDS} onChoose={setKind} />
        <TextField label="Search" type="search" value={sought} onText={setSought} placeholder="customer" />
      </div>
      <p class="panel-line quiet">
        {BASIS[shown.comparedWith]} A line speaks of everything below its field that has no line of its own.
      </p>
      <DataTable rows={found} keyOf={({ from, to }) => `${from} ${to}`} columns={COLUMNS} />
      {found.length === 0 && <p class="panel-line quiet">No field has that in it.</p>}
    </Panel>
  );
}
