// What a form of a part works with: its fields, a way to change one, and what is wrong with each.

import { withPart, type TableDocument } from "../../../routing/edit-table.ts";
import type { Issue } from "../../../issues.ts";
import { errorAt, errorsInPart } from "./check-places.ts";
import { definitionOf, valueAt, withField, type Fields, type PartRef } from "./part.ts";
import type { Working } from "./working.ts";

export interface PartForm {
  part: PartRef;
  fields: Fields;
  /** Of this part, by their place in it. */
  errors: readonly Issue[];
  /** Puts a value at a place; undefined takes away what is there. */
  set: (path: string, value: unknown) => void;
  /** Puts another definition in the place of the whole. */
  replace: (fields: Fields) => void;
}

/** The form of a part; undefined where the table has no such part. */
export function formOf(part: PartRef, { document, errors, edit }: Working): PartForm | undefined {
  const fields = definitionOf(document, part);
  if (fields === undefined) return undefined;
  const change = (next: (was: Fields) => Fields) =>
    edit((table: TableDocument) => {
      const was = definitionOf(table, part);
      return was === undefined ? table : withPart(table, part.kind, { id: part.id, definition: next(was) });
    });
  return {
    part,
    fields,
    errors: errorsInPart(document, part, errors),
    set: (path, value) => change((was) => withField(was, path.split("."), value)),
    replace: (next) => change(() => next),
  };
}

/** What stands at a place. */
export function valueOf({ fields }: PartForm, path: string): unknown {
  return valueAt(fields, path.split("."));
}

/** What is wrong at a place and below it. */
export function wrongAt({ errors }: PartForm, path: string): string | undefined {
  return errorAt(errors, path);
}
