// Tokens for as long as they are good, in this isolate's memory and nowhere else. However many deliveries need one, it
// is asked for once; an endpoint that fails is left alone for a while. Knows nothing of how a token is had.

/** A token is not used in its last minute: clocks differ, and a request takes time. */
const SKEW_MS = 60_000;

/** A token without a believable lifetime is taken to be good this long; a 401 tells of an earlier end. */
const LIFETIME_SECONDS_DEFAULT = 300;

/** No token is kept longer than a day, whatever the endpoint says. */
const LIFETIME_SECONDS_MAX = 86_400;

/** How long an endpoint that failed is left alone: 5 s, doubling, at most 5 min. */
const PAUSE_MS_MIN = 5_000;
const PAUSE_MS_MAX = 300_000;

/** A target that refuses one new token after the other causes one request in this time, not one per delivery. */
const RENEWAL_INTERVAL_MS = 30_000;

/**
 * A request for a token that has taken this long is taken for dead, in milliseconds: the invocation that made it may
 * have ended. A little more than the request's own time limit.
 */
const FLIGHT_MS_MAX = 11_000;

/** How many tokens are kept; the oldest goes first. */
const TOKENS_MAX = 500;

/** What an endpoint gave. */
export type Obtained =
  | { ok: true; token: string; /** As the endpoint said; anything. */ expiresIn: unknown }
  | { ok: false; detail: string };

/** A token to use, or why there is none and when it will be tried again, in milliseconds since 1970. */
export type TokenOutcome =
  | { kind: "token"; token: string }
  | { kind: "unavailable"; detail: string; readyAt: number }
  /** The token was refused, as was the one before it: another would be too. */
  | { kind: "refused" };

interface Token {
  value: string;
  freshUntil: number;
  expiresAt: number;
}

interface Flight {
  startedAt: number;
  outcome: Promise<TokenOutcome>;
}

interface Entry {
  token?: Token | undefined;
  flight?: Flight | undefined;
  failures: number;
  failure: string;
  pausedUntil: number;
  renewedAt: number;
}

/** A cache of tokens. */
export interface TokenCache {
  /**
   * A token for a key. Never rejects.
   *
   * @param obtain asks the endpoint; called at most once at a time per key, must not reject
   * @param refused a token of this key that a target did not take: it is not given out again
   */
  get(key: string, obtain: () => Promise<Obtained>, now: () => number, refused?: string): Promise<TokenOutcome>;
}

/** Creates an empty cache. */
export function createTokenCache(): TokenCache {
  const entries = new Map<string, Entry>();
  return {
    get: async (key, obtain, now, refused) => {
      const entry = entries.get(key) ?? {
        failures: 0,
        failure: "",
        pausedUntil: 0,
        renewedAt: Number.NEGATIVE_INFINITY,
      };
      entries.delete(key);
      entries.set(key, entry); // last again
      for (const oldest of entries.keys()) if (entries.size > TOKENS_MAX) entries.delete(oldest);
      return take(entry, obtain, now, refused);
    },
  };
}

async function take(
  entry: Entry,
  obtain: () => Promise<Obtained>,
  now: () => number,
  refused: string | undefined,
): Promise<TokenOutcome> {
  const at = now();
  if (refused !== undefined && entry.token?.value === refused) {
    if (at < entry.renewedAt + RENEWAL_INTERVAL_MS) return { kind: "refused" };
    entry.renewedAt = at;
    entry.token = undefined;
  }
  if (entry.token !== undefined && at < entry.token.freshUntil) return { kind: "token", token: entry.token.value };
  const outcome = await ask(entry, obtain, now);
  // The last minute of a token is better than none.
  if (outcome.kind === "unavailable" && entry.token !== undefined && now() < entry.token.expiresAt)
    return { kind: "token", token: entry.token.value };
  return outcome;
}

async function ask(entry: Entry, obtain: () => Promise<Obtained>, now: () => number): Promise<TokenOutcome> {
  if (entry.flight !== undefined) return join(entry, entry.flight, now);
  const at = now();
  if (at < entry.pausedUntil) return unavailable(entry);
  const flight: Flight = { startedAt: at, outcome: land(obtain()) };
  entry.flight = flight;
  return flight.outcome;

  async function land(request: Promise<Obtained>): Promise<TokenOutcome> {
    const obtained = await request;
    if (entry.flight === flight) entry.flight = undefined;
    if (!obtained.ok) return fail(entry, obtained.detail, now());
    entry.token = createToken(obtained.token, obtained.expiresIn, now());
    entry.failures = 0;
    entry.pausedUntil = 0;
    return { kind: "token", token: obtained.token };
  }
}

/** Waits for another's request, but not for one whose invocation has ended: that would never come back. */
async function join(entry: Entry, flight: Flight, now: () => number): Promise<TokenOutcome> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const lost = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), Math.max(0, flight.startedAt + FLIGHT_MS_MAX - now()));
  });
  const outcome = await Promise.race([flight.outcome, lost]);
  clearTimeout(timer);
  if (outcome !== undefined) return outcome;
  if (entry.flight !== flight) return unavailable(entry);
  entry.flight = undefined;
  return fail(entry, "the token endpoint did not answer", now());
}

function fail(entry: Entry, detail: string, now: number): TokenOutcome {
  entry.failures += 1;
  entry.failure = detail;
  entry.pausedUntil = now + Math.min(PAUSE_MS_MIN * 2 ** Math.min(entry.failures - 1, 10), PAUSE_MS_MAX);
  return unavailable(entry);
}

function unavailable({ failure, pausedUntil }: Entry): TokenOutcome {
  return { kind: "unavailable", detail: failure, readyAt: pausedUntil };
}

function createToken(value: string, expiresIn: unknown, now: number): Token {
  const lifetimeMs = lifetimeSeconds(expiresIn) * 1_000;
  // A short one loses half of its life rather than all of it.
  return { value, freshUntil: now + lifetimeMs - Math.min(SKEW_MS, lifetimeMs / 2), expiresAt: now + lifetimeMs };
}

/** What `expires_in` says, in seconds; some write it as text, some leave it out. */
function lifetimeSeconds(expiresIn: unknown): number {
  const seconds = typeof expiresIn === "string" && /^\d{1,12}$/.test(expiresIn) ? Number(expiresIn) : expiresIn;
  if (typeof seconds !== "number" || !Number.isFinite(seconds) || seconds < 1) return LIFETIME_SECONDS_DEFAULT;
  return Math.min(seconds, LIFETIME_SECONDS_MAX);
}
