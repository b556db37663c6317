// The routing table: inlets, targets and routes, and the router's settings, in one document. This schema is the single source of its types, of
// what the admin API accepts and of the published JSON Schema (schema/routing-table.schema.json).

import * as v from "valibot";
import { AuthenticationSchema, SecretNameSchema } from "../delivery/authentication.ts";
import { LimitsSchema } from "../delivery/gate/policy.ts";
import { AmbiguousSchema, RetrySchema } from "../delivery/schedule.ts";
import { DEFAULT_INLET_SECRET_NAME } from "../secret-names.ts";
import { RECIPES } from "../recipes/registry.ts";
import { RequestTemplateSchema } from "../translation/request.ts";
import { PAYLOAD_FORMS } from "../voucherify/payload.ts";
import { ConditionSchema } from "./filter.ts";
import { OrderSchema } from "./order.ts";
import { InletRequirementsSchema } from "./inlet-requirements.ts";
import { PART_NAME_PATTERN, PART_NAME_RULE } from "../part-name.ts";
import { SettingsSchema } from "./settings.ts";

const NameSchema = v.pipe(v.string(), v.regex(PART_NAME_PATTERN, PART_NAME_RULE));

/** `redemption.succeeded`, `redemption.*`, `*`; a star stands for one or more whole parts at the end. */
const EventPatternSchema = v.pipe(
  v.string(),
  v.regex(
    /^(?:\*|[^\s*.]+(?:\.[^\s*.]+)*(?:\.\*)?)$/,
    "an event pattern is an event type (redemption.succeeded), a beginning with a star (redemption.*), or *",
  ),
);

/** What an inlet knows about bodies without an envelope, which say nothing about themselves. */
const ExpectationSchema = v.strictObject({
  event: v.pipe(
    v.string(),
    v.nonEmpty("expected an event type"),
    v.description("The event type of raw payloads: what triggers the distribution that posts here."),
  ),
  source: v.optional(v.pipe(v.string(), v.description("Their source, distr_…, for routes that ask for it."))),
});

export const InletSchema = v.strictObject({
  expects: v.optional(
    v.pipe(
      ExpectationSchema,
      v.description("For distributions with Raw payload ticked, whose bodies are data without an envelope."),
    ),
  ),
  auth: v.pipe(
    v.union([
      v.literal("none"),
      v.strictObject({ secrets: v.pipe(v.array(SecretNameSchema), v.minLength(1), v.maxLength(5)) }),
    ]),
    v.description(
      'The secrets that sign sendouts for this inlet (any of them is accepted, so that one can be rotated), or "none" to accept unsigned sendouts from anyone.',
    ),
  ),
  requires: v.optional(InletRequirementsSchema),
});

/** Longest time an attempt may take, in milliseconds, and the time it gets when the table is silent. */
const TIMEOUT_MS_MAX = 30_000;
const TIMEOUT_MS_DEFAULT = 10_000;

