// What Voucherify has not delivered. Its API has no list of sendouts, so from here only spans of time can be told; which of the
// sendouts that its own log shows are missing is told when somebody pastes their ids.

import { Hono, type Context } from "hono";
import * as v from "valibot";
import type { Span } from "../ledger/arrivals.ts";
import {
  countAllArrivals,
  findRecordedAnywhere,
  firstOfAllArrivals,
  lastArrivalElsewhere,
  lastProjectAnywhere,
} from "../ledger/everywhere.ts";
import { listIncidents, type Incident } from "../ledger/incidents.ts";
import type { ShardBindings } from "../ledger/shards.ts";
import { listGaps, type Gap } from "../ledger/webhook-gaps.ts";
import { problem } from "../problem.ts";
import { ledgerIdOf } from "../routing/identify.ts";
import { newestTable } from "../routing/table-store.ts";
import { sendoutKey } from "../voucherify/normalise.ts";
import { LOOKED_UP_MAX, sendoutIdsIn } from "../voucherify/sendout-ids.ts";
import type { AdminEnv } from "./access.ts";
import { InstantTextSchema, MaybeInstantSchema, toInstant, toMaybeInstant } from "./answers.ts";
import { describe } from "./describe.ts";
import { InstantSchema, validBody, validQuery } from "./validate.ts";

const DAY_MS = 24 * 60 * 60_000;
const WEEK_MS = 7 * DAY_MS;

/** How long Voucherify's support can send a webhook again (migration guide), and how far back is looked by default. */
const RESEND_MS = 14 * DAY_MS;

const InletQuery = v.optional(v.pipe(v.string(), v.description("The inlet; that of the settings when left out.")));

const QuerySchema = v.strictObject({
  inlet: InletQuery,
  since: v.pipe(v.optional(InstantSchema), v.description("Only from this ISO 8601 instant on.")),
  until: v.pipe(v.optional(InstantSchema), v.description("Only until then.")),
});

const CountsSchema = v.array(v.object({ type: v.nullable(v.string()), count: v.number() }));

const GapSchema = v.object({
  cause: v.picklist(["disabled", "missing"]),
  webhook: v.nullable(v.string()),
  beganAfter: v.pipe(
    MaybeInstantSchema,
    v.description("It was seen active then, or the last sendout came then; null where neither is known."),
  ),
  beganBefore: v.pipe(InstantTextSchema, v.description("When it was noticed.")),
  endedAt: v.pipe(MaybeInstantSchema, v.description("Null while it goes on.")),
  endedBy: v.nullable(v.picklist(["itself", "person"])),
  lastReceivedAt: MaybeInstantSchema,
  firstReceivedAt: v.pipe(MaybeInstantSchema, v.description("Of the first sendout after it ended.")),
  resendUntil: v.pipe(InstantTextSchema, v.description("Until when support can send the first of it again.")),
  usual: v.pipe(
    v.nullable(v.object({ since: InstantTextSchema, until: InstantTextSchema, events: CountsSchema })),
    v.description("What came in the same span a week before; null when it is longer than a week."),
  ),
});

const ReportSchema = v.object({
  inlet: v.string(),
  since: InstantTextSchema,
  until: InstantTextSchema,
  gaps: v.array(GapSchema),
  refused: v.pipe(
    v.array(v.object({ kind: v.string(), since: InstantTextSchema, until: InstantTextSchema, count: v.number() })),
    v.description("Requests that the inlet refused in that time: what they brought is missing too."),
  ),
  received: v.pipe(CountsSchema, v.description("What came in from `since` to `until`, a week of it at most.")),
  steps: v.pipe(v.array(v.string()), v.description("How to find out which sendouts are missing, and to get them.")),
});

const LookUpBodySchema = v.strictObject({
  sendouts: v.pipe(
    v.union([v.string(), v.array(v.string())], "expected a text or a list of texts"),
    v.description("Voucherify's ids, or any text that has them in it, like a page of its log."),
    v.transform((given) => sendoutIdsIn([given].flat().join("\n"))),
    v.minLength(1, "expected Voucherify's ids of sendouts, like whs_…"),
    v.maxLength(LOOKED_UP_MAX, `expected ${LOOKED_UP_MAX} ids at most`),
  ),
  inlet: InletQuery,
  project: v.optional(
    v.pipe(
      v.string(),
      v.description("Where they are from; the settings' project when left out, else the one that came in last."),
    ),
  ),
});

