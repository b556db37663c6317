// The webhook in Voucherify: how it stands, how it differs from what the table needs, and putting that right. Without
// credentials, the steps for a person.

import { Hono } from "hono";
import * as v from "valibot";
import { watchUpstream } from "../jobs/upstream.ts";
import { noteLook, readWatch } from "../ledger/upstream-watch.ts";
import { problem } from "../problem.ts";
import { newestTable } from "../routing/table-store.ts";
import { applyPlan, enableWebhook } from "../upstream/apply.ts";
import { shownInletUrl } from "../upstream/inlet-url.ts";
import { compareWebhook, findTwins, planWebhook, type WebhookPlan } from "../upstream/webhook-plan.ts";
import type { AdminEnv } from "./access.ts";
import { describe } from "./describe.ts";
import { gapRoutes } from "./upstream-gap.ts";
import { lookUpstream, NO_SETTINGS, upstreamProblem, type Sight } from "./upstream-call.ts";
import { InletStepsSchema, proofSteps, upstreamSteps } from "./upstream-steps.ts";
import {
  describeDifference,
  describeWatch,
  describeWebhook,
  DifferenceSchema,
  WatchSchema,
  WebhookSchema,
} from "./upstream-views.ts";
import { validBody } from "./validate.ts";

const UpstreamSchema = v.object({
  webhook: v.pipe(v.nullable(WebhookSchema), v.description("Null where there is none, or where it cannot be seen.")),
  difference: v.nullable(DifferenceSchema),
  twins: v.pipe(
    v.array(v.string()),
    v.description("Other active webhooks that post to the same inlet: what both send arrives twice."),
  ),
  problem: v.pipe(
    v.nullable(v.object({ reason: v.string(), detail: v.string() })),
    v.description("Why Voucherify could not be asked; null when it has answered."),
  ),
  watch: v.pipe(v.nullable(WatchSchema), v.description("What the watchdog last saw; null before its first look.")),
  inlets: v.pipe(v.array(InletStepsSchema), v.description("How each inlet is set up in Voucherify by hand.")),
});

const PutBodySchema = v.strictObject({
  dryRun: v.optional(v.pipe(v.boolean(), v.description("Says what would be done, and does nothing.")), false),
  prune: v.optional(v.pipe(v.boolean(), v.description("Unticks what no route takes.")), false),
});

const PutSchema = v.object({
  action: v.picklist(["create", "update", "nothing"]),
  applied: v.boolean(),
  before: v.nullable(WebhookSchema),
  after: v.nullable(WebhookSchema),
  notes: v.pipe(v.array(v.string()), v.description("What is left to do by hand.")),
});

const REFUSALS = [
  "upstream_unconfigured",
  "upstream_refused",
  "upstream_unavailable",
] as const satisfies readonly string[];

