// Asks for a name that nothing of its kind has yet.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { PartKind, TableDocument } from "../../../routing/edit-table.ts";
import { AskDialog } from "../../components/ask-dialog.tsx";
import { TextField } from "../../components/field.tsx";
import { PART_NAME_LENGTH_MAX } from "../../../part-name.ts";
import { nameIssue, ONE } from "./part.ts";

/** The dialog. It closes with a name that can be taken, or with none. */
export function NameDialog({
  title,
  kind,
  document,
  name: first = "",
  verb,
  onClose,
  onName,
  children,
}: {
  title: string;
  kind: PartKind;
  document: TableDocument;
  /** What it is called now. */
  name?: string;
  verb: string;
  onClose: () => void;
  onName: (name: string) => void;
  children?: ComponentChildren;
}) {
  const [name, setName] = useState(first);
  const [issue, setIssue] = useState<string>();
  const done = () => {
    const found = name === first && first !== "" ? undefined : nameIssue(document, kind, name);
    setIssue(found);
    if (found !== undefined) return;
    onClose();
    if (name !== first) onName(name);
  };
  return (
    <AskDialog title={title} verb={verb} onAct={done} onClose={onClose}>
      <TextField
        label={`Name of the ${ONE[kind]}`}
        hint="Lowercase letters, digits, - and _"
        value={name}
        maxLength={PART_NAME_LENGTH_MAX}
        error={issue}
        onText={setName}
        onKeyDown={(event) => {
          if (event.key === "Enter") done();
        }}
      />
      {children !== undefined && <p>{children}</p>}
    </AskDialog>
  );
}
