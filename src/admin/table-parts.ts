// Inlets, targets and routes, each to be read and edited alone. An edit is a publication of the whole table with that one
// part changed, so it is checked, versioned and rolled back like every other.

import { Hono, type Context } from "hono";
import * as v from "valibot";
import type { Issue } from "../issues.ts";
import { problem } from "../problem.ts";
import {
  findPart,
  partsOf,
  readDocument,
  usersOf,
  withoutPart,
  withPart,
  type NewPart,
  type Part,
  type PartKind,
  type TableDocument,
} from "../routing/edit-table.ts";
import { InletSchema, RouteSchema, TargetSchema } from "../routing/table.ts";
import { isJsonObject } from "../voucherify/read-json.ts";
import type { AdminEnv } from "./access.ts";
import { describe } from "./describe.ts";
import { documentBody, PART_BYTES_MAX } from "./document-body.ts";
import { describeInlet, InletStandingSchema } from "./inlet-standing.ts";
import { publishEdit } from "./publish-edit.ts";
import { IF_MATCH, newestHead, NoteSchema, PUBLISHED, toEtag } from "./publish.ts";
import { validQuery } from "./validate.ts";

const PartSchema = v.object({
  id: v.string(),
  definition: v.pipe(v.unknown(), v.description("As it stands in the table.")),
  usedBy: v.pipe(v.array(v.string()), v.description("The routes that name it.")),
});

/** What is special about a kind of part. */
interface Kind<TDefinition extends v.GenericSchema, TAnswer extends v.GenericSchema, TMore extends object> {
  /** One of them, as the first word of a sentence. */
  one: string;
  definition: TDefinition;
  example: v.InferInput<TDefinition>;
  answer: TAnswer;
  /** What is told of one beside its definition. */
  tell: (c: Context<AdminEnv>, part: Part) => TMore;
}

const EDIT =
  "The newest version is read, changed in this part and published. Without `If-Match` the edit is made again where somebody published something else meanwhile; with it only that version is edited.";

const NoteQuerySchema = v.strictObject({ note: NoteSchema });

const NeverSchema = v.pipe(v.never(), v.description("Not here: the order of routes alone counts."));

const BeforeSchema = v.pipe(v.string(), v.description("The route that it is put before."));

/** `GET /admin/inlets`, and `GET`, `PUT` and `DELETE /admin/inlets/<id>`. */
export const inletParts = partRoutes("inlets", {
  one: "An inlet",
  definition: InletSchema,
  example: { auth: { secrets: ["VOUCHERIFY_SECRET"] } },
  answer: v.intersect([PartSchema, InletStandingSchema]),
  tell: describeInlet,
});

/** The same for `/admin/targets`. */
export const targetParts = partRoutes("targets", {
  one: "A target",
  definition: TargetSchema,
  example: { request: { url: "https://crm.example.com/contacts", body: { email: "{{ customer.email }}" } } },
  answer: PartSchema,
  tell: () => ({}),
});

/** The same for `/admin/routes`, whose order counts: `PUT …?before=<id>`. */
export const routeParts = partRoutes("routes", {
  one: "A route",
  definition: RouteSchema,
  example: { id: "customers", events: ["customer.*"], to: ["crm"] },
  answer: PartSchema,
  tell: () => ({}),
});

