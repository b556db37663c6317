// Incidents: what somebody should look at, and the word that somebody has.

import { Hono, type Context } from "hono";
import * as v from "valibot";
import { remedyOf, SEVERITIES, severityOf, titleOf } from "../alerts/kinds.ts";
import {
  acknowledgeIncident,
  CauseSchema,
  findIncident,
  listIncidents,
  resolveIncident,
  type Incident,
  type Word,
} from "../ledger/incidents.ts";
import { problem } from "../problem.ts";
import type { AdminEnv } from "./access.ts";
import { InstantTextSchema, MaybeInstantSchema, toInstant, toMaybeInstant } from "./answers.ts";
import { describe } from "./describe.ts";
import { validBody, validQuery } from "./validate.ts";

const ListQuerySchema = v.strictObject({
  state: v.optional(
    v.pipe(
      v.picklist(["open", "acknowledged", "resolved"]),
      v.description("Only those. `open` takes the acknowledged ones along."),
    ),
  ),
  kind: v.optional(v.pipe(v.string(), v.description("Only of this kind."))),
  subject: v.optional(v.pipe(v.string(), v.description("Only about this."))),
});

const WordSchema = v.strictObject({
  note: v.optional(v.pipe(v.string(), v.maxLength(500), v.description("What others should know."))),
});

const IncidentSchema = v.pipe(
  v.object({
    kind: v.string(),
    subject: v.string(),
    severity: v.picklist(SEVERITIES),
    title: v.pipe(v.string(), v.description("What has happened, in one line.")),
    state: v.picklist(["open", "acknowledged", "resolved"]),
    openedAt: InstantTextSchema,
    lastSeenAt: InstantTextSchema,
    count: v.pipe(
      v.number(),
      v.description("How often it happened; of what the watchdog looks at, in how many of its looks."),
    ),
    detail: v.pipe(
      v.string(),
      v.description("What has happened, in numbers and in the words of whoever refused something."),
    ),
    remedy: v.pipe(v.nullable(v.string()), v.description("What helps against incidents of this kind.")),
    target: v.pipe(v.nullable(v.string()), v.description("The target it is about, where there is one.")),
    cause: v.pipe(v.nullable(CauseSchema), v.description("What failures of one incident have in common.")),
    deliveries: v.pipe(v.nullable(v.string()), v.description("The call that lists the deliveries affected.")),
    acknowledgedAt: MaybeInstantSchema,
    acknowledgedBy: v.nullable(v.string()),
    note: v.pipe(v.nullable(v.string()), v.description("What the last person wrote.")),
    resolvedAt: MaybeInstantSchema,
    resolvedBy: v.pipe(
      v.nullable(v.picklist(["person", "itself"])),
      v.description("`itself` when what it was about is over."),
    ),
    resolvedByName: v.pipe(v.nullable(v.string()), v.description("Which person.")),
  }),
  v.metadata({ ref: "Incident" }),
);

const NAMED = { kind: "The incident's `kind`.", subject: "The incident's `subject`." };

const EXAMPLE: v.InferOutput<typeof IncidentSchema> = {
  kind: "signature_refused",
  subject: "voucherify",
  severity: severityOf("signature_refused"),
  title: titleOf({ kind: "signature_refused", subject: "voucherify", target: null }),
  state: "open",
  openedAt: "2026-10-05T08:15:31.000Z",
  lastSeenAt: "2026-10-05T08:17:02.000Z",
  count: 12,
  detail: "Requests to the inlet are not signed with its secret. Compare VOUCHERIFY_SECRET with the project's.",
  remedy: remedyOf("signature_refused") ?? null,
  target: null,
  cause: null,
  deliveries: null,
  acknowledgedAt: null,
  acknowledgedBy: null,
  note: null,
  resolvedAt: null,
  resolvedBy: null,
  resolvedByName: null,
};

/** `GET /admin/incidents`, `POST /admin/incidents/<kind>/<subject>/acknowledge` and `/resolve`. */
export const incidentRoutes = new Hono<AdminEnv>()
  .get(
    "/",
    describe({
      summary: "Lists what somebody should look at, what was opened last first.",
      answer: v.object({ incidents: v.array(IncidentSchema) }),
      example: { answer: { incidents: [EXAMPLE] } },
    }),
    validQuery(ListQuerySchema),
    async (c) => {
      const incidents = await listIncidents(c.env.LEDGER, c.req.valid("query"));
      return c.json({ incidents: incidents.map(describeIncident) });
    },
  )
  .post(
    "/:kind/:subject/acknowledge",
    describe({
      summary: "Says that somebody is at it: nobody is reminded any more, and everybody sees who it is.",
      path: NAMED,
      answer: IncidentSchema,
      problems: ["not_found"],
      example: { body: { note: "I am talking to them" } },
    }),
    validBody(WordSchema),
    async (c) => takeWord(c, acknowledgeIncident, c.req.valid("json").note),
  )
  .post(
    "/:kind/:subject/resolve",
    describe({
      summary: "Marks an incident as dealt with.",
      description:
        "It reopens by itself when it happens again; one of the watchdog that goes on, after an hour. One that is resolved stays as it is.",
      path: NAMED,
      answer: IncidentSchema,
      problems: ["not_found"],
      example: { body: { note: "their certificate had expired" } },
    }),
    validBody(WordSchema),
    async (c) => takeWord(c, resolveIncident, c.req.valid("json").note),
  );

async function takeWord(c: Context<AdminEnv>, say: typeof resolveIncident, note: string | undefined) {
  const key = { kind: c.req.param("kind") ?? "", subject: c.req.param("subject") ?? "" };
  const before = await findIncident(c.env.LEDGER, key);
  const after = await say(c.env.LEDGER, key, Date.now(), wordOf(c, note));
  if (before === undefined || after === undefined) return problem(c, "not_found");
  c.set("change", { before: standingOf(before), after: standingOf(after) });
  return c.json(describeIncident(after));
}

function wordOf(c: Context<AdminEnv>, note: string | undefined): Word {
  const { actor, name } = c.get("caller");
  return { by: name ?? actor, note: note ?? null };
}

/** What of an incident a person's word changes. */
function standingOf(incident: Incident) {
  const { state, acknowledgedBy, resolvedByName, note } = describeIncident(incident);
  return { state, acknowledgedBy, resolvedByName, note };
}

function describeIncident(incident: Incident): v.InferOutput<typeof IncidentSchema> {
  const { kind, subject, openedAt, lastSeenAt, acknowledgedAt, resolvedAt, ...rest } = incident;
  const openState = acknowledgedAt === null ? "open" : "acknowledged";
  return {
    ...rest,
    kind,
    subject,
    severity: severityOf(kind),
    title: titleOf(incident),
    remedy: remedyOf(kind) ?? null,
    state: resolvedAt === null ? openState : "resolved",
    openedAt: toInstant(openedAt),
    lastSeenAt: toInstant(lastSeenAt),
    acknowledgedAt: toMaybeInstant(acknowledgedAt),
    resolvedAt: toMaybeInstant(resolvedAt),
    deliveries: deliveriesOf(incident),
  };
}

/** The deliveries behind failures are not kept one by one: a filter finds them. */
function deliveriesOf({ target, cause, openedAt }: Incident): string | null {
  if (target === null) return null;
  const status = cause?.status ?? null;
  const filter = new URLSearchParams({
    target,
    ...(cause !== null && { state: "failed", reason: cause.reason }),
    ...(status !== null && { status: String(status) }),
    since: toInstant(openedAt),
  });
  return `/admin/deliveries?${filter.toString()}`;
}
