// A section of the table's settings as forms work with it, in the draft of the whole table. Whatever a form is not about stays
// as somebody wrote it.

import { diffTables, type TableChange } from "../../../routing/diff-tables.ts";
import { readDocument, type TableDocument } from "../../../routing/edit-table.ts";
import type { Settings } from "../../../routing/settings.ts";
import { errorsBelow } from "../table/check-places.ts";
import type { EditedTable, FieldsForm } from "../table/fields-form.ts";
import { isFields, valueAt, withField } from "../table/part.ts";

/** A section of the settings, by its key. */
export type Section = keyof Settings;

/** What a table says of a section; undefined where it says nothing. */
export function sectionOf(document: TableDocument, section: Section): unknown {
  return valueAt(document, ["settings", section]);
}

/** The table with something else as a section; undefined takes it out. */
export function withSection(document: TableDocument, section: Section, value: unknown): TableDocument {
  return readDocument(withField(document, ["settings", section], value));
}

/** What differs between two tables in a section. */
export function changesOfSection(before: TableDocument, after: TableDocument, section: Section): TableChange[] {
  const only = (document: TableDocument): TableDocument => ({
    inlets: {},
    targets: {},
    routes: [],
    settings: { [section]: sectionOf(document, section) },
  });
  return diffTables(only(before), only(after));
}

/** Where the errors of a section stand. */
export function placeOf(section: Section): string {
  return `settings.${section}`;
}

/** The form of a section, which is empty where the table says nothing. */
export function formOfSection(section: Section, { document, errors, edit }: EditedTable): FieldsForm {
  const stated = sectionOf(document, section);
  return {
    fields: isFields(stated) ? stated : {},
    errors: errorsBelow(errors, placeOf(section)),
    set: (path, value) =>
      edit((table) => readDocument(withField(table, ["settings", section, ...path.split(".")], value))),
  };
}
