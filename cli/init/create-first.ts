// The files of somebody who begins, as text: the table of a choice, checked as publishing does, and tests of it.

import { relative, resolve } from "node:path";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { checkTable } from "../../src/routing/check-table.ts";
import { addressIssues, compileTable, type CompiledTable } from "../../src/routing/compile.ts";
import { failure, success, type Result } from "../../src/result.ts";
import { exampleEvent } from "../example-event.ts";
import { createFirstTable, type FirstChoice } from "./first-table.ts";
import { createFirstTests } from "./first-tests.ts";
import { toJsonc } from "./jsonc.ts";

const SCHEMAS = fileURLToPath(new URL("../../schema", import.meta.url));

/** What is to be written. */
export interface FirstFiles {
  table: string;
  tests: string;
  testCount: number;
  compiled: CompiledTable;
}

/** Writes a choice out. Fails with a sentence where no table can be made of it. */
export async function createFirst(choice: FirstChoice, folder: string): Promise<Result<FirstFiles, "table_invalid">> {
  const document = createFirstTable(choice, schemaPath(folder, "routing-table"));
  const compiled = compileTable(document);
  if (!compiled.ok) return failure("table_invalid", sentenceOf(compiled.issues, choice));
  const { errors } = await checkTable(compiled.value);
  const issues = [...addressIssues(compiled.value, true), ...errors];
  if (issues.length > 0) return failure("table_invalid", sentenceOf(issues, choice));
  const event = exampleEvent(choice.events);
  const tests = event === undefined ? [] : await createFirstTests(compiled.value, event);
  return success({
    table: toJsonc(document, commentsFor(choice)),
    tests: toJsonc({ $schema: schemaPath(folder, "table-tests"), tests }),
    testCount: tests.length,
    compiled: compiled.value,
  });
}

function commentsFor({ target }: FirstChoice): Record<string, string> {
  const forNow =
    target.kind === "demo" ? " signalbox dev answers for this one; give it an https URL before you deploy." : "";
  return { ...COMMENTS, targets: COMMENTS.targets + forNow };
}

const COMMENTS = {
  inlets: "Where sendouts come in: Voucherify posts to <the router's URL>/in/voucherify.",
  targets: "Where requests go. {{ … }} is a value of the event: docs/expressions.md.",
  routes:
    "What goes where: redemption.* is every event that begins so, * is all. docs/routing-table.md has every field.",
};

/** The way to a schema from a folder, for editors: where Signalbox is installed, or this clone of it. */
function schemaPath(folder: string, name: string): string {
  const installed = `node_modules/signalbox/schema/${name}.schema.json`;
  if (existsSync(resolve(folder, installed))) return `./${installed}`;
  const path = relative(folder, resolve(SCHEMAS, `${name}.schema.json`));
  return path.startsWith(".") ? path : `./${path}`;
}

function sentenceOf(issues: readonly { path: string; message: string }[], { target }: FirstChoice): string {
  const hint =
    target.kind === "recipe"
      ? [`signalbox recipes ${target.recipe.id} says what it asks for; give it with --setting name=value.`]
      : [];
  const lines = issues.map(({ path, message }) => `  ${path}: ${message}`);
  return ["No table can be made of this:", ...lines, ...hint].join("\n");
}
