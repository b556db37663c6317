// Answers that say 200 and mean no, and those that are judged by their status alone.

import { describe, expect, it } from "vitest";
import { createAnswer, judgeByConditions, type AnswerConditions } from "../../../src/delivery/answer.ts";
import { judge, type Verdict } from "../../../src/delivery/judge.ts";

const NOW = Date.UTC(2026, 10, 24);

/** Slack's Web API: `ok` decides, and some errors pass. */
const SLACK: AnswerConditions = {
  success: [{ path: "body.ok", op: "eq", value: true }],
  retry: [{ path: "body.error", op: "in", value: ["ratelimited", "internal_error"] }],
};

function judged(status: number, text: string | undefined, conditions: AnswerConditions | undefined): Verdict {
  const headers = new Headers({ "retry-after": "7", "X-Quota": "spent" });
  const answer = createAnswer(status, headers, text);
  return judge({ kind: "answered", status, retryAfter: headers.get("retry-after"), answer }, NOW, conditions);
}

const RETRIED = { verdict: "retry", reason: "target_unavailable", floorSeconds: 7 };

describe("an answer with conditions", () => {
  it.each([
    ["200 and ok", 200, '{"ok":true}', { verdict: "delivered" }],
    [
      "200 and not ok",
      200,
      '{"ok":false,"error":"channel_not_found"}',
      { verdict: "failed", reason: "answer_rejected" },
    ],
    ["200 and an error that passes", 200, '{"ok":false,"error":"ratelimited"}', RETRIED],
    ["200 in plain words", 200, "ok", { verdict: "failed", reason: "answer_rejected" }],
    ["200 and nothing", 200, "", { verdict: "failed", reason: "answer_rejected" }],
    ["400 and ok", 400, '{"ok":true}', { verdict: "failed", reason: "target_rejected" }],
    ["400 and an error that passes", 400, '{"error":"ratelimited"}', RETRIED],
    ["503 in whatever words", 503, "<html>", RETRIED],
    ["200 that was too long to be read whole", 200, undefined, { verdict: "delivered" }],
  ])("%s", (_name, status, text, verdict) => {
    expect(judged(status, text, SLACK)).toEqual(verdict);
  });

  it("is judged by its status where the target has none", () => {
    expect(judged(200, '{"ok":false}', undefined)).toEqual({ verdict: "delivered" });
  });

  it("can be about headers and status, and all of several must hold", () => {
    const answer = createAnswer(202, new Headers({ "X-Quota": "spent" }), '{"errors":[]}');
    const quota = { path: "headers.x-quota", op: "eq", value: "spent" } as const;
    const errors = { path: "body.errors.0", op: "exists", value: false } as const;
    const accepted = { path: "status", op: "eq", value: 202 } as const;
    expect(judgeByConditions(answer, { success: [quota, errors, accepted], retry: [] })).toBeUndefined();
    const other = { ...accepted, value: 200 };
    expect(judgeByConditions(answer, { success: [quota, other], retry: [] })).toBe("rejected");
    expect(judgeByConditions(answer, { success: [], retry: [other, quota] })).toBe("retry");
  });

  it("takes hostile keys of an answer for names like any other", () => {
    const answer = createAnswer(200, new Headers(), '{"__proto__":{"ok":true},"constructor":{"ok":true}}');
    expect(judgeByConditions(answer, SLACK)).toBe("rejected");
  });
});
