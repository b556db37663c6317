// A webhook as the Management API has it: what it takes, what it shows, and how it spells the event types.
// https://docs.voucherify.io/api-reference/management/create-webhook (read 2026-11-22)

import * as v from "valibot";
import { explainIssue } from "../../src/issues.ts";
import { failure, success, type Result } from "../../src/result.ts";
import { EVENT_TYPES, findEvent } from "../../src/voucherify/catalogue.ts";
import type { Webhook, WebhookSettings } from "./registry.ts";

/**
 * Which spelling of event types the API accepts and shows. Its schema has four types wrong (`…_aded`) and lacks
 * `customer.updated`; its examples have them right. Nobody says which is true. `as sent` is the right one.
 */
export type EventSpelling = "as sent" | "as in the schema";

const PROJECT_TYPES = EVENT_TYPES.filter((type) => findEvent(type)?.selectable.project === true);

/** Every event type that the API accepts, in its spelling, with the type that is then sent. */
export function acceptedEvents(spelling: EventSpelling): ReadonlyMap<string, string> {
  if (spelling === "as sent") return new Map(PROJECT_TYPES.map((type) => [type, type]));
  return new Map(PROJECT_TYPES.filter((type) => type !== "customer.updated").map((type) => [misspell(type), type]));
}

/** A webhook as the API shows it: without its secret and headers. */
export function describeWebhook(
  { id, createdAt, targetUrl, events, active }: Readonly<Webhook>,
  spelling: EventSpelling,
) {
  return {
    id,
    object: "webhook",
    created_at: new Date(createdAt).toISOString(),
    target_url: targetUrl,
    events: events.map((type) => (spelling === "as sent" ? type : misspell(type))),
    active,
  };
}

/** What of a webhook a request may say. */
export type WebhookChanges = Pick<Partial<WebhookSettings>, "targetUrl" | "events" | "active">;

/**
 * Reads a body that must have the target and the events, as the API's schema wants it for creating and for updating. A
 * failure's detail names the first wrong property.
 */
export function readWhole(
  body: unknown,
  spelling: EventSpelling,
): Result<WebhookChanges & Pick<WebhookSettings, "targetUrl" | "events">, "invalid_payload"> {
  const parsed = v.safeParse(bodySchema(spelling), body);
  if (!parsed.success) return invalid(parsed.issues[0]);
  const { target_url: targetUrl, events, active } = parsed.output;
  return success({ targetUrl, events, ...(active !== undefined && { active }) });
}

/** The same for a body that may leave anything out. */
export function readPart(body: unknown, spelling: EventSpelling): Result<WebhookChanges, "invalid_payload"> {
  const parsed = v.safeParse(v.partial(bodySchema(spelling)), body);
  if (!parsed.success) return invalid(parsed.issues[0]);
  const { target_url: targetUrl, events, active } = parsed.output;
  return success({
    ...(targetUrl !== undefined && { targetUrl }),
    ...(events !== undefined && { events }),
    ...(active !== undefined && { active }),
  });
}

function bodySchema(spelling: EventSpelling) {
  const accepted = acceptedEvents(spelling);
  const EventSchema = v.pipe(
    v.string(),
    v.check((name) => accepted.has(name), "must be one of the allowed values"),
    v.transform((name) => accepted.get(name) ?? name),
  );
  return v.object({ target_url: v.string(), events: v.array(EventSchema), active: v.optional(v.boolean()) });
}

function invalid(issue: v.BaseIssue<unknown>) {
  const [{ path, message } = { path: "", message: "" }] = explainIssue(issue);
  return failure("invalid_payload", `Property .${path}: ${message}`);
}

function misspell(type: string): string {
  return type.replace(/added$/, "aded");
}