/** `GET` and `POST /admin/upstream/gap`. */
export const gapRoutes = new Hono<AdminEnv>()
  .get(
    "/",
    describe({
      summary: "When Voucherify sent nothing to an inlet, what usually comes in such a time, and how to get it.",
      answer: ReportSchema,
      problems: ["request_invalid"],
    }),
    validQuery(QuerySchema),
    async (c) => {
      const asked = c.req.valid("query");
      const until = asked.until ?? Date.now();
      const span = { since: asked.since ?? until - RESEND_MS, until };
      const { inlet } = await inletOf(c, asked.inlet);
      const db = c.env.LEDGER;
      const [gaps, incidents, received] = await Promise.all([
        listGaps(db, inlet, span),
        listIncidents(db),
        countAllArrivals(c.env, inlet, { ...span, since: Math.max(span.since, until - WEEK_MS) }),
      ]);
      return c.json({
        inlet,
        since: toInstant(span.since),
        until: toInstant(span.until),
        gaps: await Promise.all(gaps.map(async (gap) => describeGap(c.env, gap, until))),
        refused: incidents.filter((incident) => isRefusal(incident, inlet, span)).map(describeRefusal),
        received,
        steps: STEPS,
      });
    },
  )
  .post(
    "/",
    describe({
      summary: "Which of Voucherify's sendouts never arrived at an inlet.",
      description:
        "`sendouts` is a list of ids (`whs_…`) or any text with them in it, a thousand at most: what Voucherify shows under Audit log, Webhook sendouts. What still waits to be routed counts as missing.",
      example: { body: { sendouts: ["whs_0d1e2f3a4b5c6d7e8f", "whs_1a2b3c4d5e6f708192"] } },
      answer: v.object({
        inlet: v.string(),
        project: v.string(),
        asked: v.number(),
        recorded: v.number(),
        missing: v.array(v.string()),
      }),
      problems: ["request_invalid", "body_not_json"],
    }),
    validBody(LookUpBodySchema),
    async (c) => {
      const { sendouts, inlet: named, project: given } = c.req.valid("json");
      const { inlet, project: set } = await inletOf(c, named);
      const project = given ?? set ?? (await lastProjectAnywhere(c.env, inlet, Date.now() - RESEND_MS));
      if (project === null) return problem(c, "request_invalid", { errors: [NO_PROJECT] });
      const ids = await Promise.all(sendouts.map(async (id) => ledgerIdOf(inlet, sendoutKey(project, id))));
      const recorded = await findRecordedAnywhere(c.env, ids);
      const missing = sendouts.filter((_id, index) => !recorded.has(ids[index] ?? ""));
      return c.json({ inlet, project, asked: sendouts.length, recorded: sendouts.length - missing.length, missing });
    },
  );

const NO_PROJECT = {
  path: "project",
  message: "expected the project's id, proj_…: nothing has come in that would say",
};

/** The inlet that is asked about, with the project that the settings say posts to it. */
async function inletOf(c: Context<AdminEnv>, named: string | undefined) {
  const { table } = await newestTable(c.env, Date.now());
  const { voucherify } = table.source.settings ?? {};
  const [first = ""] = table.inlets.keys();
  const inlet = named ?? voucherify?.inlet ?? first;
  return { inlet, project: voucherify?.inlet === inlet ? voucherify.project : undefined };
}

async function describeGap(env: ShardBindings, gap: Gap, now: number): Promise<v.InferOutput<typeof GapSchema>> {
  const lastReceivedAt = await lastBefore(env, gap);
  const beganAfter = gap.activeAt ?? lastReceivedAt;
  const since = beganAfter ?? gap.noticedAt;
  const until = gap.endedAt ?? now;
  const firstReceivedAt =
    gap.endedAt === null ? null : await firstOfAllArrivals(env, gap.inlet, { since: until, until: now });
  return {
    cause: gap.cause,
    webhook: gap.webhookId,
    beganAfter: toMaybeInstant(beganAfter),
    beganBefore: toInstant(gap.noticedAt),
    endedAt: toMaybeInstant(gap.endedAt),
    endedBy: gap.endedBy,
    lastReceivedAt: toMaybeInstant(lastReceivedAt),
    firstReceivedAt: toMaybeInstant(firstReceivedAt),
    resendUntil: toInstant(since + RESEND_MS),
    usual: await describeUsual(env, gap.inlet, { since, until }),
  };
}

/** When the last sendout before a gap came. The gap itself has what LEDGER knew when it was noticed. */
async function lastBefore(env: ShardBindings, { inlet, noticedAt, lastReceivedAt }: Gap): Promise<number | null> {
  const since = (lastReceivedAt ?? noticedAt - RESEND_MS) + 1;
  return (await lastArrivalElsewhere(env, inlet, { since, until: noticedAt })) ?? lastReceivedAt;
}

async function describeUsual(env: ShardBindings, inlet: string, { since, until }: Span) {
  if (until - since > WEEK_MS) return null;
  const before = { since: since - WEEK_MS, until: until - WEEK_MS };
  const events = await countAllArrivals(env, inlet, before);
  return { since: toInstant(before.since), until: toInstant(before.until), events };
}

function isRefusal({ kind, subject, openedAt, lastSeenAt }: Incident, inlet: string, { since, until }: Span): boolean {
  const isKind = kind === "signature_refused" || kind === "sender_unproven";
  return isKind && subject === inlet && openedAt < until && lastSeenAt >= since;
}

function describeRefusal({ kind, openedAt, lastSeenAt, count }: Incident) {
  return { kind, since: toInstant(openedAt), until: toInstant(lastSeenAt), count };
}

const STEPS = [
  "In Voucherify open Audit log, Webhook sendouts, and filter it by this time and the status failed: each line was made and not delivered. Its menu has Retry.",
  'Copy what the log shows and ask which of it never arrived here: POST /admin/upstream/gap {"sendouts": "<the text>"}.',
  "Voucherify does not say whether it makes sendouts at all while a webhook is disabled: expect that it does not. Compare `usual` with what happened in the project (its redemptions, publications and so on, by time).",
  "Voucherify's support can send webhooks again that were triggered no longer than 14 days ago: give it the project, the webhook and the time, before `resendUntil`. What has arrived here under the same id is recognised and not delivered twice.",
];
