// A list of names: each can be taken out, and another be added from those there are.

import type { ComponentChildren } from "preact";
import type { Choice } from "../../components/combobox.tsx";
import { NameList } from "../../components/name-list.tsx";
import { valueOf, wrongAt, type FieldsForm } from "./fields-form.ts";
import { textsOf } from "./part.ts";
import { useId } from "../../components/use-id.ts";

export interface ListFieldProps {
  form: FieldsForm;
  /** Where the list stands in what the form is of. */
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
  const { form, path, label, hint, emptyMeans, isOptional = false, ...list } = props;
  const id = useId();
  const values = textsOf(valueOf(form, path));
  const error = wrongAt(form, path);
  const set = (next: readonly string[]) => form.set(path, next.length === 0 && isOptional ? undefined : next);
  return (
    <div class="field list-field" role="group" aria-labelledby={id} aria-describedby={error && `${id}-error`}>
      <span id={id} class="field-label">
        {label}
      </span>
      {values.length === 0 && <p class="quiet">{emptyMeans}</p>}
      <NameList names={values} onChange={set} {...list} />
      {hint !== undefined && <p class="field-hint">{hint}</p>}
      {error !== undefined && (
        <p id={`${id}-error`} class="field-error">
          {error}
        </p>
      )}
    </div>
  );
}
