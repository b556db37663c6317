// A list of names: each can be taken out, and another be added from those there are.

import { X } from "lucide-preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { Button } from "../../components/button.tsx";
import { Combobox, type Choice } from "../../components/combobox.tsx";
import { valueOf, wrongAt, type PartForm } from "./part-form.ts";
import { textsOf } from "./part.ts";

export interface ListFieldProps {
  form: PartForm;
  /** Where the list stands in the part. */
  path: string;
  label: string;
  /** What the field that adds one is called. */
  addLabel: string;
  hint?: ComponentChildren;
  /** What an empty list means: "All inlets". */
  emptyMeans: string;
  choices: readonly Choice[];
  /** Whether something that is none of the choices can be added. */
  allowsOther?: boolean;
  placeholder?: string;
  /** Whether a list without anything in it is taken out of the definition. */
  isOptional?: boolean;
}

/** The list. */
export function ListField(props: ListFieldProps) {
  const {
    form,
    path,
    label,
    addLabel,
    hint,
    emptyMeans,
    choices,
    allowsOther = false,
    placeholder,
    isOptional = false,
  } = props;
  const id = useId();
  const values = textsOf(valueOf(form, path));
  const error = wrongAt(form, path);
  const set = (next: readonly string[]) => form.set(path, next.length === 0 && isOptional ? undefined : next);
  return (
    <div class="field list-field" role="group" aria-labelledby={id} aria-describedby={error && `${id}-error`}>
      <span id={id} class="field-label">
        {label}
      </span>
      {values.length === 0 ? (
        <p class="quiet">{emptyMeans}</p>
      ) : (
        <ul>
          {values.map((value) => (
            <li key={value}>
              <span>{value}</span>
              <Button
                tone="quiet"
                icon={X}
                label={`Take ${value} out`}
                onClick={() => set(values.filter((one) => one !== value))}
              />
            </li>
          ))}
        </ul>
      )}
      <Adder
        label={addLabel}
        choices={choices.filter(({ value }) => !values.includes(value))}
        allowsOther={allowsOther}
        placeholder={placeholder ?? addLabel}
        onAdd={(value) => set([...new Set([...values, value])])}
      />
      {hint !== undefined && <p class="field-hint">{hint}</p>}
      {error !== undefined && (
        <p id={`${id}-error`} class="field-error">
          {error}
        </p>
      )}
    </div>
  );
}

/** The field that adds one. It is a new one after each, so that it is empty again, and keeps the focus. */
function Adder({
  label,
  onAdd,
  ...rest
}: {
  label: string;
  choices: readonly Choice[];
  allowsOther: boolean;
  placeholder: string;
  onAdd: (value: string) => void;
}) {
  const [added, setAdded] = useState(0);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Unless it was left for another field, which is what added it.
    if (added > 0 && document.activeElement === document.body) place.current?.querySelector("input")?.focus();
  }, [added]);
  return (
    <div ref={place}>
      <Combobox
        key={added}
        label={label}
        isLabelHidden
        value=""
        onChoose={(value) => {
          setAdded(added + 1);
          onAdd(value);
        }}
        {...rest}
      />
    </div>
  );
}
