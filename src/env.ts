// Settings: the one place that reads what is not a binding. Secrets are looked up by name at the moment they are
// needed and are never copied into anything that outlives the call.

/** Bindings that an installation may add to wrangler.toml; `wrangler types` knows only those that are there. */
interface OptionalBindings {
  /** Large payloads go here instead of into D1, when bound. */
  BODIES?: R2Bucket;
  /** Payloads are copied here before they are purged, when bound. */
  ARCHIVE?: R2Bucket;
}

/**
 * Every binding the code may meet. Without the gate's object each isolate keeps to a target's limits by itself; without
 * the Inbox a queue that refuses is answered with 503.
 */
export type Bindings = Omit<Env, Objects> & Partial<Pick<Env, Objects>> & OptionalBindings;
type Objects = "TARGET_GATE" | "INBOX";

/**
 * The value of a Worker secret, or undefined when it is not set. An empty value counts as not set: an empty key would
 * accept anyone's signature.
 */
export function readSecret(env: object, name: string): string | undefined {
  const value: unknown = Object.hasOwn(env, name) ? Reflect.get(env, name) : undefined;
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** How long a queue keeps a message on the free plan, in seconds; on the paid one it is four days and can be set. */
const RETENTION_SECONDS = 86_400;

/**
 * How long the queues keep a message, in milliseconds: the variable `SIGNALBOX_QUEUE_RETENTION_SECONDS`, because a Worker
 * cannot ask. Anything but a whole number from 60 to 1,209,600 (14 days) counts as not set.
 * https://developers.cloudflare.com/queues/platform/limits/ (read 2026-11-24)
 */
export function queueRetentionMs(env: object): number {
  const seconds = Number(readSecret(env, "SIGNALBOX_QUEUE_RETENTION_SECONDS"));
  const isValid = Number.isInteger(seconds) && seconds >= 60 && seconds <= 1_209_600;
  return (isValid ? seconds : RETENTION_SECONDS) * 1_000;
}

/**
 * Whether targets may be plain http and on this machine or network. For local development only: the variable
 * `SIGNALBOX_LOCAL_TARGETS` set to `allow`. Anything else, including unset, means no.
 */
export function allowsLocalTargets(env: object): boolean {
  return readSecret(env, "SIGNALBOX_LOCAL_TARGETS") === "allow";
}
