import { describe, expect, it } from "vitest";
import { COMPARED_MAX, pastedIssue, readPastedLog } from "../../../src/dashboard/pages/settings/pasted-log.ts";

describe("Voucherify's log, pasted", () => {
  it("has each sendout once, with what else the first line says that names it", () => {
    const text = [
      "Status\tType\tSend-out id",
      "failed\tredemption.succeeded\twhs_3cb514213daea2aa76\t29 Nov",
      "retry of whs_3cb514213daea2aa76 and whs_0d1e2f3a4b5c6d7e8f",
      "whs_1a2b3c4d5e6f708192",
    ].join("\r\n");
    expect(readPastedLog(text)).toEqual([
      { id: "whs_3cb514213daea2aa76", rest: "failed redemption.succeeded 29 Nov" },
      { id: "whs_0d1e2f3a4b5c6d7e8f", rest: "retry of and" },
      { id: "whs_1a2b3c4d5e6f708192", rest: "" },
    ]);
  });

  it("is shown in part where a line is long", () => {
    const [found] = readPastedLog(`whs_3cb514213daea2aa76 ${"x".repeat(50_000)}`);
    expect(found?.rest).toHaveLength(161);
  });

  it.each([
    ["", 0, undefined],
    [" \n", 0, undefined],
    ["wh_123 is a webhook, whs_1 is nothing", 0, /no id of a sendout/],
    ["whs_…", COMPARED_MAX, undefined],
    ["whs_…", COMPARED_MAX + 1, /filter the log by time/],
  ] as const)("is refused for what is wrong with it: %j, %i", (text, count, said) => {
    const issue = pastedIssue(text, count);
    if (said === undefined) expect(issue).toBeUndefined();
    else expect(issue).toMatch(said);
  });
});
