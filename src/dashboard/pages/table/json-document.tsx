// A value as JSON to be edited. What is no JSON yet stays in the editor and changes nothing; what the router has against it
// stands at its place.

import { lazy, Suspense } from "preact/compat";
import { useMemo, useState } from "preact/hooks";
import type { Issue } from "../../../issues.ts";
import { Loading } from "../../components/states.tsx";
import { parseDocument, placeOf, type Diagnostic } from "../../editor/json-places.ts";

const Editor = lazy(async () => ({ default: (await import("../../editor/editor.tsx")).Editor }));

/** The editor of a value. `onValue` says why a value cannot be taken, if it cannot. */
export function JsonDocument({
  label,
  value,
  errors,
  isReadOnly,
  onValue,
}: {
  label: string;
  value: unknown;
  /** By their place in the value. */
  errors: readonly Issue[];
  isReadOnly: boolean;
  onValue: (value: unknown) => string | undefined;
}) {
  const [typed, setTyped] = useState<string>();
  const [refusal, setRefusal] = useState<string>();
  const text = useMemo(() => textFor(value, typed, refusal), [value, typed, refusal]);
  const diagnostics = useMemo(
    () =>
      errors.map(({ path, message }): Diagnostic => ({
        ...placeOf(text, path === "(root)" ? "" : path),
        message,
        severity: "error",
      })),
    [text, errors],
  );
  const take = (next: string) => {
    setTyped(next);
    const parsed = parseDocument(next);
    setRefusal(parsed === undefined ? "This is no JSON yet, so nothing is changed." : onValue(parsed.value));
  };
  return (
    <div class="json-document">
      <Suspense fallback={<Loading lines={10} />}>
        <Editor label={label} value={text} diagnostics={diagnostics} isReadOnly={isReadOnly} onText={take} />
      </Suspense>
      <p class="field-error" role="status">
        {refusal}
      </p>
    </div>
  );
}

/** What was typed, as long as it says what the value is or cannot be taken; else the value, which has changed elsewhere. */
function textFor(value: unknown, typed: string | undefined, refusal: string | undefined): string {
  const own = () => JSON.stringify(value, null, 2);
  if (typed === undefined) return own();
  if (refusal !== undefined) return typed;
  return JSON.stringify(parseDocument(typed)?.value) === JSON.stringify(value) ? typed : own();
}
