// One HTTP call to a target: secrets come in here and go nowhere else, nothing is followed, and no more of the answer
// is read than is kept.

import { allowsLocalTargets, readSecret } from "../env.ts";
import { isReservedSecretName } from "../secret-names.ts";
import type { RenderedRequest, RenderedText } from "../translation/rendered.ts";
import { isHeaderValue } from "../translation/headers.ts";
import { addressIssue } from "./address.ts";
import { createAnswer } from "./answer.ts";
import { authenticationHeader, authenticationSecrets, type Authentication } from "./authentication.ts";
import type { Result } from "./judge.ts";
import { isPathSecret, piecesOfPathSecret } from "./path-secret.ts";
import { scrub } from "./scrub.ts";

/** How much of an answer is kept for people to read, in characters. */
const EXCERPT_CHARS_MAX = 2_000;

/**
 * How much of it is read, in bytes: enough more that a secret across the end of the excerpt is seen whole and masked.
 * A Worker secret has 5 KB at most, three times that when percent-encoded.
 */
const ANSWER_BYTES_MAX = 20_000;

/** Under what name requests go out. */
const USER_AGENT = "Signalbox/0.1 (+https://github.com/signalbox)";

/** A request with everything its sending depends on. */
export interface Sending {
  request: RenderedRequest;
  auth: Authentication;
  timeoutMs: number;
  /** The delivery's id, sent as `Idempotency-Key`. */
  idempotencyKey: string;
}

/** What came of a call, with the beginning of the answer, secrets removed. */
export interface Sent {
  result: Result;
  detail?: string;
  excerpt?: string;
}

/**
 * Makes the call. Never throws: whatever happens is a result.
 *
 * @param env where secrets are looked up, by name
 */
export async function send(sending: Sending, env: object): Promise<Sent> {
  const secrets = resolveSecrets(sending, env);
  if ("missing" in secrets) {
    return {
      result: { kind: "not_ready", reason: "secret_missing" },
      detail: `the secret ${secrets.missing} is not set`,
    };
  }
  const inPath = secretsInPath(sending.request.url, secrets.value);
  if (!inPath.every((value) => isPathSecret(value) && !startsSecondQuery(value, sending.request.url))) {
    const detail = "a secret that is part of the URL's path has characters that cannot stand there";
    return { result: { kind: "refused", reason: "request_invalid" }, detail };
  }
  const url = fill(sending.request.url, secrets.value);
  const issue = URL.canParse(url) ? addressIssue(new URL(url), allowsLocalTargets(env)) : "the address cannot be read";
  if (issue !== undefined) return { result: { kind: "refused", reason: "address_refused" }, detail: issue };
  const headers = buildHeaders(sending, secrets.value);
  if (headers === undefined) {
    const detail = "a header would have a line break or a character outside ASCII";
    return { result: { kind: "refused", reason: "request_invalid" }, detail };
  }
  const { method, body } = sending.request;
  const init: RequestInit = { method, headers: headers.entries, redirect: "manual" };
  if (body !== undefined) init.body = fill(body, secrets.value);
  const sensitive = [...secrets.values, ...headers.sensitive, ...inPath.flatMap(piecesOfPathSecret)];
  return call(url, init, sending.timeoutMs, sensitive);
}

async function call(url: string, init: RequestInit, timeoutMs: number, sensitive: readonly string[]): Promise<Sent> {
  // One deadline for the whole call, the answer's body included.
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, { ...init, signal });
    const { text, whole } = await readBeginning(response);
    const result = {
      kind: "answered",
      status: response.status,
      retryAfter: response.headers.get("retry-after"),
      answer: createAnswer(response.status, response.headers, whole ? text : undefined),
    } as const;
    return { result, excerpt: scrub(text, sensitive).slice(0, EXCERPT_CHARS_MAX) };
  } catch (error) {
    if (signal.aborted) return { result: { kind: "timed_out" }, detail: `no answer within ${timeoutMs} ms` };
    const detail = scrub(error instanceof Error ? error.message : "the connection failed", sensitive);
    return { result: { kind: "unreachable" }, detail };
  }
}

/** The beginning of an answer's body as text, and whether that is all of it; the rest is not read. */
async function readBeginning(response: Response): Promise<{ text: string; whole: boolean }> {
  if (response.body === null) return { text: "", whole: true };
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  while (bytes < ANSWER_BYTES_MAX) {
    const { done, value } = await reader.read();
    if (done) return { text: text + decoder.decode(), whole: true };
    text += decoder.decode(value.subarray(0, ANSWER_BYTES_MAX - bytes), { stream: true });
    bytes += value.length;
  }
  await reader.cancel().catch(() => undefined); // what is left is not wanted, whatever state it is in
  return { text, whole: false };
}

type Resolved = { values: string[]; value: (name: string) => string } | { missing: string };

/** Every secret the request names, looked up now. A reserved name counts as missing, whoever wrote the message. */
function resolveSecrets({ request, auth }: Sending, env: object): Resolved {
  const texts = [request.url, ...request.headers.map(([, value]) => value), request.body ?? []];
  const named = texts.flat().flatMap((part) => (typeof part === "string" ? [] : [part.$secret]));
  const found = new Map<string, string>();
  for (const name of [...named, ...authenticationSecrets(auth)]) {
    const value = isReservedSecretName(name) ? undefined : readSecret(env, name);
    if (value === undefined) return { missing: name };
    found.set(name, value);
  }
  return { values: [...found.values()], value: (name) => found.get(name) ?? "" };
}

function buildHeaders(
  { request, auth, idempotencyKey }: Sending,
  secret: (name: string) => string,
): { entries: [string, string][]; sensitive: string[] } | undefined {
  const entries = request.headers.map(([name, value]): [string, string] => [name, fill(value, secret)]);
  const authentication = authenticationHeader(auth, secret);
  if (authentication !== undefined) entries.push([authentication.name, authentication.value]);
  entries.push(["idempotency-key", idempotencyKey], ["user-agent", USER_AGENT]);
  if (!entries.every(([, value]) => isHeaderValue(value))) return undefined;
  return { entries, sensitive: authentication?.sensitive ?? [] };
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
      return part.as === "uri" ? encodeURIComponent(value.toWellFormed()) : value;
    })
    .join("");
}
