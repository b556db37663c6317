// What `signalbox apply` and `signalbox rollback` answer: a publication, once somebody agrees to what it changes.

import type { InferRequestType } from "hono/client";
import { diffTables } from "../../src/routing/diff-tables.ts";
import { readDocument as readTableDocument } from "../../src/routing/edit-table.ts";
import { answerOf, type Admin } from "../client/admin.ts";
import { pc } from "../colours.ts";
import { answer, complain, toJson, type Outcome } from "../outcome.ts";
import type { RouterInReach } from "../router/with-router.ts";
import { agree } from "./agree.ts";
import { changesTo, checkOnRouter, readLocalTable, readTableInForce, type TableInForce } from "./local-table.ts";
import { changeLines, checkLines } from "./table-page.ts";

/** What is asked for. */
export interface ApplyOptions {
  yes?: boolean;
  note?: string;
  /** The version that the change was planned against. */
  expectVersion?: number;
  json?: boolean;
}

/** Publishes the table of a file; what is in force already is a yes without a publication. */
export async function answerApply(
  { admin }: RouterInReach,
  named: string | undefined,
  options: ApplyOptions,
): Promise<Outcome> {
  const { json } = options;
  const source = await readLocalTable(named);
  if (!source.ok) return complain(source, 2, json);
  const inForce = await readTableInForce(admin);
  const moved = hasMoved(inForce, options);
  if (moved !== undefined) return moved;
  const changes = changesTo(inForce, source.value);
  if (!changes.ok) return complain(changes, 2, json);
  if (changes.value.length === 0) {
    const { version } = inForce;
    if (json) return answer(toJson({ version, published: false, warnings: [] }));
    return answer(`Nothing to publish: ${source.value.file} is what is in force (version ${version}).`);
  }
  const checked = await checkOnRouter(admin, source.value.value);
  if (!checked.valid) return answer(json ? toJson(checked) : checkLines(checked, source.value).join("\n"), 1);
  if (!json) process.stderr.write(`${changeLines(changes.value).join("\n")}\n`);
  const refused = await agree(`Publish over version ${inForce.version}?`, options);
  if (refused !== undefined) return refused;
  return tell(await publish(admin, source.value.value, inForce.version, options.note), options);
}

/** Publishes the table of an earlier version again: of the one before, when none is named. */
export async function answerRollback(
  { admin }: RouterInReach,
  wanted: number | undefined,
  options: ApplyOptions,
): Promise<Outcome> {
  const { json, note } = options;
  const inForce = await readTableInForce(admin);
  const moved = hasMoved(inForce, options);
  if (moved !== undefined) return moved;
  const version = wanted ?? inForce.version - 1;
  if (version < 0) return complain({ reason: "nothing_published", detail: "Nothing was ever published." }, 1, json);
  const { table } = await answerOf(admin.table.versions[":version"].$get({ param: { version: String(version) } }));
  const changes = diffTables(readTableDocument(inForce.table), readTableDocument(table));
  if (!json) process.stderr.write(`${changeLines(changes).join("\n") || "Nothing changes."}\n`);
  const refused = await agree(`Publish version ${version} again, over version ${inForce.version}?`, options);
  if (refused !== undefined) return refused;
  const body = { version, ...(note !== undefined && { note }) };
  const header = { headers: { "if-match": `"${inForce.version}"` } };
  return tell(await answerOf(admin.table.rollback.$post({ json: body }, header)), options);
}

/** The end where somebody published since the change was planned. */
function hasMoved({ version }: TableInForce, { expectVersion, json }: ApplyOptions): Outcome | undefined {
  if (expectVersion === undefined || expectVersion === version) return undefined;
  const detail = `Version ${version} is in force, not ${expectVersion}: somebody published meanwhile. Plan again.`;
  return { ...complain({ reason: "table_conflict", detail }, 1, json), exitCode: 5 };
}

/** Publishes a table over the version that its publisher has read. Throws a RouterError where that is not in force any more. */
export async function publish(admin: Admin, table: unknown, over: number, note: string | undefined) {
  const query = note === undefined ? {} : { note };
  const header = { headers: { "if-match": `"${over}"` } };
  const json = table as InferRequestType<typeof admin.table.$put>["json"]; // whatever it is, the router checks it
  return answerOf(admin.table.$put({ query, json }, header));
}

function tell(
  { version, warnings }: { version: number; warnings: readonly string[] },
  { json }: ApplyOptions,
): Outcome {
  if (json) return answer(toJson({ version, published: true, warnings }));
  const lines = warnings.map((warning) => pc.yellow(`warning  ${warning}`));
  return answer([...lines, pc.green(`Version ${version} is in force.`)].join("\n"));
}
