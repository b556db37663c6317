// The routing table, to read and to publish.

import { Hono } from "hono";
import * as v from "valibot";
import { problem } from "../problem.ts";
import { RoutingTableSchema } from "../routing/table.ts";
import type { AdminEnv } from "./access.ts";
import { MaybeInstantSchema, toMaybeInstant } from "./answers.ts";
import { checkDocument } from "./check-document.ts";
import { describe } from "./describe.ts";
import { documentBody, TABLE_BYTES_MAX } from "./document-body.ts";
import { expectedVersion, newestHead, NoteSchema, publishDocument, PUBLISHED, toEtag } from "./publish.ts";
import { validQuery } from "./validate.ts";

/** `GET` and `PUT /admin/table`. */
export const tableRoutes = new Hono<AdminEnv>()
  .get(
    "/",
    describe({
      summary: "The routing table in force; its version is also the `ETag`.",
      answer: v.object({ version: v.number(), publishedAt: MaybeInstantSchema, table: v.unknown() }),
    }),
    async (c) => {
      const { version, publishedAt, document } = await newestHead(c.env.LEDGER);
      c.header("etag", toEtag(version));
      return c.json({ version, publishedAt: toMaybeInstant(publishedAt), table: document });
    },
  )
  .put(
    "/",
    describe({
      summary: "Checks and publishes a whole table.",
      description: "With `If-Match` only over that version, without it over whichever is newest.",
      answer: v.object(PUBLISHED),
      problems: ["body_too_large", "body_not_json", "table_invalid", "table_conflict"],
    }),
    validQuery(v.strictObject({ note: NoteSchema })),
    documentBody(RoutingTableSchema, TABLE_BYTES_MAX),
    async (c) => {
      const checked = await checkDocument(c.env, c.req.valid("json"));
      if (!checked.ok) return problem(c, "table_invalid", { errors: checked.errors });
      const head = await newestHead(c.env.LEDGER);
      if (expectedVersion(c, head.version) !== head.version) {
        return problem(c, "table_conflict", { headers: { etag: toEtag(head.version) } });
      }
      const published = await publishDocument(c, checked, head.version, c.req.valid("query").note);
      return published === undefined ? problem(c, "table_conflict") : c.json(published);
    },
  );
