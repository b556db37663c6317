// What a form of a part works with: its fields, a way to change one, and what is wrong with each.

import { withPart, type TableDocument } from "../../../routing/edit-table.ts";
import { errorsInPart } from "./check-places.ts";
import type { EditedTable, FieldsForm } from "./fields-form.ts";
import { definitionOf, withField, type Fields, type PartRef } from "./part.ts";

export interface PartForm extends FieldsForm {
  part: PartRef;
  /** Puts another definition in the place of the whole. */
  replace: (fields: Fields) => void;
}

/** The form of a part; undefined where the table has no such part. */
export function formOf(part: PartRef, { document, errors, edit }: EditedTable): PartForm | undefined {
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
