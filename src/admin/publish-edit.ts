// An edit of one part of the table: read, changed, checked, published. Somebody who publishes something else meanwhile
// loses nothing, because the edit is then made again on what they published.

import type { Context } from "hono";
import { problem, type ProblemResponse } from "../problem.ts";
import { findPart, placeInPart, readDocument, type PartKind, type TableDocument } from "../routing/edit-table.ts";
import type { AdminEnv } from "./access.ts";
import { checkDocument } from "./check-document.ts";
import { expectedVersion, newestHead, publishDocument, toEtag } from "./publish.ts";

/** How often an edit is made again because somebody else was faster: each time is a compilation of the whole table. */
const TRIES_MAX = 5;

/** Which part is edited, and why. */
interface Edit {
  kind: PartKind;
  id: string;
  note: string | undefined;
}

/** An edit that is in force. */
interface Edited {
  version: number;
  warnings: string[];
  /** Whether there was such a part before. */
  existed: boolean;
}

/**
 * Publishes the newest table with one part changed, over that version alone where `If-Match` asks for it.
 *
 * @param edit the document changed, or why it is not
 * @throws whatever D1 throws; then nothing was published
 */
export async function publishEdit<TRefusal extends Response>(
  c: Context<AdminEnv>,
  { kind, id, note }: Edit,
  edit: (document: TableDocument) => TableDocument | TRefusal,
): Promise<Edited | TRefusal | ProblemResponse<"table_invalid" | "table_conflict">> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const head = await newestHead(c.env.LEDGER);
    if (expectedVersion(c, head.version) !== head.version) {
      return problem(c, "table_conflict", { headers: { etag: toEtag(head.version) } });
    }
    const document = readDocument(head.document);
    const edited = edit(document);
    if (edited instanceof Response) return edited;
    const checked = await checkDocument(c.env, edited);
    if (!checked.ok) {
      const errors = checked.errors.map(({ path, message }) => ({
        path: placeInPart(edited, kind, id, path),
        message,
      }));
      return problem(c, "table_invalid", { errors });
    }
    const before = findPart(document, kind, id);
    const change = { before: before?.definition, after: findPart(edited, kind, id)?.definition };
    const published = await publishDocument(c, checked, head.version, note, change);
    if (published !== undefined) return { ...published, existed: before !== undefined };
  }
  return problem(c, "table_conflict");
}
