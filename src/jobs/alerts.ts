// Alerts: puts what people should know into the outbox and sends what is due there. A message that a channel does not take
// is tried for a day; a channel that takes nothing is an incident of its own, told through the others.

import { sendAlert } from "../alerts/channels/send-alert.ts";
import { planAlerts } from "../alerts/plan.ts";
import { NO_ALERTS, type AlertSettings, type Channel } from "../alerts/settings.ts";
import { foldMessages } from "../alerts/write-message.ts";
import { hostRules } from "../delivery/host-rules.ts";
import {
  findFailingChannels,
  forgetOldAlerts,
  settleAlerts,
  takeAlerts,
  type Alert,
  type Settled,
} from "../ledger/alerts.ts";
import { settleIncidents } from "../ledger/watched-incidents.ts";
import { newestTable, type TableBindings } from "../routing/table-store.ts";
import { duration } from "./duration.ts";

const MINUTE_MS = 60_000;

/** How many messages one channel gets in a minute; what is over goes out as one. */
export const MESSAGES_PER_RUN = 3;

/** How long a message is tried, in milliseconds. What happened a day ago is no alert any more. */
export const GIVE_UP_MS = 24 * 60 * MINUTE_MS;

/** When a message that failed is tried again, in minutes, by how often it has failed; the last one from then on. */
const BACKOFF_MINUTES = [1, 2, 5, 10, 30] as const;

/** After how many failures of one message its channel counts as failing. */
const FAILING_ATTEMPTS = 3;

/**
 * Tells people what they should know.
 *
 * @param now milliseconds since 1970
 * @throws whatever D1 throws; what was not noted as sent is sent again
 */
export async function tellPeople(env: TableBindings, now: number): Promise<void> {
  const { table } = await newestTable(env, now);
  const settings = table.source.settings?.alerts ?? NO_ALERTS;
  const origin = originOf(settings, env);
  await planAlerts(env.LEDGER, { settings, origin, now });
  const taken = await takeAlerts(env.LEDGER, now);
  const settled = await Promise.all(
    [...Map.groupBy(taken, ({ channel }) => channel)].map(async ([name, alerts]) => {
      const channel = settings.channels[name];
      return channel === undefined
        ? alerts.map((alert) => giveUp(alert, "the channel is gone", now))
        : sendAll(channel, alerts, { env, origin, now });
    }),
  );
  await settleAlerts(env.LEDGER, settled.flat());
  await lookAtChannels(env.LEDGER, settings, now);
  await forgetOldAlerts(env.LEDGER, now).run();
}

/** Where messages link to. */
export function originOf(settings: AlertSettings, env: object): string | undefined {
  const host = hostRules(env).own[0];
  return settings.origin ?? (host === undefined ? undefined : `https://${host}`);
}

interface Sending {
  env: TableBindings;
  origin: string | undefined;
  now: number;
}

/** One after another; once the channel does not take one, the others wait with it. */
async function sendAll(channel: Channel, alerts: readonly Alert[], sending: Sending): Promise<Settled[]> {
  const settled: Settled[] = [];
  let refusal: string | undefined;
  for (const together of parcels(alerts)) {
    const [first] = together;
    if (first === undefined) continue;
    if (refusal === undefined) {
      const alert = together.length === 1 ? first : fold(together, sending);
      const { ok, answer } = await sendAlert(channel, alert, sending.env, () => sending.now);
      if (!ok) refusal = answer;
      settled.push(
        ...together.map((one) => (ok ? sent(one, first, answer, sending.now) : postpone(one, answer, sending.now))),
      );
    } else {
      // It was not asked; but it waits as long as the one that was.
      const { dueAt } = settled.at(-1) ?? first;
      settled.push(
        ...together.map((one) => ({ ...one, state: "waiting" as const, dueAt, attempts: one.attempts - 1 })),
      );
    }
  }
  return settled;
}

/** The messages as they go out: the oldest ones alone, and whatever is too much for a minute in one. */
function parcels(alerts: readonly Alert[]): Alert[][] {
  if (alerts.length <= MESSAGES_PER_RUN) return alerts.map((alert) => [alert]);
  const alone = alerts.slice(0, MESSAGES_PER_RUN - 1).map((alert) => [alert]);
  return [...alone, alerts.slice(MESSAGES_PER_RUN - 1)];
}

function fold(alerts: readonly Alert[], { origin }: Sending): Alert {
  const [first] = alerts;
  if (first === undefined) throw new Error("there is nothing to fold");
  const messages = alerts.map(({ message }) => message);
  return { ...first, kind: null, subject: null, change: "digest", message: foldMessages(messages, origin) };
}

function sent(alert: Alert, first: Alert, answer: string, now: number): Settled {
  const { id, attempts, dueAt } = alert;
  return { id, attempts, dueAt, state: id === first.id ? "sent" : "folded", endedAt: now, answer };
}

function postpone(alert: Alert, answer: string, now: number): Settled {
  if (now - alert.createdAt >= GIVE_UP_MS) return giveUp(alert, answer, now);
  const minutes = BACKOFF_MINUTES[Math.min(alert.attempts, BACKOFF_MINUTES.length) - 1] ?? 1;
  const { id, attempts } = alert;
  return { id, attempts, state: "waiting", dueAt: now + minutes * MINUTE_MS, endedAt: null, answer };
}

function giveUp({ id, channel, attempts, dueAt }: Alert, answer: string, now: number): Settled {
  console.error(JSON.stringify({ event: "alert_given_up", channel, attempts, answer }));
  return { id, attempts, dueAt, state: "given_up", endedAt: now, answer };
}

/** A channel that takes nothing is an incident; it is never told through itself. */
async function lookAtChannels(db: D1Database, { channels }: AlertSettings, now: number): Promise<void> {
  const failing = await findFailingChannels(db, FAILING_ATTEMPTS, now - 2 * GIVE_UP_MS);
  const found = failing.flatMap(({ channel, since, waiting, answer }) =>
    Object.hasOwn(channels, channel)
      ? [
          {
            subject: channel,
            detail: `The channel "${channel}" has taken no message for ${duration(now - since)}: ${answer}. ${waiting} wait; each is tried for a day.`,
          },
        ]
      : [],
  );
  await settleIncidents(db, [{ kind: "alerts_failing", found }], now);
}
