// How the recipes for CRMs, messaging, shops, data stores and hooks judge answers: which 200 is none, and which refusal
// passes.

import { describe, expect, it } from "vitest";
import { createAnswer } from "../../../src/delivery/answer.ts";
import { judge, type Verdict } from "../../../src/delivery/judge.ts";
import { answersOf } from "../../../src/routing/compile-target.ts";
import { recipeOf } from "../../recipes/all-sent.ts";

const NOW = Date.UTC(2026, 10, 24);
const DELIVERED = { verdict: "delivered" };
const REFUSED_IN_A_200 = { verdict: "failed", reason: "answer_rejected" };
const NO_CREDENTIALS = { verdict: "credentials", reason: "target_credentials" };
const GONE = { verdict: "gone", reason: "target_gone" };
const REFUSED = { verdict: "failed", reason: "target_rejected" };
const LATER = { verdict: "retry", reason: "target_unavailable", floorSeconds: 0 };

function judged(id: string, status: number, body: unknown): Verdict {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const html = typeof body === "string" && body.startsWith("<");
  const headers = new Headers({ "content-type": html ? "text/html; charset=UTF-8" : "application/json" });
  const answer = createAnswer(status, headers, text);
  return judge({ kind: "answered", status, retryAfter: null, answer }, NOW, answersOf(recipeOf(id)));
}

/** Google's way to say no. */
const google = (reason: string): object => ({ error: { code: 403, errors: [{ reason }] } });

/** Shopify's answer to a mutation. */
const shopified = (userErrors: object[]): object => ({ data: { metafieldsSet: { metafields: [], userErrors } } });

