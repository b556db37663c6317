// Voucherify's Management API, as far as it is about webhooks. Every call is one request with an end; what goes wrong is a
// value with a reason that says whether to try again, and never repeats what Voucherify answered.
// https://docs.voucherify.io/api-reference/management/create-webhook (read 2026-11-29)

import * as v from "valibot";
import { retryAfterSeconds } from "../delivery/judge.ts";
import { readBeginning } from "../delivery/read-answer.ts";
import { failure, success, type Failure, type Result } from "../result.ts";

/** How long a call may take, in milliseconds, its answer's body included. */
export const CALL_TIMEOUT_MS = 10_000;

/** How much of an answer is read, in bytes: a webhook with all its events has 3 KB. */
const ANSWER_BYTES_MAX = 512 * 1_024;

const WebhookSchema = v.pipe(
  v.object({
    id: v.string(),
    target_url: v.string(),
    events: v.array(v.string()),
    active: v.boolean(),
  }),
  v.transform(({ target_url, ...rest }) => ({ ...rest, targetUrl: target_url })),
);
/** A webhook of the project's settings. `events` are spelt as the API spells them. */
export type Webhook = v.InferOutput<typeof WebhookSchema>;

const ListSchema = v.pipe(
  v.object({ data: v.array(WebhookSchema) }),
  v.transform(({ data }) => data),
);

/** What can be said of a webhook. The API has no secret, no headers and no name. */
export type WebhookDraft = Pick<Webhook, "targetUrl" | "events" | "active">;

/** Why a call came to nothing. */
export type UpstreamReason =
  /** 401 or 403. */
  | "credentials_refused"
  /** 402: the Management API is for Enterprise plans. */
  | "plan_lacks_api"
  /** 404: no such project, or no such webhook. */
  | "not_there"
  /** Any other 4xx: the request is not as the API wants it. */
  | "request_refused"
  /** 429. */
  | "throttled"
  /** 5xx, 3xx, no answer in time, or no connection. */
  | "unavailable"
  /** 2xx with something else in it than a webhook. */
  | "answer_unreadable";

/** A failed call, and how long Voucherify asks to be left alone, in milliseconds: up to a day. */
export interface UpstreamFailure extends Failure<UpstreamReason> {
  retryAfterMs?: number;
}

/** What came of a call. */
export type UpstreamResult<T> = { ok: true; value: T } | UpstreamFailure;

/** One project's webhooks. */
export interface WebhookClient {
  list(): Promise<UpstreamResult<Webhook[]>>;
  create(draft: WebhookDraft): Promise<UpstreamResult<Webhook>>;
  /** Replaces all that a draft says. */
  update(id: string, draft: WebhookDraft): Promise<UpstreamResult<Webhook>>;
}

/** Where and as whom calls are made. */
export interface Connection {
  /** An origin. */
  api: string;
  project: string;
  credentials: { id: string; token: string };
}

/** What a client does not decide by itself. */
export interface ClientChoices {
  fetch: typeof fetch;
  timeoutMs: number;
}

/** A client for one project. None of its calls rejects. */
export function createWebhookClient(connection: Connection, choices: Partial<ClientChoices> = {}): WebhookClient {
  const path = `/management/v1/projects/${encodeURIComponent(connection.project)}/webhooks`;
  const write = { list: ListSchema, one: WebhookSchema };
  return {
    list: async () => call(connection, choices, { method: "GET", path }, write.list),
    create: async (draft) => call(connection, choices, { method: "POST", path, draft }, write.one),
    update: async (id, draft) =>
      call(connection, choices, { method: "PUT", path: `${path}/${encodeURIComponent(id)}`, draft }, write.one),
  };
}

interface Request {
  method: "GET" | "POST" | "PUT";
  path: string;
  draft?: WebhookDraft;
}

async function call<T>(
  { api, credentials }: Connection,
  {
    fetch: fetcher = async (input, init) => fetch(input, init), // looked up now; workerd's insists on being called bare
    timeoutMs = CALL_TIMEOUT_MS,
  }: Partial<ClientChoices>,
  { method, path, draft }: Request,
  schema: v.GenericSchema<unknown, T>,
): Promise<UpstreamResult<T>> {
  const body = draft && { target_url: draft.targetUrl, events: draft.events, active: draft.active };
  try {
    const response = await fetcher(`${api}${path}`, {
      method,
      headers: {
        "x-management-id": credentials.id,
        "x-management-token": credentials.token,
        accept: "application/json",
        ...(body && { "content-type": "application/json" }),
      },
      ...(body && { body: JSON.stringify(body) }),
      // The credentials are for this host alone.
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    const { text } = await readBeginning(response, ANSWER_BYTES_MAX);
    return response.ok ? readAnswer(text, schema) : refusal(response, text, Date.now());
  } catch (error) {
    // The message of a failed connection may have the URL in it, which is no secret, or anything else.
    const isLate = error instanceof Error && error.name === "TimeoutError";
    return failure("unavailable", isLate ? `no answer within ${timeoutMs / 1_000} s` : "the connection failed");
  }
}

function readAnswer<T>(text: string, schema: v.GenericSchema<unknown, T>): Result<T, UpstreamReason> {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), text);
  if (parsed.success) return success(parsed.output);
  return failure("answer_unreadable", "the answer is not what Voucherify documents");
}

const ErrorSchema = v.object({
  key: v.optional(v.pipe(v.string(), v.regex(/^[a-z_]{1,60}$/))),
  request_id: v.optional(v.pipe(v.string(), v.regex(/^[\w-]{1,60}$/))),
});

/** What an answer that is not 2xx means. Of its words only what has the form of a code is repeated. */
function refusal({ status, headers }: Response, text: string, now: number): UpstreamFailure {
  const said = v.safeParse(v.pipe(v.string(), v.parseJson(), ErrorSchema), text);
  const { key, request_id: requestId } = said.success ? said.output : {};
  const notes = [...(key === undefined ? [] : [key]), ...(requestId === undefined ? [] : [`request ${requestId}`])];
  const detail = `Voucherify answered ${status}${notes.length === 0 ? "" : ` (${notes.join(", ")})`}`;
  const waitMs = retryAfterSeconds(headers.get("retry-after"), now) * 1_000;
  return { ...failure(reasonOf(status), detail), ...(waitMs > 0 && { retryAfterMs: waitMs }) };
}

function reasonOf(status: number): UpstreamReason {
  if (status === 401 || status === 403) return "credentials_refused";
  if (status === 402) return "plan_lacks_api";
  if (status === 404) return "not_there";
  if (status === 429) return "throttled";
  return status >= 400 && status < 500 && status !== 408 ? "request_refused" : "unavailable";
}
