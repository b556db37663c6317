// The event types that come in the old version, beside what has come of them in the new one.

import { Link } from "wouter-preact";
import { Badge } from "../../components/badge.tsx";
import { DataTable, type Column } from "../../components/data-table.tsx";
import { formatCount } from "../../components/numbers.ts";
import { Panel } from "../../components/page.tsx";
import { Time } from "../../components/time.tsx";
import type { Report } from "./migration.tsx";

const COLUMNS: readonly Column<Report["types"][number]>[] = [
  {
    title: "Event type",
    kind: "long",
    cell: ({ type }) => <Link href={`/sendouts?${new URLSearchParams({ event: type }).toString()}`}>{type}</Link>,
  },
  { title: "Sent by", cell: ({ sender }) => sender },
  { title: "v2018-08-01", kind: "number", cell: ({ old }) => formatCount(old.count) },
  { title: "Last of these", cell: ({ old }) => <Time at={old.lastAt} /> },
  {
    title: "v2024-01-01",
    kind: "number",
    cell: ({ current }) => (current === null ? <Badge state="not seen yet" mood="warn" /> : formatCount(current.count)),
  },
  { title: "Last of those", cell: ({ current }) => current !== null && <Time at={current.lastAt} /> },
];

/** The table of types. */
export function Types({ types }: { types: Report["types"] }) {
  return (
    <Panel title="Event types in the old version" isFlush>
      <DataTable rows={types} keyOf={({ type, sender }) => `${type} ${sender}`} columns={COLUMNS} />
    </Panel>
  );
}