describe("an answer", () => {
  it.each([
    ["salesforce-upsert", 201, { id: "003", success: true, errors: [] }, DELIVERED],
    ["salesforce-upsert", 204, "", DELIVERED],
    ["salesforce-upsert", 403, [{ errorCode: "REQUEST_LIMIT_EXCEEDED" }], LATER],
    ["salesforce-upsert", 400, [{ errorCode: "UNABLE_TO_LOCK_ROW" }], LATER],
    ["salesforce-upsert", 401, [{ errorCode: "INVALID_SESSION_ID" }], LATER],
    ["salesforce-upsert", 400, [{ errorCode: "REQUIRED_FIELD_MISSING" }], REFUSED],
    ["salesforce-event", 201, { id: "e01", success: true, errors: [] }, DELIVERED],
    ["salesforce-event", 200, { success: false, errors: [{}] }, REFUSED_IN_A_200],
    ["salesforce-event", 403, [{ errorCode: "REQUEST_LIMIT_EXCEEDED" }], LATER],
    ["mailchimp-member", 200, { id: "a31d", status: "subscribed" }, DELIVERED],
    ["mailchimp-member", 403, { title: "Forbidden" }, NO_CREDENTIALS],
    ["mailchimp-member", 403, "<html>busy</html>", LATER],
    ["mailchimp-member", 403, "", LATER],
    ["mailchimp-member", 400, "<html>bad</html>", REFUSED],
    ["mailchimp-event", 204, "", DELIVERED],
    ["mailchimp-event", 404, { title: "Resource Not Found" }, REFUSED],
    ["mailchimp-event", 403, "<html>busy</html>", LATER],
    ["mandrill", 200, [{ email: "mira@example.com", status: "sent" }], DELIVERED],
    ["mandrill", 200, [{ email: "mira@example.com", status: "queued" }], DELIVERED],
    ["mandrill", 200, [{ status: "rejected", reject_reason: "hard-bounce" }], REFUSED_IN_A_200],
    ["mandrill", 200, [{ status: "invalid" }], REFUSED_IN_A_200],
    ["mandrill", 200, [], REFUSED_IN_A_200],
    ["mandrill", 500, { status: "error", code: -1, name: "Invalid_Key", message: "Invalid API key" }, REFUSED],
    ["mandrill", 500, { status: "error", code: -2, name: "ValidationError" }, REFUSED],
    ["mandrill", 500, { status: "error", name: "PaymentRequired" }, REFUSED],
    ["mandrill", 500, { status: "error", name: "GeneralError" }, LATER],
    ["mandrill", 503, "<html>unavailable</html>", LATER],
    ["sendgrid", 202, "", DELIVERED],
    ["sendgrid", 400, { errors: [{ message: "…" }] }, REFUSED],
    ["twilio", 201, { sid: "SM1", status: "queued" }, DELIVERED],
    ["twilio", 400, { code: 21_211 }, REFUSED],
    ["twilio", 429, { code: 20_429 }, LATER],
    ["slack", 200, { ok: true, ts: "1.2" }, DELIVERED],
    ["slack", 200, { ok: false, error: "not_in_channel" }, REFUSED_IN_A_200],
    ["slack", 200, { ok: false, error: "ratelimited" }, LATER],
    ["slack-webhook", 200, "ok", DELIVERED],
    ["slack-webhook", 404, "no_service", REFUSED],
    ["teams", 202, "", DELIVERED],
    ["discord", 200, { id: "1", content: "…" }, DELIVERED],
    ["discord", 204, "", REFUSED_IN_A_200],
    ["discord", 429, { retry_after: 0.6 }, LATER],
    ["zendesk", 201, { ticket: { id: 3 } }, DELIVERED],
    ["zendesk", 422, { error: "RecordInvalid" }, REFUSED],
    ["shopify", 200, shopified([]), DELIVERED],
    ["shopify", 200, shopified([{ field: ["metafields", "0", "ownerId"], message: "…" }]), REFUSED_IN_A_200],
    ["shopify", 200, { data: null, errors: [{ message: "Invalid API key" }] }, REFUSED_IN_A_200],
    ["shopify", 200, { errors: [{ message: "Throttled", extensions: { code: "THROTTLED" } }] }, LATER],
    ["commercetools", 200, { id: "fa58", version: 2 }, DELIVERED],
    ["commercetools", 409, { errors: [{ code: "ConcurrentModification" }] }, LATER],
    ["commercetools", 400, { errors: [{ code: "InvalidInput" }] }, REFUSED],
    ["bigquery", 200, { kind: "bigquery#tableDataInsertAllResponse" }, DELIVERED],
    ["bigquery", 200, { insertErrors: [{ index: 0, errors: [{ reason: "invalid" }] }] }, REFUSED_IN_A_200],
    ["bigquery", 200, { insertErrors: [{ index: 0, errors: [{ reason: "timeout" }] }] }, LATER],
    ["bigquery", 403, google("rateLimitExceeded"), LATER],
    ["bigquery", 403, google("accessDenied"), NO_CREDENTIALS],
    ["google-sheets", 200, { updates: { updatedRows: 1 } }, DELIVERED],
    ["google-sheets", 429, google("rateLimitExceeded"), LATER],
    ["eventbridge", 200, { FailedEntryCount: 0, Entries: [{ EventId: "1" }] }, DELIVERED],
    ["eventbridge", 200, { FailedEntryCount: 1, Entries: [{ ErrorCode: "MalformedDetail" }] }, REFUSED_IN_A_200],
    ["eventbridge", 200, { FailedEntryCount: 1, Entries: [{ ErrorCode: "InternalFailure" }] }, LATER],
    ["eventbridge", 400, { __type: "ThrottlingException" }, LATER],
    ["eventbridge", 400, { __type: "AccessDeniedException" }, REFUSED],
    ["sqs", 200, { MessageId: "m-1" }, DELIVERED],
    ["sqs", 200, {}, REFUSED_IN_A_200],
    ["sqs", 403, { __type: "com.amazonaws.sqs#RequestThrottled" }, LATER],
    ["sqs", 400, { __type: "com.amazonaws.sqs#QueueDoesNotExist" }, REFUSED],
    ["kafka-rest", 200, { error_code: 200, offset: 5 }, DELIVERED],
    ["kafka-rest", 200, { error_code: 40_301 }, REFUSED_IN_A_200],
    ["kafka-rest", 200, { error_code: 50_003 }, LATER],
    ["zapier", 200, { status: "success" }, DELIVERED],
    ["make", 200, "Accepted", DELIVERED],
    ["make", 400, "Queue is full.", LATER],
    ["make", 410, "there is no scenario listening for this webhook", GONE],
    ["n8n", 200, { message: "Workflow was started" }, DELIVERED],
    ["n8n", 404, { code: 404 }, REFUSED],
    ["webhook", 204, "", DELIVERED],
    ["webhook", 410, "", GONE],
  ])("of %s with %d %j is %o", (id, status, body, verdict) => {
    expect(judged(id, status, body)).toEqual(verdict);
  });
});
