// How the recipes for event systems and contacts judge answers: which 2xx is none, and which refusal passes.

import { describe, expect, it } from "vitest";
import { createAnswer } from "../../../src/delivery/answer.ts";
import { judge, type Verdict } from "../../../src/delivery/judge.ts";
import { findRecipe } from "../../../src/recipes/registry.ts";
import { answersOf } from "../../../src/routing/compile-target.ts";

const NOW = Date.UTC(2026, 10, 24);
const DELIVERED = { verdict: "delivered" };
const REFUSED_IN_A_2XX = { verdict: "failed", reason: "answer_rejected" };
const NO_CREDENTIALS = { verdict: "credentials", reason: "target_credentials" };
const REFUSED = { verdict: "failed", reason: "target_rejected" };
const LATER = { verdict: "retry", reason: "target_unavailable", floorSeconds: 0 };

function judged(id: string, status: number, body: unknown): Verdict {
  const recipe = findRecipe(id);
  if (recipe === undefined) throw new Error(`there is no recipe ${id}`);
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const answer = createAnswer(status, new Headers({ "content-type": "application/json" }), text);
  return judge({ kind: "answered", status, retryAfter: null, answer }, NOW, answersOf(recipe));
}

describe("an answer", () => {
  it.each([
    ["braze", 201, { message: "success", events_processed: 1 }, DELIVERED],
    ["braze", 201, { message: "success", events_processed: 1, errors: [] }, DELIVERED],
    ["braze", 201, { message: "success", errors: [{ type: "…", index: 0 }] }, REFUSED_IN_A_2XX],
    ["braze", 201, { message: "…" }, REFUSED_IN_A_2XX],
    ["braze", 401, { message: "Invalid API Key" }, NO_CREDENTIALS],
    ["klaviyo", 202, "", DELIVERED],
    ["klaviyo", 400, { errors: [{ code: "invalid" }] }, REFUSED],
    ["klaviyo", 429, { errors: [{ code: "throttled" }] }, LATER],
    ["segment", 200, { success: true }, DELIVERED],
    ["segment", 400, { success: false }, REFUSED],
    ["mparticle", 202, "", DELIVERED],
    ["mparticle", 429, "", LATER],
    ["iterable-events", 200, { msg: "…", code: "Success", params: null }, DELIVERED],
    ["iterable-events", 200, { msg: "…", code: "InvalidEmailAddressError", params: null }, REFUSED_IN_A_2XX],
    ["iterable-events", 429, { code: "RateLimitExceeded" }, LATER],
    ["iterable-trigger", 200, { msg: "…", code: "Success", params: null }, DELIVERED],
    ["iterable-trigger", 400, { code: "BadParams" }, REFUSED],
    ["customerio", 200, {}, DELIVERED],
    ["customerio", 401, { meta: { error: "Unauthorized request" } }, NO_CREDENTIALS],
    ["bloomreach", 200, { success: true, errors: [] }, DELIVERED],
    ["bloomreach", 200, { success: false, errors: ["…"] }, REFUSED_IN_A_2XX],
    ["bloomreach", 429, { success: false }, LATER],
    ["ga4", 204, "", DELIVERED],
    ["amplitude", 200, { code: 200, events_ingested: 1 }, DELIVERED],
    ["amplitude", 200, { code: 400 }, REFUSED_IN_A_2XX],
    ["amplitude", 400, { code: 400, events_with_invalid_id_lengths: [0] }, REFUSED],
    ["mixpanel", 200, { code: 200, num_records_imported: 1, status: "OK" }, DELIVERED],
    ["mixpanel", 400, { code: 400, failed_records: [{ index: 0 }] }, REFUSED],
    ["posthog", 200, { status: "Ok" }, DELIVERED],
    ["posthog", 200, { status: 1 }, DELIVERED],
    ["posthog", 200, { status: "Ok", quota_limited: ["events"] }, REFUSED_IN_A_2XX],
    ["posthog", 503, "transient error, please retry", LATER],
    ["onesignal-event", 202, {}, DELIVERED],
    ["onesignal-event", 202, { errors: [] }, DELIVERED],
    ["onesignal-event", 202, { errors: [{ error: { code: "not found" } }] }, REFUSED_IN_A_2XX],
    ["onesignal-notification", 200, { id: "0a1b", external_id: null }, DELIVERED],
    ["onesignal-notification", 200, { id: "", errors: ["All included players are not subscribed"] }, REFUSED_IN_A_2XX],
    ["onesignal-notification", 200, { errors: { invalid_aliases: { external_id: ["1"] } } }, REFUSED_IN_A_2XX],
    ["onesignal-notification", 200, { id: "", recipients: 0 }, REFUSED_IN_A_2XX],
    ["attentive", 200, {}, DELIVERED],
    ["attentive", 429, "", LATER],
    ["hubspot-event", 204, "", DELIVERED],
    ["hubspot-event", 400, { category: "VALIDATION_ERROR" }, REFUSED],
    ["hubspot-event", 477, "", LATER],
    ["hubspot-contact", 200, { status: "COMPLETE", results: [{ id: "1", new: true }] }, DELIVERED],
    ["hubspot-contact", 207, { status: "COMPLETE", results: [], numErrors: 1, errors: [{}] }, REFUSED_IN_A_2XX],
    ["hubspot-contact", 423, "", LATER],
    ["intercom", 202, "", DELIVERED],
    ["intercom", 404, { errors: [{ code: "not_found" }] }, REFUSED],
    ["activecampaign", 201, { contact: { id: "7" }, fieldValues: [] }, DELIVERED],
    ["activecampaign", 200, { errors: [{ title: "…" }] }, REFUSED_IN_A_2XX],
  ])("of %s with %d %j is %o", (id, status, body, verdict) => {
    expect(judged(id, status, body)).toEqual(verdict);
  });
});
