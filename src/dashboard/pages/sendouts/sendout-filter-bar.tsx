// What the list of sendouts is filtered by, and the box that takes whatever somebody has.

import { useRef } from "preact/hooks";
import { FilterBar } from "../../components/filter-bar.tsx";
import { useKeys } from "../../components/keys.ts";
import { FieldEditor } from "./field-editor.tsx";
import { FIELDS, toCommand, type Field, type SendoutFilter } from "./filter.ts";
import type { Meaning } from "./recognise-text.ts";
import { SearchBox } from "./search-box.tsx";

/** The filter and how it is changed. */
export function SendoutFilterBar({
  filter,
  onFilter,
  onMeant,
}: {
  filter: SendoutFilter;
  onFilter: (filter: SendoutFilter) => void;
  onMeant: (meaning: Meaning) => void;
}) {
  const search = useRef<HTMLInputElement>(null);
  useKeys([{ keys: "/", does: "Find an id, customer or voucher", run: () => search.current?.focus() }]);
  return (
    <FilterBar<Field>
      fields={FIELDS}
      filter={filter}
      onFilter={onFilter}
      editor={FieldEditor}
      sayValue={(_, value) => value.replaceAll(",", " or ")}
      command={toCommand(filter)}
    >
      <SearchBox input={search} onMeant={onMeant} />
    </FilterBar>
  );
}
