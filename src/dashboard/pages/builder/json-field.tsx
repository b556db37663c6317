// An object that somebody edits as JSON. It is told whenever it can be read.

import { useEffect, useState } from "preact/hooks";
import * as v from "valibot";
import { parseDocument } from "../../editor/json-places.ts";
import { writeJson } from "./draft.ts";
import { TemplateField } from "./template-field.tsx";

const ObjectSchema = v.record(v.string(), v.unknown());

/** The field. What is not an object yet stays in the field and is not told. */
export function JsonField({
  label,
  value,
  onValue,
  hint,
}: {
  label: string;
  value: Readonly<Record<string, unknown>>;
  onValue: (value: Record<string, unknown>) => void;
  hint: string;
}) {
  const [text, setText] = useState(() => writeJson(value));
  useEffect(() => {
    const own = parseDocument(text);
    // Somebody else has changed it.
    if (own !== undefined && JSON.stringify(own.value) !== JSON.stringify(value)) setText(writeJson(value));
  }, [value]);
  const change = (written: string) => {
    setText(written);
    const parsed = v.safeParse(ObjectSchema, parseDocument(written === "" ? "{}" : written)?.value);
    if (parsed.success) onValue(parsed.output);
  };
  return <TemplateField label={label} value={text} onText={change} language="json" hint={hint} />;
}
