// What `signalbox check` answers.

import { checkTable } from "../src/routing/check-table.ts";
import { addressIssues, compileTable } from "../src/routing/compile.ts";
import type { Issue } from "../src/issues.ts";
import { answer, complain, toJson, type Outcome } from "./outcome.ts";
import { readDocument } from "./read-table.ts";

/** Everything that is wrong with a table, an error or warning a line. */
export async function answerCheck(file: string, { json }: { json?: boolean }): Promise<Outcome> {
  const document = await readDocument(file);
  if (!document.ok) return complain(document, 2, json);
  const { errors, warnings } = await check(document.value);
  const exitCode = errors.length === 0 ? 0 : 1;
  if (json) return answer(toJson({ errors, warnings }), exitCode);
  const lines = [
    ...errors.map(({ path, message }) => `error    ${path}: ${message}`),
    ...warnings.map((message) => `warning  ${message}`),
  ];
  const verdict = errors.length === 0 ? "The table can be published." : "The table cannot be published.";
  return answer([...lines, verdict].join("\n"), exitCode);
}

async function check(document: unknown): Promise<{ errors: Issue[]; warnings: string[] }> {
  const compiled = compileTable(document);
  if (!compiled.ok) return { errors: compiled.issues, warnings: [] };
  const { errors, warnings } = await checkTable(compiled.value);
  return { errors: [...addressIssues(compiled.value, false), ...errors], warnings };
}
