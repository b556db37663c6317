// Fields of a form, each tied to a place of what the form is of. What is emptied is taken out of the definition.

import type { ComponentChildren } from "preact";
import { Select, TextField } from "../../components/field.tsx";
import { valueOf, wrongAt, type FieldsForm } from "./fields-form.ts";

interface BoundProps {
  form: FieldsForm;
  /** Where it stands in there: `limits.perSecond`. */
  path: string;
  label: string;
  hint?: ComponentChildren;
}

/** A text. */
export function FormText({ form, path, label, hint, placeholder }: BoundProps & { placeholder?: string }) {
  const value = valueOf(form, path);
  return (
    <TextField
      label={label}
      hint={hint}
      placeholder={placeholder}
      error={wrongAt(form, path)}
      value={typeof value === "string" ? value : ""}
      onText={(text) => form.set(path, text === "" ? undefined : text)}
    />
  );
}

/** A whole number. What is no number stays as it was typed; a check says so. */
export function FormNumber({ form, path, label, hint, placeholder }: BoundProps & { placeholder?: string }) {
  const value = valueOf(form, path);
  return (
    <TextField
      label={label}
      hint={hint}
      placeholder={placeholder}
      inputMode="numeric"
      error={wrongAt(form, path)}
      value={value === undefined ? "" : showTyped(value)}
      onText={(text) => form.set(path, toNumber(text.trim()))}
    />
  );
}

function showTyped(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function toNumber(text: string): number | string | undefined {
  if (text === "") return undefined;
  return /^\d{1,15}$/.test(text) ? Number(text) : text;
}

/** What is chosen where the definition says nothing. */
const BY_DEFAULT = "";

/** One of a few. Something else that stands there is kept and named. */
export function FormSelect({
  form,
  path,
  label,
  hint,
  options,
  byDefault,
}: BoundProps & {
  options: readonly (readonly [value: string, label: string])[];
  /** What it is when nothing is said. */
  byDefault: string;
}) {
  const value = valueOf(form, path);
  const isKnown = value === undefined || options.some(([of]) => of === value);
  const chosen = typeof value === "string" && isKnown ? value : value === undefined ? BY_DEFAULT : OTHER;
  const all = [
    [BY_DEFAULT, byDefault] as const,
    ...options,
    ...(isKnown ? [] : [[OTHER, "As its JSON says"] as const]),
  ];
  return (
    <Select
      label={label}
      hint={hint}
      error={wrongAt(form, path)}
      value={chosen}
      options={all}
      onChoose={(next) => {
        if (next !== OTHER) form.set(path, next === BY_DEFAULT ? undefined : next);
      }}
    />
  );
}

const OTHER = "(other)";
