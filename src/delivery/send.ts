// One attempt at a target: secrets come in here and go nowhere else. Usually one HTTP call; a second one when the target
// has refused a token and there is a new one.

import { allowsLocalTargets } from "../env.ts";
import type { RenderedRequest, RenderedText } from "../translation/rendered.ts";
import { isHeaderValue } from "../translation/headers.ts";
import type { SecretReader } from "../vault/open-secrets.ts";
import { addressIssue } from "./address.ts";
import { tokenUrlOf, type Authentication } from "./authentication.ts";
import { obtainToken, prove, sharedTokens, usesToken, type TokenSource } from "./authentication/prove.ts";
import { SecretFormError, type Draft, type Proof } from "./authentication/proof.ts";
import type { TokenCache, TokenOutcome } from "./authentication/token-cache.ts";
import { callTarget, type CallOutcome } from "./call-target.ts";
import { hostRules } from "./host-rules.ts";
import { HOPS_HEADER, HOPS_MAX } from "../hops.ts";
import type { Result } from "./judge.ts";
import { isPathSecret, piecesOfPathSecret } from "./path-secret.ts";
import { resolveSecrets, type Resolved } from "./resolve-secrets.ts";

/** Under what name requests go out. */
const USER_AGENT = "Signalbox/0.1 (+https://github.com/signalbox)";

/** What a proof may put into a header: longer than a template may, because tokens are. */
const PROOF_VALUE = /^[\t\x20-\x7e]{0,16384}$/;

/** A request with everything its sending depends on. */
export interface Sending {
  request: RenderedRequest;
  auth: Authentication;
  timeoutMs: number;
  /** The delivery's id, sent as `Idempotency-Key`. */
  idempotencyKey: string;
  /** How many Signalboxes the sendout has come through; 0 when left out. */
  hops?: number;
}

/** What came of an attempt, with the beginning of the answer, secrets removed. */
export interface Sent extends CallOutcome {
  /** The target refused a token, a new one was fetched, and this is what came of the call with that one. */
  tokenRefreshed?: true;
  /** When what was not ready is looked at again, in milliseconds since 1970. */
  readyAt?: number;
}

/** What sending does not decide by itself. */
export interface SendChoices {
  now: () => number;
  fetch: typeof fetch;
  tokens: TokenCache;
  /** Where a secret is looked up that the Worker does not have; nowhere when left out. */
  vault: SecretReader;
}

/**
 * Makes the attempt. Never throws: whatever happens is a result. A call takes `timeoutMs` at most, a token ten seconds;
 * after a refused token both come twice.
 *
 * @param env where Worker secrets and mTLS bindings are looked up, by name
 */
export async function send(sending: Sending, env: object, choices: Partial<SendChoices> = {}): Promise<Sent> {
  const {
    now = Date.now,
    fetch: fetcher = async (input, init) => fetch(input, init), // looked up now; workerd's insists on being called bare
    tokens = sharedTokens(),
  } = choices;
  const prepared = await prepare(sending, env, { vault: choices.vault, now });
  if ("result" in prepared) return prepared;
  const work: Work = { ...prepared, sending, now };
  const { auth } = sending;
  if (usesToken(auth)) return sendWithToken(work, auth, { cache: tokens, fetch: fetcher, now }, fetcher);
  try {
    const proof = await prove(auth, prepared.draft, { secret: prepared.secret, now: now() });
    return await call(work, proof, fetcher);
  } catch (error) {
    const detail = error instanceof SecretFormError ? error.message : "the request could not be signed";
    return notSent({ kind: "not_ready", reason: "secret_invalid" }, detail);
  }
}

interface Prepared {
  draft: Draft;
  secret: (name: string) => string;
  /** Values that must not be seen again. */
  sensitive: string[];
  /** What the target is called through; undefined for plain `fetch`. */
  binding: { fetch: typeof fetch } | undefined;
}

interface Work extends Prepared {
  sending: Sending;
  now: () => number;
}

function notSent(result: Result, detail: string): Sent {
  return { result, detail, ambiguous: false };
}

