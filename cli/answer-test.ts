// What `signalbox test` answers.

import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import * as v from "valibot";
import { explainIssue } from "../src/issues.ts";
import { compileTable } from "../src/routing/compile.ts";
import { failure, success, type Result } from "../src/result.ts";
import { pc } from "./colours.ts";
import { readSource, type SourceDocument } from "./document.ts";
import { answer, complain, toJson, type Outcome } from "./outcome.ts";
import { findTable } from "./read-table.ts";
import { runTest, type TestResult } from "./table-tests/run.ts";
import { TableTestsSchema, type TableTest } from "./table-tests/schema.ts";

/** What a table's tests are called, beside the table. */
export const TEST_FILES = [
  "signalbox.tests.jsonc",
  "signalbox.tests.json",
  "signalbox.tests.yaml",
  "signalbox.tests.yml",
];

/** Runs the tests of a table; one that fails is a no. */
export async function answerTest(
  named: string | undefined,
  { tests, json }: { tests?: string[]; json?: boolean },
): Promise<Outcome> {
  const file = findTable(named);
  if (!file.ok) return complain(file, 2, json);
  const source = await readSource(file.value);
  if (!source.ok) return complain(source, 2, json);
  const table = compileTable(source.value.value);
  if (!table.ok) {
    const [issue] = table.issues;
    const place = source.value.place(issue?.path ?? "(root)");
    return complain({ reason: "table_invalid", detail: `${place}: ${issue?.path}: ${issue?.message}` }, 2, json);
  }
  const files = tests ?? findTests(file.value);
  if (files.length === 0) {
    const detail = `There are no tests beside ${file.value}: name their file with --tests, or call it ${TEST_FILES.join(", ")}.`;
    return complain({ reason: "tests_missing", detail }, 2, json);
  }
  const results: (TestResult & { file: string })[] = [];
  for (const testsFile of files) {
    const read = await readTests(testsFile);
    if (!read.ok) return complain(read, 2, json);
    for (const test of read.value) results.push({ file: testsFile, ...(await runTest(table.value, test, testsFile)) });
  }
  const failed = results.filter(({ passed }) => !passed).length;
  const passed = results.length - failed;
  if (json) return answer(toJson({ passed, failed, results }), failed === 0 ? 0 : 1);
  return answer([...results.flatMap(toLines), `${passed} passed, ${failed} failed`].join("\n"), failed === 0 ? 0 : 1);
}

function findTests(table: string): string[] {
  return TEST_FILES.map((name) => resolve(dirname(table), name)).filter((file) => existsSync(file));
}

async function readTests(file: string): Promise<Result<TableTest[], "file_unreadable" | "document_invalid">> {
  const source = await readSource(file);
  if (!source.ok) return source;
  const parsed = v.safeParse(TableTestsSchema, source.value.value);
  if (parsed.success) return success(parsed.output.tests);
  return failure("document_invalid", explain(source.value, parsed.issues.flatMap(explainIssue)[0]));
}

function explain(source: SourceDocument, issue: { path: string; message: string } | undefined): string {
  return `${source.place(issue?.path ?? "(root)")}: ${issue?.path}: ${issue?.message}`;
}

function toLines({ name, passed, problems }: TestResult): string[] {
  return [`${passed ? pc.green("✓") : pc.red("✗")} ${name}`, ...problems.map((problem) => `    ${problem}`)];
}
