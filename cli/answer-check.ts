// What `signalbox check` answers.

import { checkTable } from "../src/routing/check-table.ts";
import { addressIssues, compileTable } from "../src/routing/compile.ts";
import type { Issue } from "../src/issues.ts";
import { readSource } from "./document.ts";
import { answer, complain, toJson, type Outcome } from "./outcome.ts";
import { findTable } from "./read-table.ts";

/** Everything that is wrong with a table, an error or warning a line. */
export async function answerCheck(
  named: string | undefined,
  { local = false, json }: { local?: boolean; json?: boolean },
): Promise<Outcome> {
  const file = findTable(named);
  if (!file.ok) return complain(file, 2, json);
  const source = await readSource(file.value);
  if (!source.ok) return complain(source, 2, json);
  const { errors, warnings } = await check(source.value.value, local);
  const exitCode = errors.length === 0 ? 0 : 1;
  const placed = errors.map((issue) => ({ ...issue, place: source.value.place(issue.path) }));
  if (json) return answer(toJson({ errors: placed, warnings }), exitCode);
  const lines = [
    ...placed.map(({ path, message, place }) => `error    ${place}: ${path}: ${message}`),
    ...warnings.map((message) => `warning  ${message}`),
  ];
  return answer([...lines, await verdict(source.value.value, errors, local)].join("\n"), exitCode);
}

async function verdict(document: unknown, errors: readonly Issue[], local: boolean): Promise<string> {
  if (errors.length === 0) return local ? "The table can be published on this machine." : "The table can be published.";
  const isForHere = !local && (await check(document, true)).errors.length === 0;
  return isForHere
    ? "The table can be published on this machine only, as signalbox dev does (--local)."
    : "The table cannot be published.";
}

/** @param local whether targets may be on this machine, as those of a router here */
async function check(document: unknown, local: boolean): Promise<{ errors: Issue[]; warnings: string[] }> {
  const compiled = compileTable(document);
  if (!compiled.ok) return { errors: compiled.issues, warnings: [] };
  const { errors, warnings } = await checkTable(compiled.value);
  return { errors: [...addressIssues(compiled.value, local), ...errors], warnings };
}
