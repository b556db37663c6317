// What `signalbox init` does: writes what somebody needs who begins, a table with tests and the secrets of this machine,
// and says what to do next. Nothing that is there is overwritten without a word from its owner.

import { existsSync, writeFileSync } from "node:fs";
import { success, type Result } from "../../src/result.ts";
import type { CompiledTable } from "../../src/routing/compile.ts";
import { TEST_FILES } from "../answer-test.ts";
import { exampleEvent } from "../example-event.ts";
import { addToVars, readDevVars } from "../local/dev-vars.ts";
import { complain, type Outcome } from "../outcome.ts";
import { readTable, TABLE_FILES } from "../read-table.ts";
import { askYesNo, canAsk } from "../terminal/ask.ts";
import { counted } from "../terminal/counted.ts";
import { askSecrets } from "./ask-choice.ts";
import { choose, type ChoiceOptions } from "./choose.ts";
import { createFirst } from "./create-first.ts";
import { ignoreOwnFiles } from "./ignore.ts";
import { tellInit, type FileOutcome } from "./init-page.ts";
import { neededSecrets } from "./needed-secrets.ts";

/** What is asked for. */
export interface InitOptions extends ChoiceOptions {
  yes?: boolean;
  force?: boolean;
  json?: boolean;
}

/** Whether somebody is asked, and whether what is there may go. */
interface Manner {
  asks: boolean;
  force: boolean;
}

const [TABLE = ""] = TABLE_FILES;
const [TESTS = ""] = TEST_FILES;
const VARS = ".dev.vars";

/** Writes what a folder lacks. */
export async function answerInit(options: InitOptions): Promise<Outcome> {
  const { yes = false, force = false, json = false } = options;
  const manner = { asks: canAsk() && !yes && !json, force };
  const written = await writeTable(options, manner);
  if (!written.ok) return complain(written, written.reason === "cancelled" ? 1 : 2, json);
  const { files, table } = written.value;
  const secrets = await makeSecrets(table, manner.asks);
  if (manner.asks) process.stderr.write("\n"); // the questions end without a line of their own
  const ignored = ignoreOwnFiles(process.cwd());
  const gitignore = {
    file: ".gitignore",
    outcome: "extended",
    about: `keeps ${ignored.join(" and ")} out of git`,
  } as const;
  return tellInit(
    {
      files: [...files, secrets.file, ...(ignored.length > 0 ? [gitignore] : [])],
      missingSecrets: secrets.missing,
      event: exampleEvent(table?.source.routes.flatMap(({ events }) => events) ?? []),
    },
    json,
  );
}

/** The table with its tests, or the one that is there already; undefined where that is none. */
async function writeTable(
  options: ChoiceOptions,
  manner: Manner,
): Promise<Result<{ files: FileOutcome[]; table: CompiledTable | undefined }, string>> {
  const there = TABLE_FILES.find((name) => existsSync(name));
  if (there !== undefined && !(await mayReplace(there, manner))) {
    const kept: FileOutcome = { file: there, outcome: "kept", about: "the routing table that was here" };
    return success({ files: [kept], table: await readTableHere(there) });
  }
  const choice = await choose(options, manner.asks);
  if (!choice.ok) return choice;
  const first = await createFirst(choice.value, process.cwd());
  if (!first.ok) return first;
  const { table, tests, testCount, compiled } = first.value;
  const { name, events } = choice.value;
  const files = [write(there ?? TABLE, table, `one inlet, the target ${name}, a route for ${events.join(", ")}`)];
  const testsThere = TEST_FILES.find((file) => existsSync(file));
  if (testsThere !== undefined && !(await mayReplace(testsThere, manner))) {
    files.push({ file: testsThere, outcome: "kept", about: "the tests that were here, which may be of another table" });
  } else {
    files.push(write(testsThere ?? TESTS, tests, `${counted(testCount, "test", "tests")} of it`));
  }
  return success({ files, table: compiled });
}

/** Whether a file that is there may be written anew. We write no YAML. */
async function mayReplace(file: string, { asks, force }: Manner): Promise<boolean> {
  if (!file.includes(".json")) return false;
  return force || (asks && (await askYesNo(`${file} is here already. Write a new one in its place?`)));
}

function write(file: string, text: string, about: string): FileOutcome {
  writeFileSync(file, text);
  return { file, outcome: "written", about };
}

/** A table that is there already, as far as it is one: what is wrong with it is not for init to say. */
async function readTableHere(file: string): Promise<CompiledTable | undefined> {
  const table = await readTable(file);
  return table.ok ? table.value : undefined;
}

/** Makes the secrets of a router here, and asks for those of the table's targets where somebody is there to answer. */
async function makeSecrets(
  table: CompiledTable | undefined,
  asks: boolean,
): Promise<{ file: FileOutcome; missing: string[] }> {
  const { values, created } = readDevVars(VARS, {});
  const needed = table === undefined ? new Map<string, string>() : neededSecrets(table);
  for (const [name, value] of Object.entries(values)) if (value !== "") needed.delete(name);
  const said = asks ? await askSecrets(needed) : {};
  addToVars(VARS, said);
  for (const name of Object.keys(said)) needed.delete(name);
  const names = [...created, ...Object.keys(said)];
  const outcome = names.length === 0 ? "kept" : created.length === Object.keys(values).length ? "written" : "extended";
  const about = names.length === 0 ? "the secrets of this machine" : `secrets of this machine: ${names.join(", ")}`;
  return { file: { file: VARS, outcome, about }, missing: [...needed.keys()] };
}
