// Which event types a table wants from Voucherify at an inlet: what to tick for a webhook of the project's settings, and what
// to set distributions up for. Pure.

import { EVENT_TYPES, findEvent } from "../voucherify/catalogue.ts";
import { matchesPattern } from "./match.ts";
import type { Route, RoutingTable } from "./table.ts";

/** What a table wants at an inlet, in alphabetical order. */
export interface WantedEvents {
  /** What can be ticked for a webhook. */
  webhook: string[];
  /** What only distributions send. */
  distribution: string[];
  /** What routes name and nobody has heard of: Voucherify may have it by now. */
  unlisted: string[];
}

/**
 * The event types that routes take from an inlet. Filters are not asked: they go by what an event says.
 *
 * @param webhookId the id of the inlet's webhook, for routes that name their sources; any `wh_…` counts when left out
 */
export function wantedEvents({ routes }: RoutingTable, inlet: string, webhookId?: string): WantedEvents {
  const here = routes.filter(({ inlets }) => inlets?.includes(inlet) ?? true);
  const ofWebhooks = here.filter((route) => takesWebhook(route, webhookId));
  const ofDistributions = here.filter(takesDistributions);
  const takes = (some: readonly Route[], type: string) =>
    some.some(({ events }) => events.some((pattern) => matchesPattern(pattern, type)));
  const named = ofWebhooks.flatMap(({ events }) => events.filter((pattern) => !pattern.endsWith("*")));
  return {
    webhook: EVENT_TYPES.filter((type) => findEvent(type)?.selectable.project === true && takes(ofWebhooks, type)),
    distribution: EVENT_TYPES.filter((type) => isOfDistributions(type) && takes(ofDistributions, type)),
    unlisted: [...new Set(named)].filter((type) => findEvent(type) === undefined).toSorted(),
  };
}

function isOfDistributions(type: string): boolean {
  const { project, distribution } = findEvent(type)?.selectable ?? { project: false, distribution: false };
  return distribution && !project;
}

function takesWebhook({ sources, sourceKinds }: Route, webhookId: string | undefined): boolean {
  if (sourceKinds?.includes("webhook") === false) return false;
  if (sources === undefined) return true;
  return webhookId === undefined ? sources.some((id) => id.startsWith("wh_")) : sources.includes(webhookId);
}

function takesDistributions({ sources, sourceKinds }: Route): boolean {
  if (sourceKinds?.includes("distribution") === false) return false;
  return sources?.some((id) => id.startsWith("distr_")) ?? true;
}
