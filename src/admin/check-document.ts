// What is looked at before a routing table is published, by whichever call: its shape, its templates, its addresses, and
// every template against examples of what can come by.

import { hostRules } from "../delivery/host-rules.ts";
import { allowsLocalTargets, type Bindings } from "../env.ts";
import type { Issue } from "../issues.ts";
import { checkTable } from "../routing/check-table.ts";
import { addressIssues, compileTable, type CompiledTable } from "../routing/compile.ts";

/** A document that may be published, or why it may not. */
export type CheckedDocument =
  | { ok: true; document: unknown; table: CompiledTable; warnings: string[] }
  | { ok: false; errors: Issue[] };

/** Checks a document. Nothing is kept and nothing is asked: only secrets are left to look at, which this does not do. */
export async function checkDocument(env: Bindings, document: unknown): Promise<CheckedDocument> {
  const compiled = compileTable(document);
  if (!compiled.ok) return { ok: false, errors: compiled.issues };
  const table = compiled.value;
  const { errors, warnings } = await checkTable(table);
  errors.unshift(...addressIssues(table, allowsLocalTargets(env), hostRules(env)));
  return errors.length > 0 ? { ok: false, errors } : { ok: true, document, table, warnings };
}
