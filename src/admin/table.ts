// The routing table, to read and to publish.

import { Hono } from "hono";
import { hostRules } from "../delivery/host-rules.ts";
import { allowsLocalTargets } from "../env.ts";
import { readHead } from "../ledger/table-versions.ts";
import { problem } from "../problem.ts";
import { readBody } from "../read-body.ts";
import { checkTable } from "../routing/check-table.ts";
import { addressIssues, compileTable } from "../routing/compile.ts";
import { publishTable } from "../routing/table-store.ts";
import { DEFAULT_TABLE } from "../routing/table.ts";
import type { AdminEnv } from "./access.ts";
import { settleSecrets } from "./publish-warnings.ts";

/** Largest routing table, in bytes: it rests in one D1 value, which holds 2 MB. */
const TABLE_BYTES_MAX = 1024 * 1024;

/** `GET` and `PUT /admin/table`. */
export const tableRoutes = new Hono<AdminEnv>()
  .get("/", async (c) => {
    const head = await readHead(c.env.LEDGER);
    const version = head?.version ?? 0;
    c.header("etag", etag(version));
    const publishedAt = head === undefined ? null : new Date(head.publishedAt).toISOString();
    return c.json({ version, publishedAt, table: head?.document ?? DEFAULT_TABLE });
  })
  .put("/", async (c) => {
    const body = await readBody(c.req.raw, TABLE_BYTES_MAX);
    if (body === undefined) return problem(c, "body_too_large");
    const document = parseJson(body);
    if (document === undefined) return problem(c, "body_not_json");
    const compiled = compileTable(document.value);
    if (!compiled.ok) return problem(c, "table_invalid", { errors: compiled.issues });
    const errors = addressIssues(compiled.value, allowsLocalTargets(c.env), hostRules(c.env));
    const check = await checkTable(compiled.value);
    errors.push(...check.errors);
    if (errors.length > 0) return problem(c, "table_invalid", { errors });
    const head = (await readHead(c.env.LEDGER))?.version ?? 0;
    const expected = expectedVersion(c.req.header("if-match"), head);
    if (expected !== head) return problem(c, "table_conflict", { headers: { etag: etag(head) } });
    const published = await publishTable(c.env, head, document.value, Date.now());
    if (published.outcome === "conflict") return problem(c, "table_conflict");
    c.set("change", { before: { version: head }, after: { version: published.version } });
    c.header("etag", etag(published.version));
    const warnings = [
      ...(await settleSecrets(c.env, compiled.value)),
      ...check.warnings,
      ...(published.copied ? [] : ["The copy at the edge could not be written; it follows within a minute."]),
    ];
    return c.json({ version: published.version, warnings });
  });

function etag(version: number): string {
  return `"${version}"`;
}

/** The version a publisher means to replace: without `If-Match`, or with `*`, whichever is newest. */
function expectedVersion(ifMatch: string | undefined, head: number): number {
  if (ifMatch === undefined || ifMatch.trim() === "*") return head;
  const version = /^(?:W\/)?"(\d{1,15})"$/.exec(ifMatch.trim())?.[1];
  return version === undefined ? Number.NaN : Number(version);
}

function parseJson(body: Uint8Array): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(new TextDecoder().decode(body)) };
  } catch {
    return undefined; // the parser's message quotes the input, so it is not passed on
  }
}
