// Every table there has been: to look at, to compare, and to put in force again.

import { Hono } from "hono";
import * as v from "valibot";
import { PersonSchema, toPerson } from "../ledger/person.ts";
import { listVersions, readVersionRecord, type VersionSummary } from "../ledger/table-versions.ts";
import { problem } from "../problem.ts";
import { diffTables } from "../routing/diff-tables.ts";
import { readDocument } from "../routing/edit-table.ts";
import { DEFAULT_TABLE } from "../routing/table.ts";
import type { AdminEnv } from "./access.ts";
import { MaybeInstantSchema, NextSchema, toMaybeInstant } from "./answers.ts";
import { checkDocument } from "./check-document.ts";
import { describe } from "./describe.ts";
import { expectedVersion, IF_MATCH, newestHead, NoteSchema, publishDocument, PUBLISHED, toEtag } from "./publish.ts";
import { limitSchema, validBody, validQuery } from "./validate.ts";

const LIMIT_DEFAULT = 50;
const LIMIT_MAX = 200;

/** A version's number as URLs have it; 0 is the built-in table. */
const VersionTextSchema = v.pipe(
  v.string(),
  v.regex(/^\d{1,9}$/, "expected a version's number, like 12"),
  v.description("A version's number; 0 is the built-in table."),
  v.transform(Number),
);

const ListQuerySchema = v.strictObject({
  cursor: v.pipe(v.optional(VersionTextSchema), v.description("An earlier answer's `next`.")),
  limit: limitSchema(LIMIT_DEFAULT, LIMIT_MAX),
});

const DiffQuerySchema = v.strictObject({
  from: VersionTextSchema,
  to: v.pipe(v.optional(VersionTextSchema), v.description("The newer one; the newest of all when left out.")),
});

const RollbackBodySchema = v.strictObject({
  version: v.pipe(
    v.number(),
    v.integer("expected a version's number"),
    v.minValue(0),
    v.description("The version whose table is published again; 0 is the built-in one."),
  ),
  note: NoteSchema,
});

const VersionSchema = v.object({
  version: v.number(),
  publishedAt: MaybeInstantSchema,
  by: v.pipe(
    v.nullable(PersonSchema),
    v.description("The token that published it, or `secret` for the Worker secret; null where that was not noted."),
  ),
  note: v.nullable(v.string()),
});

const ChangeSchema = v.object({
  change: v.picklist(["added", "removed", "changed", "moved"]),
  path: v.pipe(v.string(), v.description("Dotted, routes by their id: `routes.vip.when.0`.")),
  before: v.optional(v.unknown()),
  after: v.optional(v.unknown()),
});

/** `GET /admin/table/versions`, `/versions/<version>` and `/diff`, `POST /admin/table/rollback`. */
export const tableVersionRoutes = new Hono<AdminEnv>()
  .get(
    "/versions",
    describe({
      summary: "Lists the versions of the table, the newest first.",
      answer: v.object({ versions: v.array(VersionSchema), next: NextSchema }),
    }),
    validQuery(ListQuerySchema),
    async (c) => {
      const { cursor, limit } = c.req.valid("query");
      const versions = await listVersions(c.env.LEDGER, { before: cursor, limit });
      const next = versions.length === limit ? String(versions.at(-1)?.version) : null;
      return c.json({ versions: versions.map(describeVersion), next });
    },
  )
  .get(
    "/versions/:version",
    describe({
      summary: "One version with its table.",
      path: { version: "Its number; 0 is the built-in table." },
      answer: v.intersect([VersionSchema, v.object({ table: v.unknown() })]),
      problems: ["not_found"],
    }),
    async (c) => {
      const version = v.safeParse(VersionTextSchema, c.req.param("version"));
      const found = version.success ? await findVersion(c.env.LEDGER, version.output) : undefined;
      if (found === undefined) return problem(c, "not_found");
      return c.json({ ...describeVersion(found), table: found.document });
    },
  )
  .get(
    "/diff",
    describe({
      summary: "What differs between two versions; `to` is the newest when left out.",
      answer: v.object({ from: v.number(), to: v.number(), changes: v.array(ChangeSchema) }),
      problems: ["not_found"],
    }),
    validQuery(DiffQuerySchema),
    async (c) => {
      const { from, to } = c.req.valid("query");
      const [before, after] = await Promise.all([
        findVersion(c.env.LEDGER, from),
        to === undefined ? newestHead(c.env.LEDGER) : findVersion(c.env.LEDGER, to),
      ]);
      if (before === undefined || after === undefined) return problem(c, "not_found");
      const changes = diffTables(readDocument(before.document), readDocument(after.document));
      return c.json({ from, to: after.version, changes });
    },
  )
  .post(
    "/rollback",
    describe({
      summary: "Publishes the table of an earlier version again, as a new version.",
      description: "It is checked like any other.",
      headers: IF_MATCH,
      answer: v.object(PUBLISHED),
      problems: ["not_found", "table_invalid", "table_conflict"],
      example: { body: { version: 6, note: "the new template lost a field" }, answer: { version: 8, warnings: [] } },
    }),
    validBody(RollbackBodySchema),
    async (c) => {
      const { version, note } = c.req.valid("json");
      const found = await findVersion(c.env.LEDGER, version);
      if (found === undefined)
        return problem(c, "not_found", { detail: `There is no version ${version} of the table.` });
      const head = await newestHead(c.env.LEDGER);
      if (expectedVersion(c, head.version) !== head.version) {
        return problem(c, "table_conflict", { headers: { etag: toEtag(head.version) } });
      }
      const checked = await checkDocument(c.env, found.document);
      if (!checked.ok) return problem(c, "table_invalid", { errors: checked.errors });
      const published = await publishDocument(c, checked, head.version, note ?? `back to version ${version}`);
      return published === undefined ? problem(c, "table_conflict") : c.json(published);
    },
  );

type VersionRecord = Omit<VersionSummary, "publishedAt"> & { publishedAt: number | null };

/** A version; 0 is what was in force before anybody published anything. */
async function findVersion(
  db: D1Database,
  version: number,
): Promise<(VersionRecord & { document: unknown }) | undefined> {
  if (version > 0) return readVersionRecord(db, version);
  return { version: 0, publishedAt: null, actor: null, actorName: null, note: null, document: DEFAULT_TABLE };
}

function describeVersion({
  version,
  publishedAt,
  actor,
  actorName,
  note,
}: VersionRecord): v.InferOutput<typeof VersionSchema> {
  return {
    version,
    publishedAt: toMaybeInstant(publishedAt),
    by: toPerson(actor, actorName),
    note,
  };
}