function partRoutes<TDefinition extends v.GenericSchema, TAnswer extends v.GenericSchema, TMore extends object>(
  kind: PartKind,
  { one, definition, example, answer, tell }: Kind<TDefinition, TAnswer, TMore>,
) {
  const show = (c: Context<AdminEnv>, document: TableDocument, part: Part) => ({
    ...part,
    usedBy: usersOf(document, kind, part.id),
    ...tell(c, part),
  });
  const path = { id: "Its name in the table." };
  return new Hono<AdminEnv>()
    .get(
      "/",
      describe({
        summary: `Lists the ${kind} of the table in force.`,
        answer: v.object({ version: v.number(), items: v.array(answer) }),
      }),
      async (c) => {
        const { version, document } = await readTable(c);
        return c.json({ version, items: partsOf(document, kind).map((part) => show(c, document, part)) });
      },
    )
    .get(
      "/:id",
      describe({
        summary: `${one} of the table in force.`,
        path,
        answer: v.intersect([v.object({ version: v.number() }), answer]),
        problems: ["not_found"],
      }),
      async (c) => {
        const { version, document } = await readTable(c);
        const part = findPart(document, kind, c.req.param("id"));
        return part === undefined ? problem(c, "not_found") : c.json({ version, ...show(c, document, part) });
      },
    )
    .put(
      "/:id",
      describe({
        summary: `${one} put into the table, in the place of the one of that name if there is one.`,
        description: EDIT,
        path,
        headers: IF_MATCH,
        example: { body: example },
        answer: v.object({ id: v.string(), created: v.boolean(), ...PUBLISHED }),
        problems: ["request_invalid", "body_too_large", "body_not_json", "table_invalid", "table_conflict"],
      }),
      validQuery(
        v.strictObject({ note: NoteSchema, before: v.optional(kind === "routes" ? BeforeSchema : NeverSchema) }),
      ),
      documentBody(definition, PART_BYTES_MAX),
      async (c) => {
        const id = c.req.param("id");
        const { note, before } = c.req.valid("query");
        const sent = c.req.valid("json");
        if (!isJsonObject(sent)) return problem(c, "request_invalid", { errors: [NO_OBJECT] });
        const part = { id, definition: sent };
        const edited = await publishEdit(c, { kind, id, note }, (document) => {
          const errors = misplaced(document, kind, part, before);
          return errors.length > 0 ? problem(c, "request_invalid", { errors }) : withPart(document, kind, part, before);
        });
        if (edited instanceof Response) return edited;
        const { existed, ...published } = edited;
        return c.json({ id, created: !existed, ...published });
      },
    )
    .delete(
      "/:id",
      describe({
        summary: `${one} taken out of the table, unless a route names it.`,
        description: EDIT,
        path,
        headers: IF_MATCH,
        answer: v.object({ id: v.string(), deleted: v.literal(true), ...PUBLISHED }),
        problems: ["request_invalid", "not_found", "part_in_use", "table_invalid", "table_conflict"],
      }),
      validQuery(NoteQuerySchema),
      async (c) => {
        const id = c.req.param("id");
        const { note } = c.req.valid("query");
        const edited = await publishEdit(c, { kind, id, note }, (document) => {
          if (findPart(document, kind, id) === undefined) return problem(c, "not_found");
          const users = usersOf(document, kind, id).join(", ");
          const detail = `It is used by the routes: ${users}. Take it out of them first.`;
          return users === "" ? withoutPart(document, kind, id) : problem(c, "part_in_use", { detail });
        });
        if (edited instanceof Response) return edited;
        const { existed: _, ...published } = edited;
        return c.json({ id, deleted: true as const, ...published });
      },
    );
}

/** The table in force; its version becomes the answer's entity tag. */
async function readTable(c: Context<AdminEnv>): Promise<{ version: number; document: TableDocument }> {
  const { version, document } = await newestHead(c.env.LEDGER);
  c.header("etag", toEtag(version));
  return { version, document: readDocument(document) };
}

const NO_OBJECT: Issue = { path: "(root)", message: "expected an object" };

/** Why a part cannot be put where it was asked for. */
function misplaced(document: TableDocument, kind: PartKind, { id, definition }: NewPart, before?: string): Issue[] {
  if (kind !== "routes") return [];
  const named = definition["id"];
  const isNext = before === undefined || (before !== id && findPart(document, kind, before) !== undefined);
  return [
    ...(named === undefined || named === id ? [] : [{ path: "id", message: `expected "${id}", as the URL says` }]),
    ...(isNext ? [] : [{ path: "before", message: "expected the id of another route" }]),
  ];
}
