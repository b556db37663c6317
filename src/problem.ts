// Every error an HTTP caller can get: its stable code, status, and the sentence that says what to do. RFC 9457 problem
// details (https://www.rfc-editor.org/rfc/rfc9457, read 2026-11-22). docs/errors.md lists them for people.

import type { Context, TypedResponse } from "hono";
import * as v from "valibot";
import type { Issue } from "./issues.ts";

/** Seconds a sender should wait before it tries again when Signalbox could not store a sendout. */
export const RETRY_AFTER_SECONDS = 30;

/** Each with its status and its sentence. */
export const PROBLEMS = {
  signature_invalid: [401, "The signature is missing or does not match. Check the inlet's secret."],
  sender_unproven: [401, "The sender is not proven. Check what the inlet requires beside the signature."],
  refusals_limited: [503, "Too many requests from this address were refused. Nothing was accepted; send it again."],
  inlet_unknown: [404, "There is no such inlet. Check the URL, or add the inlet to the routing table."],
  inlet_unconfigured: [503, "A secret of the inlet is not set on this Worker, so nothing can be accepted."],
  method_not_allowed: [405, "Send sendouts with POST."],
  body_too_large: [
    413,
    "The body is larger than this URL takes: 2 MiB for a sendout, 1 MiB for a routing table, 3 MiB for a preview.",
  ],
  not_durable: [503, "The sendout could not be stored. Nothing was accepted; send it again."],
  table_unavailable: [503, "The routing table cannot be read right now. Nothing was accepted; send it again."],
  admin_disabled: [503, "The admin API is closed until the Worker secret SIGNALBOX_ADMIN_TOKEN is set."],
  token_missing: [401, "Send a token: Authorization: Bearer <token>. Or sign in."],
  token_invalid: [401, "The token is not right, has expired, or was deleted."],
  session_invalid: [401, "The session has ended. Sign in again."],
  assertion_invalid: [401, "The assertion of Cloudflare Access is not right, or not for this Worker."],
  role_missing: [403, "Cloudflare Access vouches for the caller, and SIGNALBOX_ACCESS_ROLES gives them no role."],
  access_unavailable: [503, "The keys of Cloudflare Access cannot be had right now. Try again shortly."],
  access_misconfigured: [503, "Cloudflare Access is not set up as it should be; detail names the variable."],
  origin_foreign: [403, "A page of another site has made this call, or one that does not say which it is of."],
  csrf_invalid: [403, "Send the header x-signalbox-csrf; its value comes with the session."],
  scope_missing: [403, "The caller may not make this call; detail names the scope that is lacking."],
  guesses_limited: [429, "Too many wrong tokens came from this address. Wait, then send the right one."],
  tokens_full: [409, "There are as many tokens as there may be. Delete one first."],
  not_found: [404, "There is nothing here."],
  request_invalid: [400, "The request is not valid; errors names each place and what is expected there."],
  body_not_json: [400, "The request body is not JSON."],
  table_invalid: [422, "The routing table is not valid; errors names each place and what is expected there."],
  table_conflict: [409, "Somebody published another version. Fetch the table, apply your change to it, publish again."],
  part_in_use: [409, "Routes use this part of the table; detail names them. Take it out of them first."],
  not_quarantined: [409, "The sendout is not in quarantine any more; what became of it: GET /admin/sendouts/<id>."],
  not_understood: [422, "The payload is still not understood; detail says why. Correct it, or what its inlet expects."],
  delivery_unsettled: [409, "The delivery is still under way; only a failed one can be retried."],
  delivery_delivered: [409, "The delivery has succeeded; it is not sent again."],
  delivery_ended: [
    409,
    "The delivery has ended or has no outcome yet; only one that is scheduled or held can be changed.",
  ],
  target_gone: [409, "The routing table has no such target any more. Put it back, then retry."],
  delivery_unrenderable: [409, "The request cannot be rendered; detail says why."],
  customer_open: [
    409,
    "Something of the customer is under way; detail names it. Wait, or say what becomes of it: open is wait or cancel.",
  ],
  payload_gone: [409, "The sendout's payload is kept no longer; detail says why. Take a later sendout, or an example."],
  secret_reserved: [422, "The name belongs to Signalbox itself and is never sent to a target. Take another."],
  secret_in_use: [409, "The table in force uses the secret; detail says where."],
  master_keys_missing: [503, "The vault is closed until the Worker secret SIGNALBOX_MASTER_KEYS is set."],
  master_keys_invalid: [503, "The Worker secret SIGNALBOX_MASTER_KEYS cannot be used; detail says why."],
  search_key_missing: [
    409,
    "Customers and vouchers cannot be looked for until the Worker secret SIGNALBOX_SEARCH_KEY is set; then what arrives from there on is found.",
  ],
  replay_expired: [409, "The plan is older than an hour. Make it again, then run it."],
  replay_too_large: [422, "The selection names more than one replay takes; detail says what. Take a shorter time."],
  upstream_unconfigured: [409, "Voucherify cannot be asked for anything yet; detail says what is lacking."],
  upstream_webhook_missing: [409, "The project has no webhook that posts to the inlet. Create it first."],
  upstream_refused: [502, "Voucherify has refused the call; detail says how."],
  upstream_unavailable: [503, "Voucherify does not answer right now. Try again shortly."],
  no_channels: [409, "The table has no channel for alerts. Add one to settings.alerts.channels and publish it."],
  ledger_unavailable: [503, "The ledger cannot be read right now. Try again shortly."],
  internal_error: [500, "Something went wrong on our side. The log has the details."],
} as const satisfies Record<string, readonly [status: number, detail: string]>;

/** A stable error code. */
export type ProblemCode = keyof typeof PROBLEMS;

/** The codes with their statuses, for the documentation's test. */
export const PROBLEM_STATUS: ReadonlyMap<string, number> = new Map(
  Object.entries(PROBLEMS).map(([code, [status]]) => [code, status]),
);

/** Problem details as they are sent. */
export const ProblemSchema = v.pipe(
  v.object({
    type: v.string(),
    status: v.number(),
    /** Stable, for programs. */
    code: v.pipe(v.string(), v.description("Stable; docs/errors.md lists them all.")),
    /** For people. */
    detail: v.string(),
    errors: v.optional(
      v.pipe(v.array(v.object({ path: v.string(), message: v.string() })), v.description("Places, never values.")),
    ),
  }),
  v.metadata({ ref: "Problem" }),
);

/** An answer that is a problem, as a typed client sees it. */
export type ProblemResponse<TCode extends ProblemCode> = Response &
  TypedResponse<v.InferOutput<typeof ProblemSchema>, (typeof PROBLEMS)[TCode][0], "json">;

/** An error answer as problem details. `errors` names places, never values. */
export function problem<TCode extends ProblemCode>(
  c: Context,
  code: TCode,
  extra: { errors?: readonly Issue[]; headers?: Record<string, string>; detail?: string } = {},
): ProblemResponse<TCode> {
  const [status, detail] = PROBLEMS[code];
  const body = {
    type: `urn:signalbox:problem:${code}`,
    status,
    code,
    detail: extra.detail ?? detail,
    ...(extra.errors === undefined ? {} : { errors: extra.errors }),
  };
  const headers = { "content-type": "application/problem+json", ...extra.headers };
  // Hono types what `c.json` makes, which has another content type.
  return c.body(JSON.stringify(body), status, headers) as Response as ProblemResponse<TCode>;
}
