// What `signalbox plan` answers: what publishing the table of this folder would change, what a publication has against it,
// and what it would make of the sendouts that came in lately.

import type { TableChange } from "../../src/routing/diff-tables.ts";
import { answer, complain, toJson, type Outcome } from "../outcome.ts";
import type { RouterInReach } from "../router/with-router.ts";
import { createProgress } from "../terminal/progress.ts";
import { dryRun, type DryRun } from "./dry-run.ts";
import { dryRunLines } from "./dry-run-page.ts";
import { changesTo, checkOnRouter, readLocalTable, readTableInForce, type Checked } from "./local-table.ts";
import { toMarkdown } from "./plan-markdown.ts";
import { changeLines, checkLines } from "./table-page.ts";
import type { SourceDocument } from "../document.ts";

/** What is asked for. */
export interface PlanOptions {
  last: number;
  since?: string;
  markdown?: boolean;
  json?: boolean;
}

/** What publishing would come to. */
export interface Plan {
  /** The version in force. */
  version: number;
  changes: TableChange[];
  checked: Checked;
  /** Null where there is nothing to compare, because nothing changes or the table cannot be published. */
  dryRun: DryRun | null;
}

/** The plan of a table; one that cannot be published is a no. */
export async function answerPlan(
  { admin }: RouterInReach,
  named: string | undefined,
  { last, since, markdown, json }: PlanOptions,
): Promise<Outcome> {
  const source = await readLocalTable(named);
  if (!source.ok) return complain(source, 2, json);
  const inForce = await readTableInForce(admin);
  const changes = changesTo(inForce, source.value);
  if (!changes.ok) return complain(changes, 2, json);
  const checked = await checkOnRouter(admin, source.value.value);
  const isCompared = checked.valid && changes.value.length > 0 && last > 0;
  const range = { last, ...(since !== undefined && { since }) };
  const ran = isCompared ? await dryRun(admin, source.value.value, range, createProgress()) : null;
  const plan: Plan = { version: inForce.version, changes: changes.value, checked, dryRun: ran };
  const exitCode = checked.valid ? 0 : 1;
  if (json) return answer(toJson(plan), exitCode);
  return answer(markdown ? toMarkdown(plan, source.value) : planPage(plan, source.value), exitCode);
}

function planPage({ version, changes, checked, dryRun: ran }: Plan, source: SourceDocument): string {
  if (changes.length === 0) return `Nothing to publish: ${source.file} is what is in force (version ${version}).`;
  return [
    `${source.file} against version ${version}, which is in force:`,
    ...changeLines(changes).map((line) => `  ${line}`),
    ...checkLines(checked, source),
    ...(ran === null ? [] : ["", ...dryRunLines(ran)]),
    "",
    checked.valid ? "To publish it: signalbox apply" : "It cannot be published.",
  ].join("\n");
}
