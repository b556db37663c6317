// One message to one channel. What goes over HTTP is sent as a delivery is: secrets at the last moment and only to the host
// they were set for, public addresses only, no redirects, and nothing of a secret in what is told of the answer.

import type { Authentication } from "../../delivery/authentication.ts";
import { judge } from "../../delivery/judge.ts";
import { send, type Sent } from "../../delivery/send.ts";
import type { Alert } from "../../ledger/alerts.ts";
import type { RenderedRequest } from "../../translation/rendered.ts";
import { createSecretReader, type VaultBindings } from "../../vault/open-secrets.ts";
import type { Channel } from "../settings.ts";
import { sendEmail } from "./email.ts";
import { slackRequest } from "./slack.ts";
import { webhookRequest } from "./webhook.ts";

/** How long a channel may take, in milliseconds. The cron waits for it. */
const TIMEOUT_MS = 5_000;

/** What came of a message. */
export interface Answer {
  ok: boolean;
  /** What the channel said, or why it was not asked, secrets removed. */
  answer: string;
}

/** Sends a message to a channel. Never rejects. */
export async function sendAlert(
  channel: Channel,
  alert: Alert,
  env: VaultBindings,
  now: () => number,
): Promise<Answer> {
  switch (channel.type) {
    case "email":
      return sendEmail(channel, alert.message, env);
    case "slack":
      return post(slackRequest(channel, alert.message), { type: "none" }, alert, env, now);
    case "webhook": {
      const auth: Authentication = { type: "standard_webhooks", secrets: channel.secrets };
      return post(webhookRequest(channel, alert), auth, alert, env, now);
    }
  }
}

async function post(
  request: RenderedRequest,
  auth: Authentication,
  { id }: Alert,
  env: VaultBindings,
  now: () => number,
): Promise<Answer> {
  const vault = createSecretReader(env, now);
  const sent = await send({ request, auth, timeoutMs: TIMEOUT_MS, idempotencyKey: id }, env, { now, vault });
  const { verdict } = judge(sent.result, now());
  return { ok: verdict === "delivered", answer: describe(sent) };
}

function describe({ result, detail }: Sent): string {
  if (result.kind === "answered") return `status ${result.status}`;
  return `${"reason" in result ? result.reason : result.kind}${detail === undefined ? "" : `: ${detail}`}`;
}
