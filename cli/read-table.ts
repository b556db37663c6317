// A routing table from a file, checked as a router would.

import { existsSync } from "node:fs";
import { failure, success, type Result } from "../src/result.ts";
import { compileTable, type CompiledTable } from "../src/routing/compile.ts";
import { readSource } from "./document.ts";

/** What a project's table is called, in the order in which it is looked for. */
export const TABLE_FILES = ["signalbox.jsonc", "signalbox.json", "signalbox.yaml", "signalbox.yml"];

/** The table of the working folder when no file is named. Fails with a sentence that says what it may be called. */
export function findTable(file: string | undefined): Result<string, "table_missing"> {
  const found = file ?? TABLE_FILES.find((name) => existsSync(name));
  if (found !== undefined) return success(found);
  const detail = `There is no table here: name its file, or call it ${TABLE_FILES.join(", ")}. signalbox init writes one, signalbox pull fetches a router's.`;
  return failure("table_missing", detail);
}

/** Reads and compiles a table. Fails with a sentence that names the place of the first problem in it. */
export async function readTable(file: string): Promise<Result<CompiledTable, "file_unreadable" | "table_invalid">> {
  const document = await readDocument(file);
  if (!document.ok) return document;
  const compiled = compileTable(document.value);
  if (compiled.ok) return success(compiled.value);
  const [issue] = compiled.issues;
  const more = compiled.issues.length > 1 ? ` (and ${compiled.issues.length - 1} more)` : "";
  return failure("table_invalid", `${file}: ${issue?.path}: ${issue?.message}${more}`);
}

/** Reads a document. Fails with a sentence that names the file. */
export async function readDocument(file: string): Promise<Result<unknown, "file_unreadable" | "table_invalid">> {
  const source = await readSource(file);
  if (source.ok) return success(source.value.value);
  return source.reason === "file_unreadable"
    ? failure(source.reason, source.detail)
    : failure("table_invalid", source.detail);
}
