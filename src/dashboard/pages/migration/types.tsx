// The event types that come in the old version, beside what has come of them in the new one.

import { Link } from "wouter-preact";
import { Badge } from "../../components/badge.tsx";
import { formatCount } from "../../components/numbers.ts";
import { Panel } from "../../components/page.tsx";
import { Time } from "../../components/time.tsx";
import type { Report } from "./migration.tsx";

/** The table of types. */
export function Types({ types }: { types: Report["types"] }) {
  return (
    <Panel title="Event types in the old version" isFlush>
      <table class="table">
        <thead>
          <tr>
            <th>Event type</th>
            <th>Sent by</th>
            <th class="number">v2018-08-01</th>
            <th>Last</th>
            <th class="number">v2024-01-01</th>
            <th>Last</th>
          </tr>
        </thead>
        <tbody>
          {types.map(({ type, sender, old, current }) => (
            <tr key={`${type} ${sender}`}>
              <th scope="row">
                <Link href={`/sendouts?${new URLSearchParams({ event: type }).toString()}`}>{type}</Link>
              </th>
              <td>{sender}</td>
              <td class="number">{formatCount(old.count)}</td>
              <td>
                <Time at={old.lastAt} />
              </td>
              <td class="number">
                {current === null ? <Badge state="not seen yet" mood="warn" /> : formatCount(current.count)}
              </td>
              <td>{current !== null && <Time at={current.lastAt} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
