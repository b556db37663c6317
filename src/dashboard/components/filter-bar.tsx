// What a list is filtered by: a chip for each field, which can be changed and taken off, and a menu of the others.

import { ListFilter as FilterIcon, X } from "lucide-preact";
import type { ComponentChildren, ComponentType } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "./button.tsx";
import { CopyButton } from "./copy-button.tsx";
import { EditorFrame, type EditorProps } from "./filter-editors.tsx";
import { useKeys } from "./keys.ts";
import { sayTime, withField, type FieldWords, type ListFilter, type TimeField } from "./list-filter.ts";
import { Menu } from "./menu.tsx";
import { TimeRange } from "./time-range.tsx";
import "./filter-bar.css";

/** A list's filter and what there is to say of its fields. `N` are its fields. */
interface FilterBarProps<N extends string> {
  /** In the order of the menu. */
  fields: Readonly<Record<N | TimeField, FieldWords>>;
  filter: ListFilter<N | TimeField>;
  onFilter: (filter: ListFilter<N | TimeField>) => void;
  /** Where a field is filled in. */
  editor: ComponentType<EditorProps & { field: N | TimeField }>;
  /** A value in words; times have their own. */
  sayValue: (field: N | TimeField, value: string) => string;
  /** The same list in a terminal. */
  command: string;
  /** What stands before it. */
  children?: ComponentChildren;
}

/** The filter and how it is changed. */
export function FilterBar<N extends string>(props: FilterBarProps<N>) {
  const { fields, filter, onFilter, editor: Editor, sayValue, command, children } = props;
  type Field = N | TimeField;
  const menu = useRef<HTMLSpanElement>(null);
  const [edited, setEdited] = useState<Field>();
  useEffect(() => setEdited(undefined), [filter]);
  useKeys([{ keys: "f", does: "Filter by a field", run: () => openMenu(menu.current) }]);
  const names = Object.keys(fields) as Field[]; // its own keys
  const set = (field: Field, value: string | undefined) => onFilter(withField(filter, field, value));
  const choose = (field: Field) => {
    const { only } = fields[field];
    if (only === undefined) setEdited(field);
    else set(field, only);
  };
  const close = () => setEdited(undefined);
  const shown = names.filter((field) => filter[field] !== undefined);
  return (
    <div class="filter-bar">
      {children}
      <TimeRange
        times={filter}
        onTimes={(since, until) => onFilter(withField<Field>(withField<Field>(filter, "since", since), "until", until))}
      />
      <span ref={menu}>
        <Menu
          label="Filter"
          icon={FilterIcon}
          items={names
            .filter((field) => !isTime(field))
            .map((field) => ({ id: field, label: fields[field].label, onChoose: () => choose(field) }))}
        />
      </span>
      {shown.map((field) => (
        <Chip
          key={field}
          label={fields[field].label}
          value={filter[field] ?? ""}
          said={isTime(field) ? sayTime(filter[field] ?? "", Date.now()) : sayValue(field, filter[field] ?? "")}
          onEdit={isTime(field) || fields[field].only !== undefined ? undefined : () => choose(field)}
          onRemove={() => set(field, undefined)}
        />
      ))}
      {edited !== undefined && (
        <Edited key={edited} label={fields[edited].label} onClose={close}>
          <Editor
            field={edited}
            words={fields[edited]}
            value={filter[edited] ?? ""}
            onSet={(value) => {
              close();
              set(edited, value);
            }}
            onClose={close}
          />
        </Edited>
      )}
      {shown.length > 1 && (
        <Button tone="quiet" onClick={() => onFilter({})}>
          Show all
        </Button>
      )}
      {shown.length > 0 && <CopyButton text={command} label="Copy as CLI command" />}
    </div>
  );
}

/** The place where a field is filled in, with a way out. */
function Edited({ label, onClose, children }: { label: string; onClose: () => void; children: ComponentChildren }) {
  return (
    <span class="filter-edited">
      <span class="quiet">{label}</span>
      <EditorFrame label={label} onClose={onClose}>
        {children}
      </EditorFrame>
      <Button tone="quiet" icon={X} label="Do not filter by this" onClick={onClose} />
    </span>
  );
}

/** One field. `said` is its value as people read it, empty where it has but one; without `onEdit` it can only be taken off. */
function Chip({
  label,
  value,
  said,
  onEdit,
  onRemove,
}: {
  label: string;
  value: string;
  said: string;
  onEdit: (() => void) | undefined;
  onRemove: () => void;
}) {
  return (
    <span class="filter-chip">
      {onEdit === undefined ? (
        <span title={value}>
          {label} {said !== "" && <b class="cut">{said}</b>}
        </span>
      ) : (
        <button type="button" title={`Change: ${value}`} onClick={onEdit}>
          {label} <b class="cut">{said}</b>
        </button>
      )}
      <button type="button" class="filter-off" aria-label={`Take off ${label} ${said}`.trim()} onClick={onRemove}>
        <X size={14} aria-hidden="true" />
      </button>
    </span>
  );
}

/** Whether a field is a time, which has a menu of its own. */
function isTime(field: string): field is TimeField {
  return field === "since" || field === "until";
}

/** Opens a menu as its own key does, so that its first item is chosen. */
function openMenu(place: HTMLElement | null): void {
  const button = place?.querySelector("button");
  button?.focus();
  button?.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));
}
