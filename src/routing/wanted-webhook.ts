// What a table wants of the webhook that posts to an inlet: its URL and its event types.

import { hostRules } from "../delivery/host-rules.ts";
import { readSecret } from "../env.ts";
import type { Webhook } from "../upstream/client.ts";
import type { InletAddress } from "../upstream/inlet-url.ts";
import type { UpstreamSettings } from "../upstream/settings.ts";
import { findWebhook } from "../upstream/webhook-plan.ts";
import type { CompiledTable } from "./compile.ts";
import { requiredSecrets } from "./inlet-requirements.ts";
import { wantedEvents, type WantedEvents } from "./wanted-events.ts";

/** What is wanted of a webhook, and what else the inlet's routes take. */
export interface WantedWebhook {
  address: InletAddress;
  /** Those to tick for the webhook. */
  events: string[];
  /** Those that no webhook of the project's settings can send. */
  others: Omit<WantedEvents, "webhook">;
}

/**
 * What a table wants at an inlet.
 *
 * @param env where the token of the inlet's URL is looked up
 * @param origin scheme and host under which the inlet is reached; by SIGNALBOX_HOST when left out
 * @param webhookId the webhook's id, for routes that name their sources
 */
export function wantedWebhook(
  { source, inlets }: CompiledTable,
  inlet: string,
  env: object,
  { origin = ownOrigin(env), webhookId }: { origin?: string | undefined; webhookId?: string | undefined },
): WantedWebhook {
  const name = inlets.get(inlet)?.requires?.pathToken;
  const token = name === undefined ? undefined : { name, value: readSecret(env, name) };
  const { webhook, ...others } = wantedEvents(source, inlet, webhookId);
  return { address: { inlet, token, origin }, events: webhook, others };
}

/**
 * Our webhook among those of the project, and what the table wants of it; undefined where there is none.
 *
 * @param knownId the id it was last seen under, for tables that do not say it
 */
export function findOurWebhook(
  table: CompiledTable,
  { inlet, origin, webhook }: Pick<UpstreamSettings, "inlet" | "origin" | "webhook">,
  env: object,
  { webhooks, knownId }: { webhooks: readonly Webhook[]; knownId?: string | undefined },
): { ours: Webhook | undefined; wanted: WantedWebhook } {
  const wanted = wantedWebhook(table, inlet, env, { origin });
  const ours = findWebhook(webhooks, wanted.address, webhook ?? knownId);
  // Routes that name their sources take something only from the webhook with that id.
  return { ours, wanted: wantedWebhook(table, inlet, env, { origin, webhookId: ours?.id }) };
}

/** The Worker's secrets that an inlet cannot do without and that are not set: it refuses everything. */
export function lackingSecrets({ inlets }: CompiledTable, inlet: string, env: object): string[] {
  const { auth, requires } = inlets.get(inlet) ?? { auth: "none" as const, requires: undefined };
  const isMissing = (name: string): boolean => readSecret(env, name) === undefined;
  const signing = auth === "none" || !auth.secrets.every(isMissing) ? [] : auth.secrets;
  return [...signing, ...requiredSecrets(requires).flatMap(({ name }) => (isMissing(name) ? [name] : []))];
}

/** What SIGNALBOX_HOST says first, which is there to keep targets from being Signalbox itself. */
function ownOrigin(env: object): string | undefined {
  const [host] = hostRules(env).own;
  return host === undefined ? undefined : `https://${host}`;
}
