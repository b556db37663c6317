// What `signalbox pull` answers: the table in force, in a file.

import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { extname } from "node:path";
import { stringify } from "yaml";
import { readSource } from "../document.ts";
import { answer, complain, toJson, type Outcome } from "../outcome.ts";
import { TABLE_FILES, findTable } from "../read-table.ts";
import type { RouterInReach } from "../router/with-router.ts";
import { changesTo, readTableInForce, type TableInForce } from "./local-table.ts";
import { changeLines } from "./table-page.ts";

/** Writes the table in force to a file, unless that would lose something. */
export async function answerPull(
  { admin }: RouterInReach,
  named: string | undefined,
  { force, json }: { force?: boolean; json?: boolean },
): Promise<Outcome> {
  const inForce = await readTableInForce(admin);
  const found = findTable(named);
  const file = found.ok ? found.value : (TABLE_FILES[0] ?? "");
  const kept = existsSync(file) ? await lookAt(file, inForce) : undefined;
  const { version } = inForce;
  if (kept?.same === true) {
    if (json) return answer(toJson({ version, file, written: false }));
    return answer(`${file} is what is in force (version ${version}); it stays as it is written.`);
  }
  if (kept !== undefined && !force) {
    const detail = [`${file} says something else, and would be overwritten, comments and all:`, ...kept.lines].join(
      "\n",
    );
    return complain({ reason: "file_differs", detail: `${detail}\nAdd --force, or name another file.` }, 1, json);
  }
  await writeFile(file, toText(file, inForce.table));
  return answer(json ? toJson({ version, file, written: true }) : `${file} has version ${version} now.`);
}

/** How a file stands to the table in force. One that cannot be read as a table says something else. */
async function lookAt(file: string, inForce: TableInForce): Promise<{ same: boolean; lines: string[] }> {
  const source = await readSource(file);
  const changes = source.ok ? changesTo(inForce, source.value) : source;
  if (!changes.ok) return { same: false, lines: [changes.detail] };
  return { same: changes.value.length === 0, lines: changeLines(changes.value) };
}

function toText(file: string, table: unknown): string {
  if ([".yaml", ".yml"].includes(extname(file))) return stringify(table);
  return `${JSON.stringify(table, null, 2)}\n`;
}
