// The places of the routing table that read what changes, and what to write there instead.

import { Link } from "wouter-preact";
import { useTargets } from "../../api/table-parts.ts";
import { CopyButton } from "../../components/copy-button.tsx";
import { DataTable, type Column } from "../../components/data-table.tsx";
import { Panel } from "../../components/page.tsx";
import type { Report } from "./migration.tsx";
import { editAddress } from "./places.ts";

/** The table of places. */
export function Reads({ reads }: { reads: Report["reads"] }) {
  const { data } = useTargets();
  const targets = data?.items.map(({ id }) => id) ?? [];
  return (
    <Panel title="Templates that need a hand" isFlush>
      {reads.length === 0 ? (
        <p class="panel-line quiet">Nothing in the table reads a field that disappears.</p>
      ) : (
        <DataTable rows={reads} keyOf={({ place, path }) => `${place} ${path}`} columns={columnsOf(targets)} />
      )}
    </Panel>
  );
}

type Read = Report["reads"][number];

function columnsOf(targets: readonly string[]): readonly Column<Read>[] {
  return [
    { title: "Place", kind: "long", cell: ({ place }) => <code>{place}</code> },
    { title: "Reads", kind: "long", cell: ({ path }) => <code>{path}</code> },
    { title: "For", kind: "long", cell: ({ types }) => types.join(", ") },
    { title: "Write instead", kind: "long", cell: (read) => <Instead read={read} /> },
    { title: "Edit", kind: "actions", cell: ({ place }) => <Edit place={place} targets={targets} /> },
  ];
}

function Edit({ place, targets }: { place: string; targets: readonly string[] }) {
  const edit = editAddress(place, targets);
  return edit === undefined ? null : <Link href={edit.href}>{edit.label}</Link>;
}

function Instead({ read: { fate, replacement } }: { read: Read }) {
  if (fate === "whole") return <>Look at it: its insides change.</>;
  if (fate === "gone" || replacement === null) return <>Nothing: there is no such field any more.</>;
  return (
    <span class="migration-instead">
      <code>{replacement}</code>
      <CopyButton text={replacement} label={`Copy ${replacement}`} />
    </span>
  );
}
