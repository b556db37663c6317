// One row of the list. It is rendered again only when what it shows has changed: scrolling moves rows, and renders those
// alone that come into sight.

import { memo } from "preact/compat";
import { Badge } from "../../components/badge.tsx";
import { Time } from "../../components/time.tsx";
import type { Row } from "./kept-rows.ts";

/** How many deliveries a row names. */
const NAMED_MAX = 3;

interface SendoutRowProps {
  row: Row;
  index: number;
  /** Its place from the top, in pixels. */
  start: number;
  isActive: boolean;
  isOpen: boolean;
  isSelected: boolean;
  /** The address that shows it beside the list. */
  href: string;
}

/** The element's id of a row, by which the grid says which one is active. */
export function rowElementId(id: string): string {
  return `row-${id}`;
}

/** One row. What is clicked in it the list finds out. */
export const SendoutRow = memo(function SendoutRow(props: SendoutRowProps) {
  const { row, index, start, isActive, isOpen, isSelected, href } = props;
  return (
    <div
      role="row"
      id={rowElementId(row.id)}
      data-id={row.id}
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      class={`sendout-row ${isActive ? "is-active" : ""} ${isOpen ? "is-open" : ""}`}
      style={{ transform: `translateY(${start}px)` }}
    >
      <span role="gridcell" class="sendout-tick">
        <input type="checkbox" tabIndex={-1} checked={isSelected} aria-label="Select" />
      </span>
      <span role="gridcell" class="sendout-time">
        <Time at={row.receivedAt} as="clock" />
      </span>
      <span role="gridcell" class="sendout-event cut">
        <a href={href} tabIndex={-1}>
          {row.event ?? "not understood"}
        </a>
      </span>
      <span role="gridcell" class="sendout-state">
        <Badge state={row.state} />
      </span>
      <span role="gridcell" class="sendout-to">
        <Deliveries row={row} />
      </span>
      <span role="gridcell" class="sendout-inlet cut" title={row.inlet}>
        {row.inlet}
      </span>
      <span role="gridcell" class="sendout-ref cut mono" title={row.group ?? row.ref ?? row.id}>
        {row.group ?? row.ref ?? row.id}
      </span>
    </div>
  );
});

/** Where it goes and how that stands, what is wrong first. */
function Deliveries({ row: { deliveries, state } }: { row: Row }) {
  // Where a row is narrow, this is the only place that says what became of it.
  if (deliveries.length === 0) return <Badge state={state} />;
  const sorted = deliveries.toSorted((one, other) => URGENCY[one.state] - URGENCY[other.state]);
  const left = sorted.length - NAMED_MAX;
  return (
    <>
      {sorted.slice(0, NAMED_MAX).map(({ target, state: its }) => (
        <span key={`${target} ${its}`} class="sendout-target" title={`${target}: ${its}`}>
          <Badge state={its}>
            <span class="cut">{target}</span>
            <span class="visually-hidden"> {its}</span>
          </Badge>
        </span>
      ))}
      {left > 0 && <span class="quiet">+{left}</span>}
    </>
  );
}

const URGENCY: Readonly<Record<Row["deliveries"][number]["state"], number>> = {
  failed: 0,
  expired: 1,
  held: 2,
  scheduled: 3,
  pending: 4,
  cancelled: 5,
  delivered: 6,
};
