// What the audit log is filtered by: who, which calls, about what, when, and whether they changed anything.

import { useTokens } from "../../api/tokens.ts";
import { FilterBar } from "../../components/filter-bar.tsx";
import { ChoiceEditor, TextEditor, type EditorProps } from "../../components/filter-editors.tsx";
import {
  AUDIT_FIELDS,
  AUDITED_CALLS,
  sayAuditValue,
  toAuditCommand,
  type AuditField,
  type AuditFilter,
} from "./audit-filter.ts";

/** The filter and how it is changed. */
export function AuditFilterBar({ filter, onFilter }: { filter: AuditFilter; onFilter: (filter: AuditFilter) => void }) {
  return (
    <FilterBar<AuditField>
      fields={AUDIT_FIELDS}
      filter={filter}
      onFilter={onFilter}
      editor={FieldEditor}
      sayValue={sayAuditValue}
      command={toAuditCommand(filter)}
    />
  );
}

function FieldEditor({ field, ...props }: EditorProps & { field: AuditField }) {
  if (field === "actor") return <ActorEditor {...props} />;
  if (field === "action") return <ChoiceEditor {...props} choices={AUDITED_CALLS} />;
  return <TextEditor {...props} />;
}

/** Tokens that are gone, and whom Cloudflare Access has let in, are no list's: their names are taken as they are typed. */
function ActorEditor(props: EditorProps) {
  const names = new Set(useTokens().data?.map(({ name }) => name));
  const choices = [{ value: "secret", label: "Worker secret" }, ...[...names].map((value) => ({ value }))];
  return <ChoiceEditor {...props} choices={choices} />;
}
