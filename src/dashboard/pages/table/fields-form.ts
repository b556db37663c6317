// What the fields of a form are tied to: values by their places, a way to change one, and what is wrong with each. Pure, and the
// same for whatever in a table has a form.

import type { Issue } from "../../../issues.ts";
import type { TableDocument } from "../../../routing/edit-table.ts";
import { errorAt, errorsBelow } from "./check-places.ts";
import { isFields, valueAt, type Fields } from "./part.ts";

/** A table that is worked on: what stands there, what the last check has against it, and how it is changed. */
export interface EditedTable {
  document: TableDocument;
  errors: readonly Issue[];
  edit: (change: (document: TableDocument) => TableDocument) => void;
}

/** What the fields of a form are tied to. */
export interface FieldsForm {
  fields: Fields;
  /** By their place in what the form is of. */
  errors: readonly Issue[];
  /** Puts a value at a place; undefined takes away what is there. */
  set: (path: string, value: unknown) => void;
}

/** What stands at a place. */
export function valueOf({ fields }: FieldsForm, path: string): unknown {
  return valueAt(fields, path.split("."));
}

/** What is wrong at a place and below it. */
export function wrongAt({ errors }: FieldsForm, path: string): string | undefined {
  return errorAt(errors, path);
}

/** What is wrong with a place as a whole, and with nothing in it; an empty path is all that the form is of. */
export function wrongAsWhole({ errors }: FieldsForm, path: string): string | undefined {
  const found = errors.filter((error) => error.path === path);
  return found.length === 0 ? undefined : found.map(({ message }) => message).join(" ");
}

/** The form of what stands at a place of another. */
export function formBelow(form: FieldsForm, path: string): FieldsForm {
  const stated = valueOf(form, path);
  return {
    fields: isFields(stated) ? stated : {},
    errors: errorsBelow(form.errors, path),
    set: (place, value) => form.set(`${path}.${place}`, value),
  };
}
