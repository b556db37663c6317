// The project: its webhooks (Project settings) and distributions. The sender sends to them and stops them; the
// Management API manages the webhooks.

import type { Clock } from "./clock.ts";
import { createId } from "./ids.ts";

interface Settings {
  targetUrl: string;
  /** What its sendouts are signed with; by default the project's. Nobody says which of the two Voucherify does. */
  secret?: string;
  /** Custom headers. Names have lowercase letters, digits and dashes only. */
  headers?: Readonly<Record<string, string>>;
}

/** What a webhook is set up with. It is active unless told otherwise. */
export interface WebhookSettings extends Settings {
  /** The event types it wants. */
  events: readonly string[];
  active?: boolean;
}

/** What a distribution is set up with. It is live unless told otherwise. */
export interface DistributionSettings extends Settings {
  /** What a marketer typed as the event's name. It becomes `type` and may be empty. */
  label?: string;
  paused?: boolean;
}

/** A webhook of the project settings. */
export interface Webhook extends Required<WebhookSettings> {
  object: "webhook";
  id: string;
  /** In milliseconds since 1970. */
  createdAt: number;
}

/** A distribution that sends webhooks. */
export interface Distribution extends Required<DistributionSettings> {
  object: "distribution";
  id: string;
}

/** What sends: the `source` of a sendout. */
export type Source = Readonly<Webhook> | Readonly<Distribution>;

/** One project. Sources are values: a change replaces them, and `find` gives the one in force. */
export interface Registry {
  readonly projectId: string;
  addWebhook(settings: WebhookSettings): Readonly<Webhook>;
  addDistribution(settings: DistributionSettings): Readonly<Distribution>;
  find(id: string): Source | undefined;
  /** A webhook by its id; undefined for a distribution too. */
  webhook(id: string): Readonly<Webhook> | undefined;
  webhooks(): Readonly<Webhook>[];
  /** Changes a webhook; what is not mentioned stays. Undefined when there is none. */
  editWebhook(id: string, changes: Partial<WebhookSettings>): Readonly<Webhook> | undefined;
  /** Whether there was one. */
  removeWebhook(id: string): boolean;
  /** Makes a webhook inactive, or pauses a distribution. */
  switchOff(id: string): void;
  /** Makes a webhook active again, or sets a distribution live, as a person would. */
  switchOn(id: string): void;
  /** Hears of every source that stops sending: switched off by anyone, or removed. */
  onStop(listener: (sourceId: string) => void): void;
}

/** Whether a source sends at all. */
export function isLive(source: Source): boolean {
  return source.object === "webhook" ? source.active : !source.paused;
}

/** An empty project whose sources sign with `secret`. */
export function createRegistry({ secret, clock }: { secret: string; clock: Clock }): Registry {
  const sources = new Map<string, Source>();
  const listeners: ((sourceId: string) => void)[] = [];

  const stopped = (id: string): void => listeners.forEach((listener) => listener(id));

  const put = <S extends Source>(source: S): S => {
    checkHeaderNames(source.headers);
    const before = sources.get(source.id);
    sources.set(source.id, source);
    if (before !== undefined && isLive(before) && !isLive(source)) stopped(source.id);
    return source;
  };

  const setLive = (id: string, live: boolean): void => {
    const source = sources.get(id);
    if (source?.object === "webhook") put({ ...source, active: live });
    else if (source !== undefined) put({ ...source, paused: !live });
  };

  const webhook = (id: string): Readonly<Webhook> | undefined => {
    const source = sources.get(id);
    return source?.object === "webhook" ? source : undefined;
  };

  return {
    projectId: createId("proj_"),
    addWebhook: (settings) =>
      put({
        object: "webhook",
        id: createId("wh_"),
        createdAt: clock.now(),
        secret,
        headers: {},
        active: true,
        ...settings,
      }),
    addDistribution: (settings) =>
      put({
        object: "distribution",
        id: createId("distr_"),
        secret,
        headers: {},
        label: "",
        paused: false,
        ...settings,
      }),
    find: (id) => sources.get(id),
    webhook,
    webhooks: () => [...sources.values()].filter((source) => source.object === "webhook"),
    editWebhook: (id, changes) => {
      const current = webhook(id);
      return current === undefined ? undefined : put({ ...current, ...changes });
    },
    removeWebhook: (id) => {
      if (webhook(id) === undefined) return false;
      sources.delete(id);
      stopped(id);
      return true;
    },
    switchOff: (id) => setLive(id, false),
    switchOn: (id) => setLive(id, true),
    onStop: (listener) => {
      listeners.push(listener);
    },
  };
}

function checkHeaderNames(headers: Readonly<Record<string, string>>): void {
  const wrong = Object.keys(headers).find((name) => !/^[a-z0-9-]+$/.test(name));
  if (wrong !== undefined) throw new RangeError(`"${wrong}": header names have lowercase letters, digits and dashes`);
}
