// Voucherify's Management API as far as it is about webhooks: what it answers to a call. It manages the very webhooks that the
// sender sends to, so a webhook that was switched off is switched on here.
// https://docs.voucherify.io/api-reference/management/create-webhook (read 2026-11-22)

import {
  invalidPayload,
  noSuchRoute,
  notJson,
  paymentRequired,
  resourceNotFound,
  unauthorized,
  type Reply,
} from "./management-errors.ts";
import { describeWebhook, readPart, readWhole, type EventSpelling } from "./management-webhook.ts";
import type { Registry, Webhook } from "./registry.ts";

/** How the API is set up. */
export interface ManagementOptions {
  registry: Registry;
  /** What `X-Management-Id` and `X-Management-Token` must be. */
  credentials: { id: string; token: string };
  /** The API is for Enterprise plans only; on others everything is 402. True by default. */
  enterprise?: boolean;
  /** By default the event types as they are sent. */
  spelling?: EventSpelling;
  /** Whether PUT may leave out the target and the events. The API's schema requires both, so not by default. */
  partialUpdates?: boolean;
  /** Has a call come to something else than it should: 429, 500, a page of HTML. Asked for each. */
  trouble?: (call: { method: string; path: string }) => Response | undefined;
}

const PATH = /^\/management\/v1\/projects\/([^/]+)\/webhooks(?:\/([^/]+))?$/;

/** Answers one call. */
export async function answerManagementCall(request: Request, options: ManagementOptions): Promise<Response> {
  const trouble = options.trouble?.({ method: request.method, path: new URL(request.url).pathname });
  if (trouble !== undefined) return trouble;
  const { status, json } = await handle(request, options);
  return json === undefined ? new Response(null, { status }) : Response.json(json, { status });
}

async function handle(request: Request, options: ManagementOptions): Promise<Reply> {
  const { registry, credentials, enterprise = true } = options;
  const [id, token] = ["x-management-id", "x-management-token"].map((name) => request.headers.get(name));
  if (id !== credentials.id || token !== credentials.token) return unauthorized();
  if (!enterprise) return paymentRequired();
  const [, projectId, webhookId] = PATH.exec(new URL(request.url).pathname) ?? [];
  if (projectId === undefined) return noSuchRoute();
  if (projectId !== registry.projectId) return resourceNotFound("project", projectId);
  if (webhookId === undefined) return handleAll(request, options);
  const webhook = registry.webhook(webhookId);
  return webhook === undefined ? resourceNotFound("webhook", webhookId) : handleOne(request, webhook, options);
}

/** Creating and listing. */
async function handleAll(request: Request, { registry, spelling = "as sent" }: ManagementOptions): Promise<Reply> {
  if (request.method === "GET") {
    const data = registry.webhooks().map((webhook) => describeWebhook(webhook, spelling));
    return { status: 200, json: { object: "list", data_ref: "data", data, total: data.length } };
  }
  if (request.method !== "POST") return noSuchRoute();
  const body = parseJson(await request.text());
  if (body === undefined) return notJson();
  const settings = readWhole(body.value, spelling);
  if (!settings.ok) return invalidPayload(settings.detail);
  return { status: 200, json: describeWebhook(registry.addWebhook(settings.value), spelling) };
}

/** Showing, updating and deleting. What an update does not mention stays as it was; that much is not documented. */
async function handleOne(request: Request, webhook: Readonly<Webhook>, options: ManagementOptions): Promise<Reply> {
  const { registry, spelling = "as sent", partialUpdates = false } = options;
  if (request.method === "GET") return { status: 200, json: describeWebhook(webhook, spelling) };
  if (request.method === "DELETE") {
    registry.removeWebhook(webhook.id);
    return { status: 204 };
  }
  if (request.method !== "PUT") return noSuchRoute();
  const body = parseJson(await request.text());
  if (body === undefined) return notJson();
  const changes = (partialUpdates ? readPart : readWhole)(body.value, spelling);
  if (!changes.ok) return invalidPayload(changes.detail);
  const changed = registry.editWebhook(webhook.id, changes.value) ?? webhook;
  return { status: 200, json: describeWebhook(changed, spelling) };
}

function parseJson(source: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(source) };
  } catch {
    return undefined; // not JSON, which is all that the caller wants to know
  }
}
