// Alerts: what people were told, and a word to every channel to see whether it arrives.

import { Hono } from "hono";
import * as v from "valibot";
import { sendAlert } from "../alerts/channels/send-alert.ts";
import { NO_ALERTS } from "../alerts/settings.ts";
import { writeTest } from "../alerts/write-message.ts";
import { originOf } from "../jobs/alerts.ts";
import { CHANGES, listAlerts, MessageSchema, type Alert, type AlertCursor } from "../ledger/alerts.ts";
import { problem } from "../problem.ts";
import { newestTable } from "../routing/table-store.ts";
import type { AdminEnv } from "./access.ts";
import { InstantTextSchema, MaybeInstantSchema, NextSchema, toInstant, toMaybeInstant } from "./answers.ts";
import { describe } from "./describe.ts";
import { limitSchema, validQuery } from "./validate.ts";

const ListQuerySchema = v.strictObject({
  limit: limitSchema(100, 500),
  cursor: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,15}~\w{1,40}$/, "expected an earlier answer's next"),
      v.description("An earlier answer's `next`."),
      v.transform((text): AlertCursor => {
        const [createdAt = "", id = ""] = text.split("~");
        return { createdAt: Number(createdAt), id };
      }),
    ),
  ),
});

const AlertAnswerSchema = v.pipe(
  v.object({
    id: v.string(),
    channel: v.string(),
    state: v.pipe(
      v.picklist(["waiting", "held", "sent", "folded", "given_up"]),
      v.description(
        "`held` waits for the digest or the end of the quiet hours; `folded` went out as a part of another.",
      ),
    ),
    change: v.picklist(CHANGES),
    kind: v.nullable(v.string()),
    subject: v.nullable(v.string()),
    severity: v.string(),
    message: MessageSchema,
    createdAt: InstantTextSchema,
    attempts: v.number(),
    endedAt: MaybeInstantSchema,
    answer: v.pipe(v.nullable(v.string()), v.description("What came of the last attempt.")),
  }),
  v.metadata({ ref: "Alert" }),
);

const TestedSchema = v.object({ channel: v.string(), type: v.string(), ok: v.boolean(), answer: v.string() });

/** `GET /admin/alerts` and `POST /admin/alerts/test`. */
export const alertRoutes = new Hono<AdminEnv>()
  .get(
    "/",
    describe({
      summary: "Lists what people were told, or will be, the newest first.",
      answer: v.object({ alerts: v.array(AlertAnswerSchema), next: NextSchema }),
    }),
    validQuery(ListQuerySchema),
    async (c) => {
      const { limit, cursor } = c.req.valid("query");
      const alerts = await listAlerts(c.env.LEDGER, limit, cursor);
      const last = alerts.length === limit ? alerts.at(-1) : undefined;
      const next = last === undefined ? null : `${last.createdAt}~${last.id}`;
      return c.json({ alerts: alerts.map(describeAlert), next });
    },
  )
  .post(
    "/test",
    describe({
      summary: "Sends a test message to every channel at once, and says what each answered.",
      answer: v.object({ channels: v.array(TestedSchema) }),
      problems: ["no_channels"],
    }),
    async (c) => {
      const { table } = await newestTable(c.env, Date.now());
      const settings = table.source.settings?.alerts ?? NO_ALERTS;
      const channels = Object.entries(settings.channels);
      if (channels.length === 0) return problem(c, "no_channels");
      const tested = await Promise.all(
        channels.map(async ([name, channel]) => {
          const alert = testOf(name, writeTest(name, originOf(settings, c.env)));
          return { channel: name, type: channel.type, ...(await sendAlert(channel, alert, c.env, Date.now)) };
        }),
      );
      return c.json({ channels: tested });
    },
  );

/** A message that is in no outbox. */
function testOf(channel: string, message: Alert["message"]): Alert {
  const now = Date.now();
  return {
    id: `al_${crypto.getRandomValues(new Uint8Array(12)).toHex()}`,
    channel,
    state: "waiting",
    change: "test",
    kind: null,
    subject: null,
    severity: "info",
    message,
    createdAt: now,
    dueAt: now,
    attempts: 1,
    endedAt: null,
    answer: null,
  };
}

function describeAlert({ dueAt: _dueAt, createdAt, endedAt, ...rest }: Alert): v.InferOutput<typeof AlertAnswerSchema> {
  return { ...rest, createdAt: toInstant(createdAt), endedAt: toMaybeInstant(endedAt) };
}