export const TargetSchema = v.strictObject({
  description: v.optional(v.string()),
  recipe: v.optional(
    v.pipe(
      v.picklist(
        RECIPES.map(({ id }) => id),
        "there is no such recipe; `signalbox recipes` lists those there are",
      ),
      v.description("A destination that Signalbox knows; it brings the request and the authentication along."),
    ),
  ),
  settings: v.optional(
    v.pipe(
      v.record(v.string(), v.string()),
      v.description(
        "What the recipe asks for, by name of the setting. Of a target with a request of its own: texts that its expressions read as $settings.name; no secrets.",
      ),
    ),
  ),
  secrets: v.optional(
    v.pipe(
      v.record(v.string(), SecretNameSchema),
      v.description(
        "Worker secrets for the recipe's, by name; left out, a recipe's secret is called like BRAZE_API_KEY.",
      ),
    ),
  ),
  payload: v.optional(
    v.pipe(
      v.picklist(PAYLOAD_FORMS),
      v.description(
        "The form of the sendout that this target's expressions read: normalised (also when left out), v2024-01-01 or v2018-08-01 in Voucherify's own shape, or as received. When it is given and the request has no body of its own, the target is sent the whole payload in that form.",
      ),
    ),
  ),
  request: v.optional(RequestTemplateSchema),
  auth: v.optional(AuthenticationSchema),
  retry: v.optional(RetrySchema, "standard"),
  timeoutMs: v.optional(
    v.pipe(
      v.number(),
      v.integer("expected whole milliseconds"),
      v.minValue(100),
      v.maxValue(TIMEOUT_MS_MAX),
      v.description(`How long one attempt may take, in milliseconds; ${TIMEOUT_MS_DEFAULT} when left out.`),
    ),
    TIMEOUT_MS_DEFAULT,
  ),
  maxAgeSeconds: v.optional(
    v.pipe(
      v.number(),
      v.integer("expected whole seconds"),
      v.minValue(1),
      v.description(
        "How old what happened may be for it still to be sent, in seconds; an older delivery expires. No limit when left out.",
      ),
    ),
  ),
  limits: v.optional(LimitsSchema),
  account: v.optional(
    v.pipe(
      NameSchema,
      v.description("Targets with the same account share limits and circuit breaker. Its own when left out."),
    ),
  ),
  onAmbiguous: v.optional(
    v.pipe(
      AmbiguousSchema,
      v.description(
        "What to do when the target may have got a request although it did not answer: retry (also when left out), or hold for a person to decide.",
      ),
    ),
  ),
});
export type Target = v.InferOutput<typeof TargetSchema>;

export const RouteSchema = v.strictObject({
  id: NameSchema,
  description: v.optional(v.string()),
  events: v.pipe(
    v.array(EventPatternSchema),
    v.minLength(1),
    v.description("Event types this route takes: redemption.succeeded, redemption.*, or * for all."),
  ),
  inlets: v.optional(v.pipe(v.array(NameSchema), v.description("Only sendouts from these inlets; all when left out."))),
  sources: v.optional(
    v.pipe(v.array(v.string()), v.description("Only these sources, by id (wh_…, distr_…); all when left out.")),
  ),
  sourceKinds: v.optional(
    v.pipe(
      v.array(v.string()),
      v.description("Only these kinds of source: webhook (project settings) or distribution; all when left out."),
    ),
  ),
  when: v.optional(v.pipe(v.array(ConditionSchema), v.description("Conditions on the event, all of which must hold."))),
  order: v.optional(
    v.pipe(
      OrderSchema,
      v.description(
        "Deliveries that have the same value there go to each target one after another, in the order in which their sendouts arrived; the next one goes when the one before it has ended. No order when left out.",
      ),
    ),
  ),
  to: v.pipe(
    v.array(NameSchema),
    v.minLength(1, "expected at least one target"),
    v.description("The targets that get a request."),
  ),
});
export type Route = v.InferOutput<typeof RouteSchema>;

export const RoutingTableSchema = v.pipe(
  v.strictObject({
    $schema: v.optional(v.string()),
    inlets: v.pipe(
      v.record(NameSchema, InletSchema),
      v.description("Where sendouts come in: POST /in/<name>, by name."),
    ),
    targets: v.pipe(v.record(NameSchema, TargetSchema), v.description("Where requests go out to, by name.")),
    routes: v.pipe(v.array(RouteSchema), v.maxLength(1_000), v.description("Which events go to which targets.")),
    settings: v.optional(SettingsSchema),
  }),
  v.description("Signalbox's routing table."),
);
export type RoutingTable = v.InferOutput<typeof RoutingTableSchema>;

/** What is in force before any table was published: the default inlet, which needs its secret, and no route. */
export const DEFAULT_TABLE: RoutingTable = {
  inlets: { voucherify: { auth: { secrets: [DEFAULT_INLET_SECRET_NAME] } } },
  targets: {},
  routes: [],
};
