// The keys with which a team's assertions are signed, in this isolate's memory. Cloudflare takes a new one every six weeks and
// publishes the one before for another seven days.
// https://developers.cloudflare.com/cloudflare-one/access-controls/applications/http-apps/authorization-cookie/validating-json/
// (read 2026-11-29)

import { createLocalJWKSet, type JWTVerifyGetKey } from "jose";
import * as v from "valibot";
import { readBeginning } from "../../delivery/read-answer.ts";
import { errorMessage, logFailure } from "../../log.ts";
import { failure, success, type Result } from "../../result.ts";

/** How old keys may be, in milliseconds, before they are fetched again. */
const FRESH_MS = 10 * 60_000;

/** How old they may be while they cannot be fetched. After that nobody is believed: a key may have been withdrawn. */
const KEPT_MS = 60 * 60_000;

/** An assertion can name any key. One that is not known has them fetched again, but not more often than this. */
const UNKNOWN_KEY_INTERVAL_MS = 30_000;

/** How long they are not asked for after that has failed, in milliseconds. */
const PAUSE_MS = 5_000;

/** How long fetching them may take, in milliseconds, the body included. */
const TIMEOUT_MS = 5_000;

/**
 * A request of another invocation that has taken this long, in milliseconds, is taken for dead: the invocation may have
 * ended, and nobody would ever hear of it.
 */
const FLIGHT_MS_MAX = TIMEOUT_MS + 1_000;

/** How much is read, in bytes: two keys, twice, are some 8 KB. */
const BYTES_MAX = 65_536;

const CertsSchema = v.pipe(v.string(), v.parseJson(), v.object({ keys: v.array(v.unknown()) }));

/** What assertions are signed with; keys of another kind are none of them. */
const KeySchema = v.looseObject({ kid: v.string(), kty: v.literal("RSA") });

interface KeySet {
  find: JWTVerifyGetKey;
  ids: ReadonlySet<string>;
  fetchedAt: number;
}

type Fetched = Result<KeySet, "access_unavailable">;

/** The keys of one team. */
export class AccessKeys {
  readonly #url: string;
  #known: KeySet | undefined;
  #flight: Promise<Fetched> | undefined;
  #failure: { result: Fetched; until: number } | undefined;

  constructor(issuer: string) {
    this.#url = `${issuer}/cdn-cgi/access/certs`;
  }

  /**
   * Where to find the key that an assertion names, if there is one. A failure says that it cannot be known.
   *
   * @param id undefined for any
   * @param now milliseconds since 1970
   */
  async find(id: string | undefined, now: number): Promise<Result<JWTVerifyGetKey, "access_unavailable">> {
    const known = this.#known;
    const ageMs = now - (known?.fetchedAt ?? Number.NEGATIVE_INFINITY);
    const isThere = known !== undefined && (id === undefined || known.ids.has(id));
    if (known !== undefined && ageMs < (isThere ? FRESH_MS : UNKNOWN_KEY_INTERVAL_MS)) return success(known.find);
    const fetched = await this.#refresh(now);
    if (fetched.ok) return success(fetched.value.find);
    return isThere && ageMs < KEPT_MS ? success(known.find) : fetched;
  }

  /** Fetches the keys; whoever comes meanwhile waits for the same request. */
  async #refresh(now: number): Promise<Fetched> {
    if (this.#failure !== undefined && now < this.#failure.until) return this.#failure.result;
    this.#flight ??= this.#land(now);
    const flight = this.#flight;
    const { promise: lost, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => resolve(undefined), FLIGHT_MS_MAX);
    const fetched = await Promise.race([flight, lost]);
    clearTimeout(timer);
    if (fetched !== undefined) return fetched;
    if (this.#flight === flight) this.#flight = undefined;
    return unavailable("no answer");
  }

  async #land(now: number): Promise<Fetched> {
    const result = await fetchKeys(this.#url, now);
    this.#flight = undefined;
    this.#failure = result.ok ? undefined : { result, until: now + PAUSE_MS };
    if (result.ok) this.#known = result.value;
    else logFailure("access_keys_unavailable", new Error(result.detail));
    return result;
  }
}

/** Never rejects. */
async function fetchKeys(url: string, now: number): Promise<Fetched> {
  try {
    const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (response.status !== 200) return unavailable(`${url} answered ${response.status}`);
    const { text, whole } = await readBeginning(response, BYTES_MAX);
    const certs = v.safeParse(CertsSchema, whole ? text : "");
    const keys = certs.success ? certs.output.keys.filter((key) => v.is(KeySchema, key)) : [];
    if (keys.length === 0) return unavailable(`${url} answered no keys`);
    return success({ find: createLocalJWKSet({ keys }), ids: new Set(keys.map(({ kid }) => kid)), fetchedAt: now });
  } catch (error) {
    return unavailable(`${url} could not be read: ${errorMessage(error)}`);
  }
}

function unavailable(detail: string): Result<never, "access_unavailable"> {
  return failure("access_unavailable", detail);
}

// One for each queue binding and issuer, for the isolate's life.
const keysByQueue = new WeakMap<Queue, Map<string, AccessKeys>>();

/** The isolate's keys of a team. */
export function accessKeysOf(queue: Queue, issuer: string): AccessKeys {
  const teams = keysByQueue.get(queue) ?? new Map<string, AccessKeys>();
  keysByQueue.set(queue, teams);
  const keys = teams.get(issuer) ?? new AccessKeys(issuer);
  teams.set(issuer, keys);
  return keys;
}
