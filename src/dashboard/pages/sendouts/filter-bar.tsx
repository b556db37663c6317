// What the list is filtered by: a chip for each field, which can be changed and taken off, and a menu of the others.

import { ListFilter, X } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../../components/button.tsx";
import { CopyButton } from "../../components/copy-button.tsx";
import { describeInstant } from "../../components/instants.ts";
import { Menu } from "../../components/menu.tsx";
import { useKeys } from "../../components/keys.ts";
import { FIELDS, RANGES, toCommand, withField, type Field, type SendoutFilter } from "./filter.ts";
import { FieldEditor } from "./field-editor.tsx";
import type { Meaning } from "./recognise-text.ts";
import { SearchBox } from "./search-box.tsx";
import { TimeRange } from "./time-range.tsx";
import "./filter-bar.css";

/** Fields that the time's own menu sets. */
const TIMES: readonly string[] = ["since", "until"] satisfies Field[];

const CHOSEN = (Object.keys(FIELDS) as Field[]).filter((field) => !TIMES.includes(field)); // its own keys

/** The filter and how it is changed. */
export function FilterBar({
  filter,
  onFilter,
  onMeant,
}: {
  filter: SendoutFilter;
  onFilter: (filter: SendoutFilter) => void;
  onMeant: (meaning: Meaning) => void;
}) {
  const search = useRef<HTMLInputElement>(null);
  const menu = useRef<HTMLSpanElement>(null);
  const [edited, setEdited] = useState<Field>();
  useEffect(() => setEdited(undefined), [filter]);
  useKeys([
    { keys: "/", does: "Find an id, customer or voucher", run: () => search.current?.focus() },
    { keys: "f", does: "Filter by a field", run: () => openMenu(menu.current) },
  ]);
  const shown = (Object.keys(FIELDS) as Field[]).filter((field) => filter[field] !== undefined); // its own keys
  return (
    <div class="filter-bar">
      <SearchBox input={search} onMeant={onMeant} />
      <TimeRange filter={filter} onFilter={onFilter} />
      <span ref={menu}>
        <Menu
          label="Filter"
          icon={ListFilter}
          items={CHOSEN.map((field) => ({
            id: field,
            label: FIELDS[field].label,
            onChoose: () => setEdited(field),
          }))}
        />
      </span>
      {shown.map((field) => (
        <Chip
          key={field}
          field={field}
          value={filter[field] ?? ""}
          onEdit={TIMES.includes(field) ? undefined : () => setEdited(field)}
          onRemove={() => onFilter(withField(filter, field, undefined))}
        />
      ))}
      {edited !== undefined && (
        <span class="filter-edited">
          <span class="quiet">{FIELDS[edited].label}</span>
          <FieldEditor
            field={edited}
            value={filter[edited] ?? ""}
            onSet={(value) => {
              setEdited(undefined);
              onFilter(withField(filter, edited, value));
            }}
            onClose={() => setEdited(undefined)}
          />
          <Button tone="quiet" icon={X} label="Do not filter by this" onClick={() => setEdited(undefined)} />
        </span>
      )}
      {shown.length > 1 && (
        <Button tone="quiet" onClick={() => onFilter({})}>
          Show all
        </Button>
      )}
      {shown.length > 0 && <CopyButton text={toCommand(filter)} label="Copy as CLI command" />}
    </div>
  );
}

/** Opens a menu as its own key does, so that its first item is chosen. */
function openMenu(place: HTMLElement | null): void {
  const button = place?.querySelector("button");
  button?.focus();
  button?.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));
}

function Chip({
  field,
  value,
  onEdit,
  onRemove,
}: {
  field: Field;
  value: string;
  onEdit: (() => void) | undefined;
  onRemove: () => void;
}) {
  const { label } = FIELDS[field];
  const said = sayValue(field, value);
  return (
    <span class="filter-chip">
      {onEdit === undefined ? (
        <span title={value}>
          {label} <b class="cut">{said}</b>
        </span>
      ) : (
        <button type="button" title={`Change: ${value}`} onClick={onEdit}>
          {label} <b class="cut">{said}</b>
        </button>
      )}
      <button type="button" class="filter-off" aria-label={`Take off ${label} ${said}`} onClick={onRemove}>
        <X size={14} aria-hidden="true" />
      </button>
    </span>
  );
}

function sayValue(field: Field, value: string): string {
  if (!TIMES.includes(field)) return value.replaceAll(",", " or ");
  const range = RANGES.find(([length]) => length === value);
  if (range !== undefined) return range[1].toLowerCase();
  const at = Date.parse(value);
  return Number.isNaN(at) ? value : describeInstant(new Date(at), Date.now());
}
