// What is done with a draft: checked, published, put on top of what somebody else has published.

import type { InferRequestType } from "hono/client";
import type { TableDocument } from "../../../routing/edit-table.ts";
import { signal } from "@preact/signals";
import { admin, answerOf } from "../../api/admin.ts";
import { ApiError } from "../../api/problem.ts";
import { forget } from "../../api/queries.ts";
import { tell } from "../../components/toasts.tsx";
import { check, clashes, discardDraft, keepDraft, type Base, type Draft } from "./draft.ts";
import { rebase } from "./rebase.ts";

/** What was published last from here, with what the router said about it. */
export const published = signal<{ version: number; warnings: readonly string[] } | undefined>(undefined);

/** Has a draft checked as a publication would; what is wrong then stands at its fields. */
export async function checkDraft({ document }: Draft): Promise<void> {
  const { errors, warnings } = await answerOf(admin.table.check.$post({ json: { table: document } }));
  check.value = { document, errors, warnings };
}

/**
 * Publishes a draft over the version that it began from.
 *
 * @throws ApiError where it is refused: `table_conflict` where another version is in force
 */
export async function publishDraft({ base, document }: Draft, note: string): Promise<void> {
  const json = document as InferRequestType<typeof admin.table.$put>["json"]; // whatever it is, the router checks it
  const query = note === "" ? {} : { note };
  try {
    settle(await answerOf(admin.table.$put({ query, json }, ifMatch(base.version))));
  } catch (error) {
    if (error instanceof ApiError) await explainRefusal(error, document);
    throw error;
  }
  discardDraft();
}

async function explainRefusal({ code, errors }: ApiError, document: TableDocument): Promise<void> {
  if (code === "table_invalid") check.value = { document, errors, warnings: [] };
  if (code === "table_conflict") await forget("table");
}

/**
 * Publishes an earlier version again.
 *
 * @throws ApiError where it is refused
 */
export async function rollBack(version: number, inForce: number, note: string): Promise<void> {
  const json = { version, ...(note !== "" && { note }) };
  settle(await answerOf(admin.table.rollback.$post({ json }, ifMatch(inForce))));
}

/** What reads the table reads it again, parts and standings as well. */
function settle(done: { version: number; warnings: readonly string[] }): void {
  published.value = done;
  tell({ title: `Version ${done.version} is in force.` });
  void forget("table", "inlets", "targets", "routes", "standing", "holds", "upstream");
}

function ifMatch(version: number) {
  return { headers: { "if-match": `"${version}"` } };
}

/** Puts a draft on top of the version in force; what both have changed is remembered. */
export function putOnTop({ base, document }: Draft, inForce: Base): void {
  const rebased = rebase(base.document, document, inForce.document);
  check.value = undefined;
  clashes.value = rebased.clashes;
  keepDraft({ base: inForce, document: rebased.document });
}
