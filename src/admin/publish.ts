// Publishing a routing table: the same whether it was sent whole, edited in one part, or is an old one again.

import type { Context } from "hono";
import * as v from "valibot";
import type { Change } from "../ledger/audit-log.ts";
import { readHead } from "../ledger/table-versions.ts";
import { publishTable } from "../routing/table-store.ts";
import { DEFAULT_TABLE } from "../routing/table.ts";
import type { AdminEnv } from "./access.ts";
import type { CheckedDocument } from "./check-document.ts";
import { settleSecrets } from "./publish-warnings.ts";

/** Why somebody published, for whoever reads the list of versions. */
export const NoteSchema = v.optional(
  v.pipe(v.string(), v.trim(), v.maxLength(500, "expected 500 characters at most"), v.description("Why, for people.")),
);

/** The header that all of them look at. */
export const IF_MATCH = { "If-Match": "The version to replace, in quotes; whichever is newest when left out." };

/** What every call that publishes answers, at least. */
export const PUBLISHED = {
  version: v.pipe(v.number(), v.description("The new version, in force from now on.")),
  warnings: v.pipe(v.array(v.string()), v.description("What somebody should look at; the table is published.")),
};

/** The newest version; the built-in table counts as version 0. */
export interface Head {
  version: number;
  /** Milliseconds since 1970; null when nothing was ever published. */
  publishedAt: number | null;
  document: unknown;
}

/**
 * The newest version, straight from D1.
 *
 * @throws whatever D1 throws
 */
export async function newestHead(db: D1Database): Promise<Head> {
  return (await readHead(db)) ?? { version: 0, publishedAt: null, document: DEFAULT_TABLE };
}

/**
 * Publishes a document over a version and notes it for the audit log. Undefined when somebody else was faster.
 *
 * @param change what else the audit log should have, beside the versions
 * @throws whatever D1 throws; then nothing was published
 */
export async function publishDocument(
  c: Context<AdminEnv>,
  { document, table, warnings }: CheckedDocument & { ok: true },
  over: number,
  note: string | undefined,
  change: Change = {},
): Promise<v.InferOutput<v.ObjectSchema<typeof PUBLISHED, undefined>> | undefined> {
  const { actor, name: actorName } = c.get("caller");
  const author = { actor, actorName, note: note ?? null };
  const published = await publishTable(c.env, over, document, Date.now(), author);
  if (published.outcome === "conflict") return undefined;
  const { version, copied } = published;
  c.set("change", { before: { version: over, ...part(change.before) }, after: { version, ...part(change.after) } });
  c.header("etag", toEtag(version));
  return {
    version,
    warnings: [
      ...(await settleSecrets(c.env, table)),
      ...warnings,
      ...(copied ? [] : ["The copy at the edge could not be written; it follows within a minute."]),
    ],
  };
}

function part(definition: unknown): object {
  return definition === undefined ? {} : { part: definition };
}

/** A version as an entity tag. */
export function toEtag(version: number): string {
  return `"${version}"`;
}

/** The version a publisher means to replace: without `If-Match`, or with `*`, whichever is newest. */
export function expectedVersion(c: Context, head: number): number {
  const ifMatch = c.req.header("if-match")?.trim();
  if (ifMatch === undefined || ifMatch === "*") return head;
  const version = /^(?:W\/)?"(\d{1,15})"$/.exec(ifMatch)?.[1];
  return version === undefined ? Number.NaN : Number(version);
}
