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
import { expectedVersion, IF_MATCH, newestHead, NoteSchema, publishDocument, PUBLISHED, toEtag } from "./publish.ts";
import { validQuery } from "./validate.ts";

const TableAnswerSchema = v.object({
  version: v.pipe(v.number(), v.description("0 before the first was published.")),
  publishedAt: MaybeInstantSchema,
  table: v.pipe(v.unknown(), v.description("As it was published; `/schema/routing-table.json` says what it is.")),
});

const EXAMPLE: v.InferInput<typeof RoutingTableSchema> = {
  inlets: { voucherify: { auth: { secrets: ["VOUCHERIFY_SECRET"] } } },
  targets: {
    crm: { request: { url: "https://crm.example.com/contacts", body: { email: "{{ customer.email }}" } } },
  },
  routes: [{ id: "customers", events: ["customer.*"], to: ["crm"] }],
};

/** `GET` and `PUT /admin/table`. */
export const tableRoutes = new Hono<AdminEnv>()
  .get(
    "/",
    describe({
      summary: "The routing table in force; its version is also the `ETag`.",
      answer: TableAnswerSchema,
      example: { answer: { version: 7, publishedAt: "2026-10-05T08:15:31.000Z", table: EXAMPLE } },
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
      description:
        "Its shape is checked, every template, and every template against examples of each event that its routes can bring. A field that none of them has is an error, one that some lack a warning.",
      headers: IF_MATCH,
      answer: v.object(PUBLISHED),
      problems: ["table_invalid", "table_conflict"],
      example: { body: EXAMPLE, answer: { version: 8, warnings: [] } },
    }),
    validQuery(v.strictObject({ note: NoteSchema })),
    documentBody(v.pipe(RoutingTableSchema, v.metadata({ ref: "RoutingTable" })), TABLE_BYTES_MAX),
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