/** `GET /admin/upstream`, `POST /admin/upstream/webhook` and `/enable`, and `/admin/upstream/gap`. */
export const upstreamRoutes = new Hono<AdminEnv>()
  .route("/gap", gapRoutes)
  .get(
    "/",
    describe({
      summary: "How the webhook in Voucherify stands and how it differs from what the table needs.",
      description: "One request to Voucherify. Without credentials only the steps for a person.",
      answer: UpstreamSchema,
    }),
    async (c) => {
      const now = Date.now();
      const { table } = await newestTable(c.env, now);
      const { voucherify } = table.source.settings ?? {};
      const inlets = upstreamSteps(table, c.env, voucherify?.origin ?? new URL(c.req.url).origin);
      const sight = await lookUpstream(c, now);
      const watch = voucherify === undefined ? undefined : await readWatch(c.env.LEDGER, voucherify.inlet);
      const common = { watch: describeWatch(watch, now), inlets };
      if ("reason" in sight) {
        const { reason, detail } = sight;
        return c.json({ webhook: null, difference: null, twins: [], problem: { reason, detail }, ...common });
      }
      const { ours, wanted, webhooks } = sight;
      return c.json({
        webhook: ours === undefined ? null : describeWebhook(ours),
        difference: describeDifference(ours, wanted),
        twins: findTwins(webhooks, wanted.address, ours),
        problem: null,
        ...common,
      });
    },
  )
  .post(
    "/webhook",
    describe({
      summary: "Creates the webhook, or makes it as the table needs it. Doing so twice changes nothing.",
      description:
        "Event types that no route takes stay ticked unless `prune` is true. A webhook that is disabled stays so.",
      answer: PutSchema,
      example: { body: { dryRun: true } },
      problems: ["request_invalid", "body_not_json", ...REFUSALS],
    }),
    validBody(PutBodySchema),
    async (c) => {
      const { dryRun, prune } = c.req.valid("json");
      const now = Date.now();
      const sight = await lookUpstream(c, now);
      if ("reason" in sight) return upstreamProblem(c, sight);
      const { ours, wanted, client, watch, settings } = sight;
      const plan = planWebhook(ours, wanted, prune);
      if (plan.action === "impossible") return problem(c, "upstream_unconfigured", { detail: IMPOSSIBLE[plan.why] });
      const before = ours === undefined ? null : describeWebhook(ours);
      if (plan.action === "nothing")
        return c.json({ action: plan.action, applied: false, before, after: before, notes: [] });
      if (dryRun)
        return c.json({ action: plan.action, applied: false, before, after: draftOf(plan, sight), notes: [] });
      const written = await applyPlan(
        client,
        plan,
        sight.webhooks.flatMap(({ events }) => events),
      );
      if (!written.ok) return upstreamProblem(c, written);
      const after = describeWebhook(written.value);
      c.set("change", { before, after });
      const state = written.value.active ? "active" : "disabled";
      const look = { inlet: settings.inlet, webhookId: written.value.id, state, at: now } as const;
      await noteLook(c.env.LEDGER, look, watch, "person");
      const { missing } = compareWebhook(written.value, wanted);
      const notes = [
        ...(missing.length === 0 ? [] : [`Voucherify's API did not take ${missing.join(", ")}: tick it by hand.`]),
        ...(plan.action === "create" ? proofSteps(sight.table, settings.inlet) : []),
      ];
      return c.json({ action: plan.action, applied: true, before, after, notes });
    },
  )
  .post(
    "/enable",
    describe({
      summary: "Enables the webhook and changes nothing else of it.",
      answer: v.object({ before: WebhookSchema, after: WebhookSchema }),
      problems: ["upstream_webhook_missing", ...REFUSALS],
    }),
    async (c) => {
      const now = Date.now();
      const sight = await lookUpstream(c, now);
      if ("reason" in sight) return upstreamProblem(c, sight);
      const { ours, client, watch, settings } = sight;
      if (ours === undefined) return problem(c, "upstream_webhook_missing");
      const enabled = ours.active ? { ok: true as const, value: ours } : await enableWebhook(client, ours);
      if (!enabled.ok) return upstreamProblem(c, enabled);
      const [before, after] = [describeWebhook(ours), describeWebhook(enabled.value)];
      c.set("change", { before, after });
      const state = enabled.value.active ? "active" : "disabled";
      const look = { inlet: settings.inlet, webhookId: ours.id, state, at: now } as const;
      await noteLook(c.env.LEDGER, look, watch, "person");
      return c.json({ before, after });
    },
  )
  .post(
    "/look",
    describe({
      summary: "Has the watchdog look at the webhook now, and do what it does then.",
      description: "Otherwise it looks every five minutes, and after failures less often.",
      answer: v.object({ watch: v.nullable(WatchSchema) }),
      problems: ["upstream_unconfigured"],
    }),
    async (c) => {
      const now = Date.now();
      const { table } = await newestTable(c.env, now);
      const { voucherify } = table.source.settings ?? {};
      if (voucherify === undefined) return upstreamProblem(c, NO_SETTINGS);
      await watchUpstream(c.env, now, { atOnce: true });
      return c.json({ watch: describeWatch(await readWatch(c.env.LEDGER, voucherify.inlet), now) });
    },
  );

/** A draft as the webhook would be. */
function draftOf(plan: WebhookPlan & { action: "create" | "update" }, { wanted }: Sight) {
  const id = plan.action === "create" ? null : plan.id;
  return { ...describeWebhook({ id, ...plan.draft }), url: shownInletUrl(wanted.address) };
}

const IMPOSSIBLE = {
  url_unknown:
    "The inlet's URL is not known: its pathToken is not set on this Worker. Run: npx wrangler secret put <its name>.",
  no_events:
    "No route takes an event type that a webhook of the project's settings sends, so there is nothing to tick.",
};
