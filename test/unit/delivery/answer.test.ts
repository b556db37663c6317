// Answers that say 200 and mean no, and those that are judged by their status alone.

import * as v from "valibot";
import { describe, expect, it } from "vitest";
import {
  AnswerConditionsSchema,
  createAnswer,
  judgeByConditions,
  type AnswerConditions,
} from "../../../src/delivery/answer.ts";
import { judge, type Verdict } from "../../../src/delivery/judge.ts";

const NOW = Date.UTC(2026, 10, 24);

/** Slack's Web API: `ok` decides, and some errors pass. */
const SLACK: AnswerConditions = {
  success: [{ path: "body.ok", op: "eq", value: true }],
  retry: [{ path: "body.error", op: "in", value: ["ratelimited", "internal_error"] }],
  permanent: [],
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
    expect(judgeByConditions(answer, { success: [quota, errors, accepted], retry: [], permanent: [] })).toBeUndefined();
    const other = { ...accepted, value: 200 };
    expect(judgeByConditions(answer, { success: [quota, other], retry: [], permanent: [] })).toBe("rejected");
    expect(judgeByConditions(answer, { success: [], retry: [other, quota], permanent: [] })).toBe("retry");
  });

  it("holds for a list of conditions when all of them do", () => {
    const answer = createAnswer(403, new Headers({ "content-type": "text/html" }), "<html>");
    const status = { path: "status", op: "eq", value: 403 } as const;
    const html = { path: "headers.content-type", op: "contains", value: "html" } as const;
    const json = { ...html, value: "json" };
    const said = (entry: AnswerConditions["retry"][number]) => [
      judgeByConditions(answer, { success: [], retry: [entry], permanent: [] }),
      judgeByConditions(answer, { success: [], retry: [], permanent: [entry] }),
    ];
    expect(said([status, html])).toEqual(["retry", "rejected"]);
    expect(said([status])).toEqual(["retry", "rejected"]);
    expect(said([status, json])).toEqual([undefined, undefined]);
    expect(said([json, status])).toEqual([undefined, undefined]);
  });

  it.each([
    // permanent, then retry, then success of a 2xx, then the status
    ["all three", 200, { permanent: true, retry: true, success: false }, "answer_rejected"],
    ["permanent, of an error", 400, { permanent: true, retry: true, success: true }, "target_rejected"],
    [
      "permanent, of what would be tried again",
      503,
      { permanent: true, retry: true, success: true },
      "target_rejected",
    ],
    ["permanent, of a redirect", 302, { permanent: true, retry: false, success: true }, "target_rejected"],
    ["retry, of what was not done", 200, { permanent: false, retry: true, success: false }, "target_unavailable"],
    ["retry, of what seems done", 200, { permanent: false, retry: true, success: true }, "target_unavailable"],
    ["retry, of an error", 400, { permanent: false, retry: true, success: true }, "target_unavailable"],
    ["success alone", 200, { permanent: false, retry: false, success: false }, "answer_rejected"],
    [
      "the status: an error, whatever success says",
      503,
      { permanent: false, retry: false, success: false },
      "target_unavailable",
    ],
    ["the status: refused", 404, { permanent: false, retry: false, success: false }, "target_rejected"],
    ["the status: done", 200, { permanent: false, retry: false, success: true }, "delivered"],
  ])("is judged by the first that says something: %s", (_name, status, says, outcome) => {
    const when = (yes: boolean) => ({ path: "body.word", op: "eq", value: yes ? "this" : "another" }) as const;
    const conditions = {
      success: [when(says.success)],
      retry: [when(says.retry)],
      permanent: [when(says.permanent)],
    };
    const verdict = judged(status, '{"word":"this"}', conditions);
    expect(verdict.verdict === "delivered" ? "delivered" : verdict.reason).toBe(outcome);
  });

  it("that was not read whole is judged by its status alone", () => {
    const always = { path: "status", op: "exists", value: true } as const;
    const conditions = { success: [], retry: [always], permanent: [always] };
    expect(judged(200, undefined, conditions)).toEqual({ verdict: "delivered" });
    expect(judged(503, undefined, conditions)).toEqual(RETRIED);
  });

  it("takes hostile keys of an answer for names like any other", () => {
    const answer = createAnswer(200, new Headers(), '{"__proto__":{"ok":true},"constructor":{"ok":true}}');
    expect(judgeByConditions(answer, SLACK)).toBe("rejected");
  });
});

describe("conditions in a queue message", () => {
  const one = { path: "body.ok", op: "eq", value: true } as const;

  it("of an older release have no permanent ones, and are read", () => {
    expect(v.parse(AnswerConditionsSchema, { success: [one], retry: [one] })).toEqual({
      success: [one],
      retry: [one],
      permanent: [],
    });
  });

  it("are read as they were written", () => {
    const conditions: AnswerConditions = { success: [one], retry: [one, [one, one]], permanent: [[one], one] };
    expect(v.parse(AnswerConditionsSchema, conditions)).toEqual(conditions);
  });

  it("have no empty list, which would hold for every answer", () => {
    expect(v.safeParse(AnswerConditionsSchema, { success: [], retry: [[]] }).success).toBe(false);
    expect(v.safeParse(AnswerConditionsSchema, { success: [], retry: [], permanent: [[]] }).success).toBe(false);
  });
});
