// What would be sent, without sending it, and a test send that does it once for real.

import { Hono, type Context } from "hono";
import * as v from "valibot";
import { send, type Sent } from "../delivery/send.ts";
import { judge } from "../delivery/judge.ts";
import { deliveryId } from "../delivery/delivery-id.ts";
import { addressIssue } from "../delivery/address.ts";
import { hostRules } from "../delivery/host-rules.ts";
import { allowsLocalTargets, type Bindings } from "../env.ts";
import type { Issue } from "../issues.ts";
import { recordTestSend } from "../ledger/test-sends.ts";
import { problem } from "../problem.ts";
import { templateFor, type CompiledTarget } from "../routing/compile-target.ts";
import {
  previewDelivery,
  previewSendout,
  SendoutPreviewSchema,
  type PreviewSource,
  type SendoutPreview,
} from "../routing/preview.ts";
import { renderDelivery } from "../routing/render-delivery.ts";
import { createSecretReader } from "../vault/open-secrets.ts";
import type { AdminEnv } from "./access.ts";
import { InstantTextSchema, toInstant } from "./answers.ts";
import { describe } from "./describe.ts";
import { validDocument } from "./document-body.ts";
import { maskAnswer, maskPreview } from "./mask-preview.ts";
import { PREVIEW_BYTES_MAX, PreviewRequestSchema, readPreviewRequest, type Asked } from "./preview-request.ts";
import { REVEAL, sightOf, type Sight } from "./sight.ts";
import { validQuery } from "./validate.ts";

const SentSchema = v.object({
  sendout: v.pipe(v.string(), v.description("The id under which it stands in the ledger, at the inlet `(test)`.")),
  delivered: v.boolean(),
  reason: v.pipe(v.nullable(v.string()), v.description("Why not; docs/delivery.md explains the reasons.")),
  at: InstantTextSchema,
  ms: v.pipe(v.number(), v.description("How long the target took, in milliseconds.")),
  status: v.exactOptional(v.pipe(v.number(), v.description("The target's HTTP status."))),
  detail: v.exactOptional(v.string()),
  excerpt: v.exactOptional(v.pipe(v.string(), v.description("The beginning of the target's answer."))),
});

const REFUSALS = ["payload_gone", "request_invalid", "table_invalid", "not_found"] as const;

const PREVIEW_EXAMPLE: v.InferOutput<typeof SendoutPreviewSchema> = {
  event: { type: "customer.created", shape: "project event", label: null },
  routes: [{ route: "customers", taken: true, why: null }],
  deliveries: [
    {
      target: "crm",
      route: "customers",
      request: {
        method: "POST",
        url: "https://crm.example.com/contacts",
        headers: { "content-type": "application/json", authorization: "Bearer {{ secret CRM_KEY }}" },
        body: { email: "mira@example.com" },
      },
      error: null,
      trace: [{ place: "request.body.email", expression: "customer.email", value: "mira@example.com" }],
      curl: "curl -X POST 'https://crm.example.com/contacts' …",
    },
  ],
};

