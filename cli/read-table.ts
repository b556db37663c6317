// A routing table from a file, checked as a router would.

import { readFile } from "node:fs/promises";
import { failure, success, type Result } from "../src/result.ts";
import { compileTable, type CompiledTable } from "../src/routing/compile.ts";
import { explainFile } from "./read-input.ts";

/** Reads and compiles a table. Fails with a sentence that names the file and the first problem in it. */
export async function readTable(file: string): Promise<Result<CompiledTable, "file_unreadable" | "table_invalid">> {
  const document = await readDocument(file);
  if (!document.ok) return document;
  const compiled = compileTable(document.value);
  if (compiled.ok) return success(compiled.value);
  const [issue] = compiled.issues;
  const more = compiled.issues.length > 1 ? ` (and ${compiled.issues.length - 1} more)` : "";
  return failure("table_invalid", `${file}: ${issue?.path}: ${issue?.message}${more}`);
}

/** Reads a JSON document. Fails with a sentence that names the file. */
export async function readDocument(file: string): Promise<Result<unknown, "file_unreadable" | "table_invalid">> {
  try {
    return success(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    // The parser's own message quotes the input.
    if (error instanceof SyntaxError)
      return failure("table_invalid", `${file} is not JSON; comments are not part of it.`);
    return failure("file_unreadable", explainFile(file, error));
  }
}
