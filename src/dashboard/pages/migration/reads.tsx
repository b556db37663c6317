// The places of the routing table that read what changes, and what to write there instead.

import { Link } from "wouter-preact";
import { useTargets } from "../../api/table-parts.ts";
import { CopyButton } from "../../components/copy-button.tsx";
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
        <p class="migration-none quiet">Nothing in the table reads a field that disappears.</p>
      ) : (
        <table class="table">
          <thead>
            <tr>
              <th>Place</th>
              <th>Reads</th>
              <th>For</th>
              <th>Write instead</th>
              <th>
                <span class="visually-hidden">Edit</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {reads.map((read) => (
              <ReadRow key={`${read.place} ${read.path}`} read={read} targets={targets} />
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

function ReadRow({ read, targets }: { read: Report["reads"][number]; targets: readonly string[] }) {
  const { place, path, types } = read;
  const edit = editAddress(place, targets);
  return (
    <tr>
      <td class="migration-path">
        <code>{place}</code>
      </td>
      <td class="migration-path">
        <code>{path}</code>
      </td>
      <td>{types.join(", ")}</td>
      <td class="migration-path">
        <Instead read={read} />
      </td>
      <td>{edit !== undefined && <Link href={edit.href}>{edit.label}</Link>}</td>
    </tr>
  );
}

function Instead({ read: { fate, replacement } }: { read: Report["reads"][number] }) {
  if (fate === "whole") return <>Look at it: its insides change.</>;
  if (fate === "gone" || replacement === null) return <>Nothing: there is no such field any more.</>;
  return (
    <span class="migration-instead">
      <code>{replacement}</code>
      <CopyButton text={replacement} label={`Copy ${replacement}`} />
    </span>
  );
}