/** `POST /admin/preview` and `POST /admin/preview/send`. */
export const previewRoutes = new Hono<AdminEnv>()
  .post(
    "/",
    describe({
      summary: "Shows what would be sent, without sending it.",
      description:
        "Each route's decision with its reason, and per target the exact request with secrets as names, what every expression gave, and a curl command. With `target` that one alone, whatever the routes say.",
      answer: SendoutPreviewSchema,
      problems: REFUSALS,
      example: { body: { sendout: { example: "customer.created" } }, answer: PREVIEW_EXAMPLE },
    }),
    validQuery(v.strictObject(REVEAL)),
    validDocument(PreviewRequestSchema, PREVIEW_BYTES_MAX),
    async (c) => {
      const sight = await sightOf(c, c.req.valid("query").reveal);
      if (sight instanceof Response) return sight;
      const asked = await readPreviewRequest(c, c.req.valid("json"));
      if (asked instanceof Response) return asked;
      return c.json(maskPreview(await preview(asked), asked, sight));
    },
  )
  .post(
    "/send",
    describe({
      summary: "Sends one request for real, once: a test.",
      answer: SentSchema,
      problems: [...REFUSALS, "delivery_unrenderable"],
      example: {
        body: { sendout: { example: "customer.created" }, target: "crm" },
        answer: {
          sendout: "so_3f2a9c1d5b7e4f60a1b2c3d4e5f60718",
          delivered: true,
          reason: null,
          at: "2026-10-05T08:15:31.000Z",
          ms: 120,
          status: 200,
        },
      },
    }),
    validQuery(v.strictObject(REVEAL)),
    validDocument(PreviewRequestSchema, PREVIEW_BYTES_MAX),
    async (c) => {
      const sight = await sightOf(c, c.req.valid("query").reveal);
      if (sight instanceof Response) return sight;
      const asked = await readPreviewRequest(c, c.req.valid("json"));
      if (asked instanceof Response) return asked;
      const { target } = asked;
      if (target === undefined) {
        return problem(c, "request_invalid", { errors: [{ path: "target", message: "a test send needs one target" }] });
      }
      return testSend(c, target, asked, sight);
    },
  );

async function preview({ table, source, inlet, target }: Asked): Promise<SendoutPreview> {
  if (target === undefined) return previewSendout(table, inlet, source);
  const { type, shape, label } = source.event;
  const delivery = await previewDelivery(target, { ...source, route: PREVIEW_ROUTE });
  return { event: { type, shape, label }, routes: [], deliveries: [delivery] };
}

/** The route of what no route leads to. */
const PREVIEW_ROUTE = "preview";

/** Sends once, for real, with an id of its own: a target must not take it for the delivery it looks like. */
async function testSend(c: Context<AdminEnv>, target: CompiledTarget, asked: Asked, sight: Sight) {
  const { source } = asked;
  const sendoutId = `so_${crypto.randomUUID().replaceAll("-", "")}`;
  const rendered = await renderDelivery(target, { ...source, sendoutId, route: PREVIEW_ROUTE });
  if (!rendered.ok) return problem(c, "delivery_unrenderable", { detail: rendered.detail });
  const issue = addressIssueOf(target, source, c.env);
  if (issue !== undefined) return problem(c, "table_invalid", { errors: [issue] });
  const idempotencyKey = deliveryId(sendoutId, target.id);
  const startedAt = Date.now();
  const sent = await send(
    { request: rendered.value, auth: target.auth, timeoutMs: target.timeoutMs, idempotencyKey },
    c.env,
    { vault: createSecretReader(c.env, Date.now) },
  );
  const endedAt = Date.now();
  const verdict = judge(sent.result, endedAt, target.answers);
  const reason = verdict.verdict === "delivered" ? null : verdict.reason;
  const attempt = describeAttempt(sent, startedAt, endedAt, reason);
  await recordTestSend(c.env, {
    sendoutId,
    target: target.id,
    event: source.event,
    received: source.received,
    request: rendered.value,
    attempt,
    reason,
  });
  return c.json({
    sendout: sendoutId,
    delivered: reason === null,
    reason,
    ...maskAnswer(attempt, asked, sight),
    at: toInstant(startedAt),
  });
}

/** Why the target may not be called, and where that stands; undefined when it may. */
function addressIssueOf(target: CompiledTarget, { event }: PreviewSource, env: Bindings): Issue | undefined {
  const origin = templateFor(target, event.type)?.url.origin;
  const message =
    origin === undefined ? undefined : addressIssue(new URL(origin), allowsLocalTargets(env), hostRules(env));
  if (message === undefined) return undefined;
  return { path: target.recipe === undefined ? "target.request.url" : "target.settings", message };
}

function describeAttempt(sent: Sent, startedAt: number, endedAt: number, reason: string | null) {
  return {
    at: startedAt,
    ms: endedAt - startedAt,
    ...(sent.result.kind === "answered" && { status: sent.result.status }),
    ...(reason !== null && { reason }),
    ...(sent.detail !== undefined && { detail: sent.detail }),
    ...(sent.excerpt !== undefined && sent.excerpt !== "" && { excerpt: sent.excerpt }),
  };
}
