// Calls of the Management API that come to no good end: every one is a value with a reason, and none repeats what was answered
// or where the credentials would have gone.

import { afterEach, describe, expect, it, vi } from "vitest";
import { createWebhookClient } from "../../../src/upstream/client.ts";

const CREDENTIALS = { id: "management-id-0c55", token: "management-token-91bb" };
const WEBHOOK = { id: "wh_1", object: "webhook", target_url: "https://a.example.com/", events: [], active: true };

afterEach(() => {
  vi.useRealTimers();
});

function clientOf(answer: (request: Request) => Response | Promise<Response>, timeoutMs = 10_000) {
  const requests: Request[] = [];
  const fetcher = async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = new Request(input, init);
    requests.push(request);
    return answer(request);
  };
  const connection = { api: "https://api.voucherify.io", project: "proj_1", credentials: CREDENTIALS };
  return { client: createWebhookClient(connection, { fetch: fetcher, timeoutMs }), requests };
}

describe("a call", () => {
  it("has the credentials in its headers, follows no redirect, and says what the webhook is to be", async () => {
    const { client, requests } = clientOf(() => Response.json(WEBHOOK));
    const draft = { targetUrl: "https://a.example.com/", events: ["voucher.created"], active: true };
    expect(await client.update("wh_1/../2", draft)).toMatchObject({ ok: true, value: { id: "wh_1" } });
    const [request] = requests;
    expect(request?.url).toBe("https://api.voucherify.io/management/v1/projects/proj_1/webhooks/wh_1%2F..%2F2");
    expect([request?.method, request?.redirect]).toEqual(["PUT", "manual"]);
    expect(request?.headers.get("x-management-id")).toBe(CREDENTIALS.id);
    expect(request?.headers.get("x-management-token")).toBe(CREDENTIALS.token);
    expect(await request?.json()).toEqual({
      target_url: "https://a.example.com/",
      events: ["voucher.created"],
      active: true,
    });
  });

  it("reads what the API has beside what is known", async () => {
    const more = { ...WEBHOOK, webhook_version: "v2024-01-01" };
    const { client } = clientOf(() => Response.json({ object: "list", data: [more], total: 1, next: null }));
    expect(await client.list()).toMatchObject({ ok: true, value: [{ id: "wh_1", active: true }] });
  });
});

describe("a call that fails", () => {
  it.each([
    [
      400,
      { code: 400, key: "invalid_payload", request_id: "v-0a" },
      "request_refused",
      "400 (invalid_payload, request v-0a)",
    ],
    [400, { statusCode: 400, error: "Bad Request", message: "secret" }, "request_refused", "400"],
    [401, { code: 401, key: "unauthorized" }, "credentials_refused", "401 (unauthorized)"],
    [403, { key: "Not a code: secret" }, "credentials_refused", "403"],
    [402, { key: "missing_required_feature" }, "plan_lacks_api", "402 (missing_required_feature)"],
    [404, { key: "not_found", details: "secret" }, "not_there", "404 (not_found)"],
    [408, {}, "unavailable", "408"],
    [429, {}, "throttled", "429"],
    [503, {}, "unavailable", "503"],
    [307, {}, "unavailable", "307"],
  ])("with %i and %j has its reason", async (status, body, reason, said) => {
    const { client } = clientOf(() => Response.json(body, { status }));
    expect(await client.list()).toEqual({ ok: false, reason, detail: `Voucherify answered ${said}` });
  });

  it.each([
    ["seconds", "90", 90_000],
    ["a date", "Mon, 05 Oct 2026 08:17:01 GMT", 90_000],
    ["more than a day", "999999", 86_400_000],
    ["nonsense", "soon", undefined],
  ])("and is to be made again later: %s", async (_name, header, retryAfterMs) => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-10-05T08:15:31Z") });
    const { client } = clientOf(() => new Response("", { status: 429, headers: { "retry-after": header } }));
    const failed = await client.list();
    expect("retryAfterMs" in failed ? failed.retryAfterMs : undefined).toBe(retryAfterMs);
  });

  it.each([
    ["no JSON", "<html>", {}],
    ["another shape", '{"data":[{"id":"wh_1"}]}', {}],
    ["more than is read", `{"data":[],"more":"${"x".repeat(600_000)}"}`, {}],
  ])("because the answer is %s", async (_name, body) => {
    const { client } = clientOf(() => new Response(body));
    expect(await client.list()).toMatchObject({ ok: false, reason: "answer_unreadable" });
  });

  it("because nobody answers in time, or can be reached", async () => {
    const never = async ({ signal }: Request) =>
      new Promise<Response>((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason as Error)); // what fetch rejects with
      });
    expect(await clientOf(never, 20).client.list()).toEqual({
      ok: false,
      reason: "unavailable",
      detail: "no answer within 0.02 s",
    });
    const unreachable = () => Promise.reject(new TypeError(`cannot reach ${CREDENTIALS.token}`));
    expect(await clientOf(unreachable).client.list()).toEqual({
      ok: false,
      reason: "unavailable",
      detail: "the connection failed",
    });
  });
});
