// What somebody fills in, with its label, a word of help, and what is wrong with it.

import type { ComponentChildren, JSX } from "preact";
import { useId } from "./use-id.ts";
import "./field.css";

interface FieldProps {
  label: string;
  isLabelHidden?: boolean;
  hint?: ComponentChildren;
  /** What is wrong, as the router says it. */
  error?: string | undefined;
}

/** One line of text. */
export function TextField({
  label,
  isLabelHidden = false,
  hint,
  error,
  onText,
  ...rest
}: FieldProps & { onText: (text: string) => void } & Omit<JSX.InputHTMLAttributes, "label">) {
  const id = useId();
  return (
    <Field {...{ id, label, isLabelHidden, hint, error }}>
      <input
        type="text"
        autoComplete="off"
        spellcheck={false}
        {...rest}
        {...described(id, hint, error)}
        class="input"
        onInput={(event) => onText(event.currentTarget.value)}
      />
    </Field>
  );
}

/** Several lines of text. */
export function TextArea({
  label,
  isLabelHidden = false,
  hint,
  error,
  onText,
  ...rest
}: FieldProps & { onText: (text: string) => void } & Omit<JSX.TextareaHTMLAttributes, "label">) {
  const id = useId();
  return (
    <Field {...{ id, label, isLabelHidden, hint, error }}>
      <textarea
        rows={4}
        spellcheck={false}
        {...rest}
        {...described(id, hint, error)}
        class="input"
        onInput={(event) => onText(event.currentTarget.value)}
      />
    </Field>
  );
}

/** One of a few. */
export function Select<T extends string>({
  label,
  isLabelHidden = false,
  hint,
  error,
  value,
  options,
  onChoose,
}: FieldProps & { value: T; options: readonly (readonly [value: T, label: string])[]; onChoose: (value: T) => void }) {
  const id = useId();
  return (
    <Field {...{ id, label, isLabelHidden, hint, error }}>
      <select
        {...described(id, hint, error)}
        class="input"
        value={value}
        onChange={(event) => {
          const chosen = options.find(([of]) => of === event.currentTarget.value);
          if (chosen !== undefined) onChoose(chosen[0]);
        }}
      >
        {options.map(([of, said]) => (
          <option key={of} value={of}>
            {said}
          </option>
        ))}
      </select>
    </Field>
  );
}

/** Yes or no. */
export function Checkbox({
  label,
  hint,
  isChecked,
  onCheck,
  why,
}: {
  label: ComponentChildren;
  hint?: ComponentChildren;
  isChecked: boolean;
  onCheck: (isChecked: boolean) => void;
  /** Why it cannot be changed now. */
  why?: string | undefined;
}) {
  const id = useId();
  return (
    <div class="checkbox" title={why}>
      <input
        {...described(id, hint, undefined)}
        type="checkbox"
        checked={isChecked}
        disabled={why !== undefined}
        onChange={(event) => onCheck(event.currentTarget.checked)}
      />
      <div>
        <label htmlFor={id}>{label}</label>
        {hint !== undefined && (
          <p id={`${id}-hint`} class="field-hint">
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}

function Field({
  id,
  label,
  isLabelHidden,
  hint,
  error,
  children,
}: FieldProps & { id: string; children: ComponentChildren }) {
  return (
    <div class="field">
      <label htmlFor={id} class={isLabelHidden === true ? "visually-hidden" : "field-label"}>
        {label}
      </label>
      {children}
      {hint !== undefined && (
        <p id={`${id}-hint`} class="field-hint">
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p id={`${id}-error`} class="field-error">
          {error}
        </p>
      )}
    </div>
  );
}

/** What ties a control to the words about it. */
function described(id: string, hint: unknown, error: string | undefined) {
  const ids = [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`].filter(Boolean).join(" ");
  return {
    id,
    ...(ids !== "" && { "aria-describedby": ids }),
    ...(error !== undefined && { "aria-invalid": true as const }),
  };
}
