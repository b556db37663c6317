// A request of one's own: method and URL, headers, body, and how it proves who sends.

import { ClipboardPaste, Plus, Trash2 } from "lucide-preact";
import { Button } from "../../components/button.tsx";
import { Select, TextField } from "../../components/field.tsx";
import { AuthForm } from "./auth-form.tsx";
import { DesignerDialog } from "./designer-dialog.tsx";
import { writeJson, type Draft, type HeaderLine } from "./draft.ts";
import type { PlacedIssues } from "./issue-places.ts";
import { TemplateField } from "./template-field.tsx";

const METHODS = ["POST", "PUT", "PATCH", "DELETE", "GET"].map((method) => [method, method] as const);

const ENCODINGS = [
  ["json", "JSON"],
  ["form", "Form fields"],
  ["text", "Plain text"],
] as const;

/** The form of a request. */
export function RequestForm({
  draft,
  issues,
  isPasting,
  onChange,
  onPaste,
}: {
  draft: Draft;
  issues: PlacedIssues;
  /** Whether a template of the Payload designer is asked for. */
  isPasting: boolean;
  onChange: (part: Partial<Draft>) => void;
  onPaste: (isPasting: boolean) => void;
}) {
  const { method, url, encoding, body } = draft;
  return (
    <>
      <div class="builder-line">
        <Select label="Method" value={method} options={METHODS} onChoose={(chosen) => onChange({ method: chosen })} />
        <TemplateField
          label="URL"
          value={url}
          onText={(text) => onChange({ url: text })}
          isSingleLine
          diagnostics={issues.url}
          placeholder="https://api.example.com/customers/{{ customer.source_id }}"
        />
      </div>
      <Headers headers={draft.headers} issues={issues.headers} onChange={(headers) => onChange({ headers })} />
      <div class="builder-body">
        <Select
          label="Body as"
          value={encoding}
          options={ENCODINGS}
          onChoose={(chosen) => onChange({ encoding: chosen })}
        />
        <Button icon={ClipboardPaste} onClick={() => onPaste(true)}>
          Paste a designer template
        </Button>
      </div>
      <TemplateField
        label="Body"
        isLabelHidden
        value={body}
        onText={(text) => onChange({ body: text })}
        language={encoding === "text" ? "text" : "json"}
        isMain
        diagnostics={issues.body}
        placeholder={encoding === "text" ? "Hello {{ customer.name }}" : '{ "text": "Hello {{ customer.name }}" }'}
        hint={
          <>
            <code>{"{{ customer.name }}"}</code> stands for a value. Alone in its quotes it keeps its type; what an
            event lacks is left out.
          </>
        }
      />
      <AuthForm auth={draft.auth} issues={issues.auth} onChange={(auth) => onChange({ auth })} />
      {isPasting && (
        <DesignerDialog
          onUse={(imported) => onChange({ body: writeJson(imported), encoding: "json" })}
          onClose={() => onPaste(false)}
        />
      )}
    </>
  );
}

function Headers({
  headers,
  issues,
  onChange,
}: {
  headers: readonly HeaderLine[];
  issues: ReadonlyMap<string, string>;
  onChange: (headers: HeaderLine[]) => void;
}) {
  const put = (at: number, part: Partial<HeaderLine>) =>
    onChange(headers.map((line, index) => (index === at ? { ...line, ...part } : line)));
  return (
    <fieldset class="builder-headers">
      <legend class="field-label">Headers</legend>
      {headers.map(({ name, value }, at) => (
        // oxlint-disable-next-line react/no-array-index-key -- a line has no name but its place
        <div class="builder-header" key={at}>
          <TextField
            label={`Header ${at + 1}, name`}
            isLabelHidden
            value={name}
            placeholder="x-api-version"
            onText={(text) => put(at, { name: text.trim() })}
            error={issues.get(name)}
          />
          {typeof value === "object" && value !== null ? (
            <code class="cut">{JSON.stringify(value)}</code>
          ) : (
            <TemplateField
              label={`Header ${at + 1}, value`}
              isLabelHidden
              isSingleLine
              value={typeof value === "string" ? value : JSON.stringify(value)}
              onText={(text) => put(at, { value: text })}
            />
          )}
          <Button
            tone="quiet"
            icon={Trash2}
            label={`Remove header ${at + 1}`}
            onClick={() => onChange(headers.filter((_, index) => index !== at))}
          />
        </div>
      ))}
      <div>
        <Button icon={Plus} onClick={() => onChange([...headers, { name: "", value: "" }])}>
          Add a header
        </Button>
      </div>
    </fieldset>
  );
}