/** What secrets are looked up with. */
interface LookUp {
  vault: SecretReader | undefined;
  now: () => number;
}

/** Everything about a request but its proof; or why it is not sent. */
async function prepare(sending: Sending, env: object, lookUp: LookUp): Promise<Prepared | Sent> {
  const { request, auth, hops = 0, idempotencyKey } = sending;
  if (hops >= HOPS_MAX) return notSent(refused("hops_exceeded"), `it has come through ${hops} Signalboxes`);
  const origin = originOf(fill(request.url, () => "secret"));
  if (origin === undefined) return notSent(refused("address_refused"), BAD_ADDRESS);
  const secrets = await lookUpSecrets(sending, origin, env, lookUp);
  if ("result" in secrets) return secrets;
  const { value: secret } = secrets;
  const inPath = secretsInPath(request.url, secret);
  if (!inPath.every((value) => isPathSecret(value) && !startsSecondQuery(value, request.url))) {
    const detail = "a secret that is part of the URL's path has characters that cannot stand there";
    return notSent(refused("request_invalid"), detail);
  }
  const url = URL.parse(fill(request.url, secret));
  const issue = checkAddress(url, env) ?? checkTokenAddress(auth, env);
  if (url === null || issue !== undefined) return notSent(refused("address_refused"), issue ?? BAD_ADDRESS);
  if (url.origin !== origin) return notSent(refused("address_refused"), "a secret would change the address's host");
  const headers = request.headers.map(([name, value]): [string, string] => [name, fill(value, secret)]);
  headers.push(["idempotency-key", idempotencyKey], ["user-agent", USER_AGENT], [HOPS_HEADER, String(hops + 1)]);
  if (!headers.every(([, value]) => isHeaderValue(value))) return notSent(refused("request_invalid"), BAD_HEADER);
  const binding = auth.mtls === undefined ? undefined : findBinding(env, auth.mtls);
  if (auth.mtls !== undefined && binding === undefined)
    return notSent({ kind: "not_ready", reason: "binding_missing" }, `there is no mTLS binding ${auth.mtls}`);
  const body = request.body === undefined ? "" : fill(request.body, secret);
  const draft = { method: request.method, url, headers, body, id: idempotencyKey };
  return { draft, secret, sensitive: [...secrets.values, ...inPath.flatMap(piecesOfPathSecret)], binding };
}

/** The secrets of a request to an origin, or why it is not sent. */
async function lookUpSecrets(
  { request, auth }: Sending,
  origin: string,
  env: object,
  { vault, now }: LookUp,
): Promise<(Resolved & { ok: true }) | Sent> {
  // A secret goes to where a token comes from, and what is made of it to the request's own host.
  const origins = [origin, originOf(tokenUrlOf(auth) ?? "") ?? []].flat();
  const secrets = await resolveSecrets({ request, auth }, origins, env, vault);
  if (secrets.ok) return secrets;
  const { reason, detail, afterMs } = secrets;
  const sent = notSent({ kind: "not_ready", reason }, detail);
  return afterMs === undefined ? sent : { ...sent, readyAt: now() + afterMs };
}

const BAD_HEADER = "a header would have a line break or a character outside ASCII";

const BAD_ADDRESS = "the address cannot be read";

/** Scheme, host and port; undefined when the address cannot be read. */
function originOf(url: string): string | undefined {
  return URL.parse(url)?.origin;
}

function refused(reason: (Result & { kind: "refused" })["reason"]): Result {
  return { kind: "refused", reason };
}

function checkAddress(url: URL | null, env: object): string | undefined {
  return url === null ? BAD_ADDRESS : addressIssue(url, allowsLocalTargets(env), hostRules(env));
}

function checkTokenAddress(auth: Authentication, env: object): string | undefined {
  const url = tokenUrlOf(auth);
  const issue = url === undefined ? undefined : checkAddress(URL.parse(url), env);
  return issue === undefined ? undefined : `the token's address: ${issue}`;
}

