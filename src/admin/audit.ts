// What was done through the admin API, by whom: every call that changes something, and every one that shows a payload. The
// entry is written first, so that nothing happens of which there is none.

import { Hono, type Context } from "hono";
import * as v from "valibot";
import { beginAudited, ChangeSchema, endAudited, listAudited, type AuditEntry } from "../ledger/audit-log.ts";
import { logFailure } from "../log.ts";
import { allows, callOf, type AdminEnv } from "./access.ts";
import { CompleteSchema, InstantTextSchema, NextSchema, toInstant } from "./answers.ts";
import { describe } from "./describe.ts";
import { ValueSchema } from "./filter.ts";
import { InstantSchema, limitSchema, validQuery } from "./validate.ts";

const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 500;

/** What entries are selected by; all of it must hold. */
export const AUDIT_FILTER = {
  since: v.pipe(v.optional(InstantSchema), v.description("Calls made at or after this instant.")),
  until: v.pipe(v.optional(InstantSchema), v.description("Calls made before this instant.")),
  actor: v.optional(
    v.pipe(ValueSchema, v.description("Whose token it was then, or its id; `secret` for the Worker secret.")),
  ),
  action: v.optional(
    v.pipe(
      ValueSchema,
      v.description("What `action` begins with, or its path: `PUT`, `PUT /admin/table`, `/admin/secrets`."),
    ),
  ),
  subject: v.optional(v.pipe(ValueSchema, v.description("What it was about, word for word."))),
  changed: v.optional(
    v.pipe(v.picklist(["true", "false"]), v.description("`true` shows only calls that say what they have changed.")),
  ),
};

const ListQuerySchema = v.strictObject({
  ...AUDIT_FILTER,
  cursor: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,15}$/, "expected an earlier answer's next"),
      v.description("An earlier answer's `next`."),
      v.transform(Number),
    ),
  ),
  limit: limitSchema(LIMIT_DEFAULT, LIMIT_MAX),
});

const EntrySchema = v.pipe(
  v.object({
    id: v.number(),
    at: InstantTextSchema,
    actor: v.object({
      id: v.pipe(v.string(), v.description("The token's id, or `secret` for the Worker secret.")),
      name: v.pipe(v.nullable(v.string()), v.description("Whose token it was then.")),
    }),
    action: v.pipe(v.string(), v.description("Method and path, with names for what is variable.")),
    subject: v.pipe(v.string(), v.description("What stood for those names.")),
    status: v.pipe(v.nullable(v.number()), v.description("Of the answer; null for a call that never ended.")),
    change: v.pipe(
      v.nullable(ChangeSchema),
      v.description("What the call says it has changed; never a secret's value or a payload."),
    ),
  }),
  v.metadata({ ref: "AuditEntry" }),
);

/** `GET /admin/audit`. */
export const auditRoutes = new Hono<AdminEnv>().get(
  "/",
  describe({
    summary: "Lists who did what, the newest first.",
    description:
      "Every call that is not a GET has an entry, and so has every GET that shows a payload. All conditions must hold. A page looks through 25,000 entries at most.",
    answer: v.object({ entries: v.array(EntrySchema), next: NextSchema, complete: CompleteSchema }),
    example: {
      answer: {
        entries: [
          {
            id: 42,
            at: "2026-10-05T08:15:31.000Z",
            actor: { id: "tok_8c0f1d2e3a4b5c6d", name: "the pipeline" },
            action: "PUT /admin/table",
            subject: "",
            status: 200,
            change: { before: { version: 6 }, after: { version: 7 } },
          },
        ],
        next: null,
        complete: true,
      },
    },
  }),
  validQuery(ListQuerySchema),
  async (c) => {
    const { cursor, limit, changed, ...asked } = c.req.valid("query");
    const filter = { ...asked, isChange: changed === "true" };
    const { entries, next } = await listAudited(c.env.LEDGER, filter, { before: cursor, limit });
    return c.json({
      entries: entries.map(describeEntry),
      next: next === null ? null : String(next),
      complete: next === null || entries.length === limit,
    });
  },
);

/**
 * Makes a call with its entry around it, where it has to have one.
 *
 * @throws whatever D1 throws when the entry cannot be begun; then the call was not made
 */
export async function withAudit(c: Context<AdminEnv>, call: () => Promise<void>): Promise<void> {
  const action = callOf(c);
  if (action === undefined || NOTED_BY_ITSELF.has(action) || !isAudited(c, action)) return call();
  await noted(c, action, call, () => c.res.status);
}

/**
 * Does something with an entry around it.
 *
 * @param work is told the entry's id
 * @param statusOf what it was answered with
 * @throws whatever D1 throws when the entry cannot be begun; then nothing was done
 */
export async function noted<T>(
  c: Context<AdminEnv>,
  action: string,
  work: (entry: number) => Promise<T>,
  statusOf: (result: T) => number,
): Promise<T> {
  const { actor, name } = c.get("caller");
  const subject = subjectOf(action, c.req.path);
  const id = await beginAudited(c.env.LEDGER, { at: Date.now(), actor, actorName: name, action, subject });
  const result = await work(id);
  // It has happened, whatever becomes of this: an entry that stays open says as much.
  await endAudited(c.env.LEDGER, id, statusOf(result), c.get("change")).catch((error: unknown) =>
    logFailure("audit_not_completed", error, { action }),
  );
  return result;
}

/** Calls that see to their entries themselves: a dry run has one for all its pages (dry-run-entry.ts). */
const NOTED_BY_ITSELF: ReadonlySet<string> = new Set(["POST /admin/table/dry-run"]);

/** Calls that only read have no entry, unless they show what customers' events say to somebody who may see it. */
function isAudited(c: Context<AdminEnv>, action: string): boolean {
  if (SHOW_PAYLOADS.has(action)) return allows(c.get("caller"), "payload");
  return !action.startsWith("GET ");
}

/** What stands in a path where the call has names; its parameters are known only to whoever handles it. */
function subjectOf(action: string, path: string): string {
  const parts = path.split("/");
  return action
    .split("/")
    .flatMap((name, index) => (name.startsWith(":") ? [parts[index] ?? ""] : []))
    .join("/");
}

const SHOW_PAYLOADS: ReadonlySet<string> = new Set([
  "GET /admin/sendouts/:id",
  "GET /admin/deliveries/:id",
  "GET /admin/quarantine/:id",
]);

function describeEntry({ at, actor, actorName, ...rest }: AuditEntry): v.InferOutput<typeof EntrySchema> {
  return { ...rest, at: toInstant(at), actor: { id: actor, name: actorName } };
}
