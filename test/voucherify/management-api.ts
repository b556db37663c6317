// Voucherify's Management API as far as it is about webhooks, over real HTTP. It manages the very webhooks that the
// sender sends to, so a webhook that was switched off is switched on here.
// https://docs.voucherify.io/api-reference/management/create-webhook (read 2026-11-22)

import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
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
export interface ManagementApiOptions {
  registry: Registry;
  /** What `X-Management-Id` and `X-Management-Token` must be. */
  credentials: { id: string; token: string };
  /** The API is for Enterprise plans only; on others everything is 402. True by default. */
  enterprise?: boolean;
  /** By default the event types as they are sent. */
  spelling?: EventSpelling;
  /** Whether PUT may leave out the target and the events. The API's schema requires both, so not by default. */
  partialUpdates?: boolean;
}

/** A running API. */
export interface ManagementApi {
  /** Where the webhooks of the registry's project are: `…/management/v1/projects/proj_…/webhooks`. */
  webhooksUrl: string;
  stop(): Promise<void>;
}

const PATH = /^\/management\/v1\/projects\/([^/]+)\/webhooks(?:\/([^/]+))?$/;

/** Starts the API on a free port of this machine. */
export async function startManagementApi(options: ManagementApiOptions): Promise<ManagementApi> {
  const server = createServer((req, res) => {
    const send = ({ status, json }: Reply): void => {
      if (json === undefined) res.writeHead(status).end();
      else res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(json));
    };
    handle(req, options).then(send, (error: unknown) => send({ status: 500, json: { message: String(error) } }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // a TCP server that listens has one
  return {
    webhooksUrl: `http://127.0.0.1:${port}/management/v1/projects/${options.registry.projectId}/webhooks`,
    stop: async () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function handle(req: IncomingMessage, options: ManagementApiOptions): Promise<Reply> {
  const { registry, credentials, enterprise = true } = options;
  const { "x-management-id": id, "x-management-token": token } = req.headers;
  if (id !== credentials.id || token !== credentials.token) return unauthorized();
  if (!enterprise) return paymentRequired();
  const [, projectId, webhookId] = PATH.exec(new URL(req.url ?? "", "http://localhost").pathname) ?? [];
  if (projectId === undefined) return noSuchRoute();
  if (projectId !== registry.projectId) return resourceNotFound("project", projectId);
  if (webhookId === undefined) return handleAll(req, options);
  const webhook = registry.webhook(webhookId);
  return webhook === undefined ? resourceNotFound("webhook", webhookId) : handleOne(req, webhook, options);
}

/** Creating and listing. */
async function handleAll(req: IncomingMessage, { registry, spelling = "as sent" }: ManagementApiOptions) {
  if (req.method === "GET") {
    const data = registry.webhooks().map((webhook) => describeWebhook(webhook, spelling));
    return { status: 200, json: { object: "list", data_ref: "data", data, total: data.length } };
  }
  if (req.method !== "POST") return noSuchRoute();
  const body = parseJson(await text(req));
  if (body === undefined) return notJson();
  const settings = readWhole(body.value, spelling);
  if (!settings.ok) return invalidPayload(settings.detail);
  return { status: 200, json: describeWebhook(registry.addWebhook(settings.value), spelling) };
}

/** Showing, updating and deleting. What an update does not mention stays as it was; that much is not documented. */
async function handleOne(req: IncomingMessage, webhook: Readonly<Webhook>, options: ManagementApiOptions) {
  const { registry, spelling = "as sent", partialUpdates = false } = options;
  if (req.method === "GET") return { status: 200, json: describeWebhook(webhook, spelling) };
  if (req.method === "DELETE") {
    registry.removeWebhook(webhook.id);
    return { status: 204 };
  }
  if (req.method !== "PUT") return noSuchRoute();
  const body = parseJson(await text(req));
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
