// A template of Voucherify's Payload designer, pasted: what it becomes here, and what to know about it.

import { useEffect, useState } from "preact/hooks";
import type { DesignerImport } from "../../../translation/designer/import.ts";
import { AskDialog } from "../../components/ask-dialog.tsx";
import { Checkbox, TextArea } from "../../components/field.tsx";
import { Loading } from "../../components/states.tsx";
import { writeJson } from "./draft.ts";

type Importer = (source: string, options: { envelope: boolean }) => DesignerImport;

/** Asks for the text; `onUse` is given the body that it became. */
export function DesignerDialog({ onUse, onClose }: { onUse: (body: unknown) => void; onClose: () => void }) {
  const [text, setText] = useState("");
  const [hasEnvelope, setEnvelope] = useState(false);
  const [importer, setImporter] = useState<Importer>();
  useEffect(() => {
    // It brings the expression engine along, which nothing else of the dashboard needs.
    void import("../../../translation/designer/import.ts").then(({ importDesigner }) =>
      setImporter(() => importDesigner),
    );
  }, []);
  const imported = text.trim() === "" ? undefined : importer?.(text, { envelope: hasEnvelope });
  const use = () => {
    if (imported?.ok !== true) return;
    onUse(imported.body);
    onClose();
  };
  return (
    <AskDialog
      title="Paste a Payload-designer template"
      shape="wide"
      verb="Use it as the body"
      why={imported?.ok === true ? undefined : "There is nothing to use yet."}
      onAct={use}
      onClose={onClose}
    >
      <TextArea
        label="Template"
        rows={10}
        value={text}
        onText={setText}
        placeholder={'{\n  "name": {{customer.name}},\n  "text": "Hello {{customer.name}}"\n}'}
        hint="As it stands in Voucherify, values without quotes and all."
      />
      <Checkbox
        label="Put it into Voucherify's envelope"
        hint="As Voucherify sends it when “Raw payload” is not ticked."
        isChecked={hasEnvelope}
        onCheck={setEnvelope}
      />
      {text.trim() !== "" && (imported === undefined ? <Loading lines={3} /> : <Imported imported={imported} />)}
    </AskDialog>
  );
}

function Imported({ imported }: { imported: DesignerImport }) {
  if (!imported.ok) {
    const { line, column, message } = imported.problem;
    return (
      <p class="field-error" role="alert">
        Line {line}, column {column}: {message}
      </p>
    );
  }
  return (
    <>
      <section class="builder-stack">
        <h3>What it becomes</h3>
        <pre class="builder-code">{writeJson(imported.body)}</pre>
      </section>
      {imported.notes.length > 0 && (
        <section class="builder-stack">
          <h3>What to know</h3>
          <ul class="builder-list">
            {imported.notes.map(({ line, column, message }) => (
              <li key={`${line} ${column} ${message}`}>
                Line {line}, column {column}: {message}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
