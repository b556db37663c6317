// Pointing Voucherify at an inlet by hand: the URL, what to tick, what to copy where. For people without credentials of the
// Management API, and for what that API cannot do.

import * as v from "valibot";
import type { CompiledTable } from "../routing/compile.ts";
import { wantedWebhook } from "../routing/wanted-webhook.ts";
import { shownInletUrl } from "../upstream/inlet-url.ts";

/** How one inlet is set up in Voucherify. */
export const InletStepsSchema = v.object({
  inlet: v.string(),
  url: v.pipe(v.string(), v.description("A token in it stands there by its secret's name, in angle brackets.")),
  events: v.pipe(v.array(v.string()), v.description("Event types that a webhook of the project's settings can send.")),
  distributionEvents: v.pipe(v.array(v.string()), v.description("Event types that only distributions send.")),
  unlistedEvents: v.pipe(v.array(v.string()), v.description("Event types of routes that nobody has heard of.")),
  steps: v.pipe(v.array(v.string()), v.description("What to do in Voucherify, one sentence or two each.")),
});
export type InletSteps = v.InferOutput<typeof InletStepsSchema>;

/**
 * How each inlet of a table is set up in Voucherify.
 *
 * @param origin scheme and host under which the inlets are reached
 */
export function upstreamSteps(table: CompiledTable, env: object, origin: string): InletSteps[] {
  return [...table.inlets.keys()].map((inlet) => {
    const { address, events, others } = wantedWebhook(table, inlet, env, { origin });
    const url = shownInletUrl(address);
    return {
      inlet,
      url,
      events,
      distributionEvents: others.distribution,
      unlistedEvents: others.unlisted,
      steps: [...webhookSteps(table, inlet, url, events), ...distributionSteps(url, others.distribution)],
    };
  });
}

function webhookSteps(table: CompiledTable, inlet: string, url: string, events: readonly string[]): string[] {
  if (events.length === 0) return [];
  return [
    "In Voucherify open the project, then Project settings, Webhooks, and add a webhook, or edit the one there is.",
    `Set its URL to ${url}`,
    `Tick ${events.length === 1 ? "this event" : `these ${events.length} events`}: ${events.join(", ")}`,
    ...proofSteps(table, inlet),
    'See that "Is active" is on, and save.',
    `Press "Send test webhook": it is then the newest sendout of the inlet ${inlet}.`,
  ];
}

/** What the Management API knows nothing of: the signing secret and the custom header. */
export function proofSteps({ inlets }: CompiledTable, inlet: string): string[] {
  const { auth = "none" as const, requires } = inlets.get(inlet) ?? {};
  const { header } = requires ?? {};
  const [secret] = auth === "none" ? [] : auth.secrets;
  return [
    ...(secret === undefined
      ? []
      : [`Copy the secret that Voucherify shows there to this Worker: npx wrangler secret put ${secret}`]),
    ...(header === undefined
      ? []
      : [`Add the custom header ${header.name}, with the value of this Worker's secret ${header.secret}.`]),
  ];
}

function distributionSteps(url: string, events: readonly string[]): string[] {
  if (events.length === 0) return [];
  return [
    `Only distributions send ${events.join(", ")}: in each distribution that is to come here choose the channel webhook, the URL ${url}, and set it live. Signalbox cannot do that: the Management API has no distributions.`,
  ];
}
