// A field whose text has expressions: with its label, completion, and what is wrong with it below.

import { lazy, Suspense } from "preact/compat";
import { useContext, useMemo, useRef } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { Loading } from "../../components/states.tsx";
import type { EditorHandle } from "../../editor/editor.tsx";
import type { Language } from "../../editor/insertion.ts";
import type { Diagnostic } from "../../editor/json-places.ts";
import { emptyPlaces } from "./issue-places.ts";
import { PointingContext } from "./pointing.ts";

const Editor = lazy(async () => ({ default: (await import("../../editor/editor.tsx")).Editor }));

/** The field. Fields of the event that somebody clicks go where the cursor was in it last. */
export function TemplateField({
  label,
  value,
  onText,
  language = "text",
  isSingleLine = false,
  isMain = false,
  isLabelHidden = false,
  diagnostics,
  placeholder,
  hint,
}: {
  label: string;
  value: string;
  onText: (text: string) => void;
  language?: Language;
  isSingleLine?: boolean;
  /** Whether clicked fields go here before somebody has chosen another place. */
  isMain?: boolean;
  isLabelHidden?: boolean;
  diagnostics?: readonly Diagnostic[] | undefined;
  placeholder?: string;
  hint?: ComponentChildren;
}) {
  const { fields, trace, register, choose } = useContext(PointingContext);
  const handle = useRef<EditorHandle>();
  const lines = useMemo(
    () =>
      fields.map(({ path, kind, meaning, nullable, value: own, sample }) => ({
        path,
        kind,
        meaning,
        isNullable: nullable,
        sample: typeof own === "object" ? sample : (own ?? sample),
      })),
    [fields],
  );
  const all = useMemo(
    () => [...(diagnostics ?? []), ...emptyPlaces(value, language, trace)],
    [diagnostics, value, language, trace],
  );
  return (
    <div class="field">
      <span class={isLabelHidden ? "visually-hidden" : "field-label"} aria-hidden="true">
        {label}
      </span>
      <Suspense fallback={<Loading lines={1} label={`Loading ${label}`} />}>
        <Editor
          label={label}
          value={value}
          onText={onText}
          language={language}
          isSingleLine={isSingleLine}
          fields={lines}
          diagnostics={all}
          {...(placeholder !== undefined && { placeholder })}
          onReady={(ready) => {
            handle.current = ready;
            register(ready, isMain);
          }}
          onFocus={() => handle.current && choose(handle.current)}
        />
      </Suspense>
      {hint !== undefined && <p class="field-hint">{hint}</p>}
      {diagnostics?.map(({ message, from }) => (
        <p key={`${from} ${message}`} class="field-error">
          {message}
        </p>
      ))}
    </div>
  );
}
