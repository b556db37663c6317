// The table of a folder beside the one in force: what `plan`, `apply`, `pull` and `rollback` begin with.

import type { InferResponseType } from "hono/client";
import { diffTables, type TableChange } from "../../src/routing/diff-tables.ts";
import { readDocument as readTableDocument } from "../../src/routing/edit-table.ts";
import { failure, success, type Result } from "../../src/result.ts";
import { answerOf, type Admin } from "../client/admin.ts";
import { readSource, type SourceDocument } from "../document.ts";
import { findTable } from "../read-table.ts";

/** The table in force. */
export interface TableInForce {
  version: number;
  table: unknown;
}

/** What a publication would be checked for. */
export type Checked = InferResponseType<Admin["table"]["check"]["$post"], 200>;

/** The table of a file. Fails with a sentence that names the file and the line. */
export async function readLocalTable(
  named: string | undefined,
): Promise<Result<SourceDocument, "table_missing" | "file_unreadable" | "document_invalid">> {
  const file = findTable(named);
  return file.ok ? readSource(file.value) : file;
}

/** The table in force. */
export async function readTableInForce(admin: Admin): Promise<TableInForce> {
  const { version, table } = await answerOf(admin.table.$get());
  return { version, table };
}

/** What publishing a table would change. Fails where the file has no table. */
export function changesTo(
  inForce: TableInForce,
  { file, value }: SourceDocument,
): Result<TableChange[], "document_invalid"> {
  try {
    return success(diffTables(readTableDocument(inForce.table), readTableDocument(value)));
  } catch {
    return failure("document_invalid", `${file} has no inlets, targets and routes, so it is no routing table.`);
  }
}

/** What a publication would be refused or warned for, without one. */
export async function checkOnRouter(admin: Admin, table: unknown): Promise<Checked> {
  return answerOf(admin.table.check.$post({ json: { table } }));
}
