// One of the list: why it is there, when and where it came in.

import { Link } from "wouter-preact";
import { Badge } from "../../components/badge.tsx";
import { formatBytes } from "../../components/numbers.ts";
import { Time } from "../../components/time.tsx";
import { explainReason } from "./reasons.ts";
import type { Item } from "./use-quarantine.ts";

/** An item that can be selected and opened. */
export function ItemRow({
  item: { id, receivedAt, inlet, reason, eventType, bytes, discarded },
  href,
  isOpen,
  isSelected,
  onSelect,
}: {
  item: Item;
  href: string;
  isOpen: boolean;
  isSelected: boolean;
  onSelect: () => void;
}) {
  return (
    <li class={`quarantine-item ${isOpen ? "is-open" : ""}`}>
      <input type="checkbox" aria-label={`Select ${id}`} checked={isSelected} onChange={onSelect} />
      <Link href={href} aria-current={isOpen ? "true" : undefined}>
        <strong>{explainReason(reason).said}</strong>
        <span class="quiet">
          <Time at={receivedAt} /> at {inlet}, {formatBytes(bytes)}
          {eventType !== null && `, ${eventType}`}
        </span>
        {discarded !== null && <Badge state="discarded" />}
      </Link>
    </li>
  );
}
