// One request to a token endpoint, as bounded and as suspicious as one to a target. What it answers is never shown:
// it is, or has in it, a secret.

import * as v from "valibot";
import { readBeginning } from "../read-answer.ts";
import type { Obtained } from "./token-cache.ts";

/** How long a token endpoint may take, in milliseconds, its answer's body included. */
export const TOKEN_TIMEOUT_MS = 10_000;

/** How much of an answer is read, in bytes; tokens have a few thousand. */
const ANSWER_BYTES_MAX = 65_536;

/** What a token may be made of: it stands in a header. RFC 6750 allows less, some endpoints do not know. */
const TOKEN = /^[\x21-\x7e]{1,8192}$/;

/** An error code that is fit to be shown. https://www.rfc-editor.org/rfc/rfc6749#section-5.2 */
const ERROR_CODE = /^[a-z_]{1,40}$/;

const AnswerSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    access_token: v.optional(v.unknown()),
    token_type: v.optional(v.unknown()),
    expires_in: v.optional(v.unknown()),
    error: v.optional(v.unknown()),
  }),
);

/** What is asked of a token endpoint. */
export interface TokenRequest {
  url: string;
  headers: Record<string, string>;
  form: URLSearchParams;
}

/** Asks for a token. Never rejects: whatever happens is told without any text of the answer beside an error code. */
export async function requestToken(request: TokenRequest, fetcher: typeof fetch): Promise<Obtained> {
  const signal = AbortSignal.timeout(TOKEN_TIMEOUT_MS);
  try {
    const response = await fetcher(request.url, {
      method: "POST",
      headers: {
        accept: "application/json",
        "content-type": "application/x-www-form-urlencoded",
        ...request.headers,
      },
      body: request.form.toString(),
      redirect: "manual",
      signal,
    });
    const { text, whole } = await readBeginning(response, ANSWER_BYTES_MAX);
    if (!whole) return { ok: false, detail: `the token endpoint's answer has over ${ANSWER_BYTES_MAX} bytes` };
    return readTokenAnswer(response.status, text);
  } catch {
    const detail = signal.aborted ? `did not answer within ${TOKEN_TIMEOUT_MS} ms` : "cannot be reached";
    return { ok: false, detail: `the token endpoint ${detail}` };
  }
}

/** The token in an answer, or why there is none. */
export function readTokenAnswer(status: number, text: string): Obtained {
  const parsed = v.safeParse(AnswerSchema, text);
  const answer = parsed.success ? parsed.output : {};
  const { access_token: token, token_type: type, expires_in: expiresIn, error } = answer;
  const code = typeof error === "string" && ERROR_CODE.test(error) ? `: ${error}` : "";
  if (status !== 200) return { ok: false, detail: `the token endpoint answered ${status}${code}` };
  if (typeof token !== "string" || !TOKEN.test(token))
    return { ok: false, detail: `the token endpoint answered 200 without a token${code}` };
  if (typeof type === "string" && type.toLowerCase() !== "bearer")
    return { ok: false, detail: "the token endpoint gives tokens of another type than Bearer" };
  return { ok: true, token, expiresIn };
}