/** An mTLS binding. The name's form keeps tables from other bindings; authentication.ts says which. */
function findBinding(env: object, name: string): { fetch: typeof fetch } | undefined {
  const binding: unknown = Object.hasOwn(env, name) ? Reflect.get(env, name) : undefined;
  const isFetcher =
    typeof binding === "object" && binding !== null && typeof Reflect.get(binding, "fetch") === "function";
  return isFetcher ? (binding as { fetch: typeof fetch }) : undefined; // it has the method, which is all that is used
}

async function sendWithToken(
  work: Work,
  auth: Parameters<typeof obtainToken>[0],
  source: TokenSource,
  fetcher: typeof fetch,
): Promise<Sent> {
  const first = await obtainToken(auth, work.secret, source);
  if (first.kind !== "token") return withoutToken(first);
  const sent = await call(work, tokenProof(first.token), fetcher);
  if (sent.result.kind !== "answered" || sent.result.status !== 401) return sent;
  const second = await obtainToken(auth, work.secret, source, first.token);
  if (second.kind === "refused") return sent; // the one before it was refused as well
  if (second.kind !== "token") return withoutToken(second);
  const again = await call(work, tokenProof(second.token, first.token), fetcher);
  return { ...again, tokenRefreshed: true };
}

function withoutToken(outcome: Exclude<TokenOutcome, { kind: "token" }>): Sent {
  const detail = outcome.kind === "unavailable" ? outcome.detail : "the target refuses new tokens too";
  const sent = notSent({ kind: "not_ready", reason: "token_unavailable" }, detail);
  return outcome.kind === "unavailable" ? { ...sent, readyAt: outcome.readyAt } : sent;
}

function tokenProof(token: string, ...older: string[]): Proof {
  return { headers: [["authorization", `Bearer ${token}`]], sensitive: [token, ...older] };
}

/** The call, with its proof. */
async function call({ draft, sensitive, binding, sending }: Work, proof: Proof, fetcher: typeof fetch): Promise<Sent> {
  if (!proof.headers.every(([, value]) => PROOF_VALUE.test(value)))
    return notSent(refused("request_invalid"), BAD_HEADER);
  // What proves the sender stands alone: a header of the template that has its name gives way.
  const own = new Set(proof.headers.map(([name]) => name));
  const headers = [...draft.headers.filter(([name]) => !own.has(name)), ...proof.headers].map(
    ([name, value]): [string, string] => [name, value],
  );
  const init: RequestInit = { method: draft.method, headers };
  if (sending.request.body !== undefined) init.body = draft.body;
  const through = binding === undefined ? fetcher : bound(binding);
  const url = withQuery(draft.url.href, proof.query ?? []);
  return callTarget(url, init, sending.timeoutMs, [...sensitive, ...proof.sensitive], through);
}

function bound(binding: { fetch: typeof fetch }): typeof fetch {
  return async (input: RequestInfo | URL, init?: RequestInit) => binding.fetch(input, init);
}

function withQuery(url: string, query: readonly (readonly [string, string])[]): string {
  const text = query.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&");
  return text === "" ? url : `${url}${url.includes("?") ? "&" : "?"}${text}`;
}

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** The values of secrets that are parts of a URL's path. */
function secretsInPath(url: RenderedText, secret: (name: string) => string): string[] {
  return url.flatMap((part) => (typeof part !== "string" && part.as === "path" ? [secret(part.$secret)] : []));
}

/** Whether a URL goes on with a query behind a secret that has one. */
function startsSecondQuery(value: string, url: RenderedText): boolean {
  return value.includes("?") && url.some((part) => typeof part === "string" && part.startsWith("?"));
}

/** Rendered text with the secrets' values in their places, each written as its place asks. */
function fill(text: RenderedText, secret: (name: string) => string): string {
  return text
    .map((part) => {
      if (typeof part === "string") return part;
      const value = secret(part.$secret);
      if (part.as === "json") return JSON.stringify(value);
      return part.as === "uri" ? encode(value) : value;
    })
    .join("");
}
