import { describe, expect, it } from "vitest";
import { judge, retryAfterSeconds, type Verdict } from "../../../src/delivery/judge.ts";

const NOW = Date.UTC(2026, 10, 22, 12, 0, 0);

function judgeStatus(status: number, retryAfter: string | null = null): Verdict {
  const answer = { status, headers: {}, body: "" };
  return judge({ kind: "answered", status, retryAfter, answer }, NOW);
}

const RETRIED = [408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527, 529, 530];

describe("judge", () => {
  it.each([200, 201, 202, 204, 206, 207, 226, 299])("takes %d as delivered", (status) => {
    expect(judgeStatus(status)).toEqual({ verdict: "delivered" });
  });

  it.each(RETRIED)("tries again after %d", (status) => {
    expect(judgeStatus(status)).toEqual({ verdict: "retry", reason: "target_unavailable", floorSeconds: 0 });
    expect(judgeStatus(status, "120")).toEqual({ verdict: "retry", reason: "target_unavailable", floorSeconds: 120 });
  });

  it.each([300, 301, 302, 303, 304, 307, 308, 399])("follows no redirect: %d fails", (status) => {
    expect(judgeStatus(status, "120")).toEqual({ verdict: "failed", reason: "target_redirected" });
  });

  it.each([400, 402, 404, 405, 406, 409, 411, 412, 413, 414, 415, 421, 422, 423, 431, 451, 501, 505, 528])(
    "gives up after %d",
    (status) => {
      expect(judgeStatus(status, "120")).toEqual({ verdict: "failed", reason: "target_rejected" });
    },
  );

  it.each([401, 403])("takes %d as a refusal of our credentials", (status) => {
    expect(judgeStatus(status)).toEqual({ verdict: "credentials", reason: "target_credentials" });
  });

  it("takes 410 as an address that is gone for good", () => {
    expect(judgeStatus(410)).toEqual({ verdict: "gone", reason: "target_gone" });
  });

  it("tries again after no other error status", () => {
    const statuses = Array.from({ length: 200 }, (_, index) => 400 + index);
    expect(statuses.filter((status) => judgeStatus(status).verdict === "retry")).toEqual(RETRIED);
  });

  it("tries again when the target did not answer", () => {
    expect(judge({ kind: "timed_out" }, NOW)).toEqual({
      verdict: "retry",
      reason: "target_timeout",
      floorSeconds: 0,
    });
    expect(judge({ kind: "unreachable" }, NOW)).toEqual({
      verdict: "retry",
      reason: "target_unreachable",
      floorSeconds: 0,
    });
  });

  it("makes no attempt of what could not be tried", () => {
    const result = { kind: "not_ready", reason: "secret_missing" } as const;
    expect(judge(result, NOW)).toEqual({ verdict: "not_ready", reason: "secret_missing" });
  });

  it.each(["address_refused", "request_invalid"] as const)(
    "gives up on a request that may not go out: %s",
    (reason) => {
      expect(judge({ kind: "refused", reason }, NOW)).toEqual({ verdict: "failed", reason });
    },
  );
});

describe("retryAfterSeconds", () => {
  it.each([
    ["120", 120],
    ["0", 0],
    ["00120", 120],
    ["120.0", 120],
    ["120.1", 121],
    ["120.6", 121],
    ["43200", 43_200],
    ["86401", 86_400],
    ["1000000000", 86_400],
    ["9".repeat(400), 86_400],
    ["Sun, 22 Nov 2026 12:02:00 GMT", 120],
    ["Sun, 22 Nov 2026 12:00:00 GMT", 0],
    ["Sun, 22 Nov 2026 11:00:00 GMT", 0],
    ["Thu, 01 Jan 1970 00:00:00 GMT", 0],
    ["Mon, 23 Nov 2026 12:00:00 GMT", 86_400],
    ["Fri, 31 Dec 9999 23:59:59 GMT", 86_400],
  ])("reads %s as %d s", (header, seconds) => {
    expect(retryAfterSeconds(header, NOW)).toBe(seconds);
  });

  it.each([
    null,
    "",
    "invalid",
    "-5",
    "+5",
    "0x10",
    "1e9",
    ".5",
    "5.",
    "1,5",
    "1_000",
    "120 s",
    " 120",
    "120, 240",
    "NaN",
    "Infinity",
    "٣",
    "2026-11-22T12:02:00Z",
    "Sun, 22 Nov 2026 12:02:00",
    "Sun, 22 Nov 2026 12:02:00 +0000",
    "Sun, 22 Nov 2026 12:02:00 PST",
    "Sun, 99 Nov 2026 12:02:00 GMT",
    "Sun, 22 Xyz 2026 12:02:00 GMT",
    "Sun, 22 Nov 2026 12:02:00 GMT; later",
    "22 Nov 2026 12:02:00 GMT",
  ])("takes %j as nothing asked", (header) => {
    expect(retryAfterSeconds(header, NOW)).toBe(0);
  });

  it("rounds the time to a date up", () => {
    expect(retryAfterSeconds("Sun, 22 Nov 2026 12:02:00 GMT", NOW + 1)).toBe(120);
    expect(retryAfterSeconds("Sun, 22 Nov 2026 12:02:00 GMT", NOW + 999)).toBe(120);
    expect(retryAfterSeconds("Sun, 22 Nov 2026 12:02:00 GMT", NOW + 1_000)).toBe(119);
  });
});
