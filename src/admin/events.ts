// The catalogue of event types: what Voucherify sends, what stands in it, and what a template can read from it.

import { Hono } from "hono";
import * as v from "valibot";
import { FAMILIES, familyOf } from "../recipes/families.ts";
import { problem } from "../problem.ts";
import { EVENT_TYPES, findEvent } from "../voucherify/catalogue.ts";
import { describeEvent, summariseEvent, type EventSummary } from "../voucherify/event-description.ts";
import { exampleSendout } from "../voucherify/examples.ts";
import { nearestPath } from "../voucherify/nearest-path.ts";
import type { AdminEnv } from "./access.ts";
import { describe } from "./describe.ts";
import { InletNameSchema, PostedSchema, postToInlet } from "./post-to-inlet.ts";
import { validBody, validQuery } from "./validate.ts";

const VersionSchema = v.picklist(["v2024-01-01", "v2018-08-01"]);
const PresenceSchema = v.picklist(["required", "optional", "sample only"]);

const SummarySchema = v.object({
  type: v.string(),
  meaning: v.string(),
  family: v.pipe(v.picklist(FAMILIES), v.description("What recipes go by.")),
  aliases: v.array(v.string()),
  selectable: v.pipe(
    v.object({ project: v.boolean(), distribution: v.boolean() }),
    v.description("Where Voucherify lets people choose it today."),
  ),
  versions: v.array(VersionSchema),
  documented: v.pipe(v.boolean(), v.description("False where nobody says what `data` has.")),
  removed: v.pipe(v.boolean(), v.description("Voucherify no longer sends it.")),
});

const FieldSchema = v.object({
  path: v.pipe(v.string(), v.description("As expressions have it: `customer.email`, `order.items[].price`.")),
  kind: v.string(),
  nullable: v.boolean(),
  presence: PresenceSchema,
  meaning: v.string(),
  sample: v.optional(v.unknown()),
  prefix: v.optional(v.string()),
  choices: v.optional(v.array(v.string())),
});

const DescriptionSchema = v.object({
  ...SummarySchema.entries,
  data: v.array(v.object({ key: v.string(), presence: PresenceSchema, nullable: v.boolean(), meaning: v.string() })),
  fields: v.array(FieldSchema),
  examples: v.pipe(
    v.record(VersionSchema, v.nullable(v.record(v.string(), v.unknown()))),
    v.description("A whole sendout of our own in each payload version; null where the version has no such event."),
  ),
});

const SendBodySchema = v.strictObject({
  inlet: InletNameSchema,
  source: v.optional(v.pipe(v.picklist(["webhook", "distribution"]), v.description("Who is said to have sent it."))),
});

const ExampleQuerySchema = v.strictObject({
  source: v.optional(v.pipe(v.picklist(["webhook", "distribution"]), v.description("Who sends the examples."))),
});

/** `GET /admin/events`, `GET /admin/events/<type>` and `POST /admin/events/<type>/send`. */
export const eventRoutes = new Hono<AdminEnv>()
  .get(
    "/",
    describe({
      summary: "Lists the event types that Voucherify is known to send.",
      answer: v.object({ events: v.array(SummarySchema) }),
    }),
    (c) => {
      const known = EVENT_TYPES.flatMap((type) => findEvent(type) ?? []);
      return c.json({ events: known.map((one) => withFamily(summariseEvent(one))) });
    },
  )
  .get(
    "/:type",
    describe({
      summary: "All that is known of an event type, under any of its spellings.",
      path: { type: "The event type, like `redemption.succeeded`." },
      answer: DescriptionSchema,
      problems: ["request_invalid", "not_found"],
    }),
    validQuery(ExampleQuerySchema),
    (c) => {
      const type = c.req.param("type");
      const definition = findEvent(type);
      if (definition === undefined) return problem(c, "not_found", { detail: noSuchType(type) });
      const { source } = c.req.valid("query");
      const exampleOf = (version: v.InferOutput<typeof VersionSchema>) =>
        exampleSendout(type, { version, ...(source !== undefined && { source }) }) ?? null;
      const examples = { "v2024-01-01": exampleOf("v2024-01-01"), "v2018-08-01": exampleOf("v2018-08-01") };
      return c.json({ ...withFamily(describeEvent(definition)), examples });
    },
  )
  .post(
    "/:type/send",
    describe({
      summary: "Sends our own example of an event through the router, signed, as Voucherify would.",
      description:
        "It goes the whole way of a real one: what the table's routes make of it is really delivered. Each has ids of its own. Look it up with `GET /admin/sendouts/<acceptedId>`.",
      path: { type: "The event type, like `redemption.succeeded`." },
      answer: PostedSchema,
      example: { body: {} },
      problems: ["not_found", "inlet_unknown"],
    }),
    validBody(SendBodySchema),
    async (c) => {
      const now = Date.now();
      const { inlet, source } = c.req.valid("json");
      const type = c.req.param("type");
      const example = freshExample(type, source, now);
      if (example === undefined) return problem(c, "not_found", { detail: noSuchType(type) });
      const posted = await postToInlet(c.env, c.executionCtx, inlet, () => example, now);
      return posted === undefined ? problem(c, "inlet_unknown") : c.json(posted);
    },
  );

/** How many random bytes an example's ids have: as many as Voucherify's. */
const ID_BYTES = 9;

/** An example that nobody has sent before, in the newest version that has it; undefined where none has. */
function freshExample(type: string, source: "webhook" | "distribution" | undefined, now: number) {
  const options = {
    now: new Date(now),
    ids: (prefix: string) => prefix + crypto.getRandomValues(new Uint8Array(ID_BYTES)).toHex(),
    ...(source !== undefined && { source }),
  };
  return exampleSendout(type, options) ?? exampleSendout(type, { ...options, version: "v2018-08-01" });
}

function noSuchType(type: string): string {
  const nearest = nearestPath(type, EVENT_TYPES);
  const meant = nearest === undefined ? "" : ` Did you mean ${nearest}?`;
  return `There is no such event type in the catalogue.${meant}`;
}

function withFamily<TEvent extends EventSummary>(event: TEvent) {
  return { ...event, family: familyOf(event.type) };
}
