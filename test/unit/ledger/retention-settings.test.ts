import * as v from "valibot";
import { expect, it } from "vitest";
import { explainIssue } from "../../../src/issues.ts";
import { RETENTION_DEFAULT, RetentionSchema } from "../../../src/ledger/retention-settings.ts";

it("lets a row go no sooner than its payload, and says so at the row's field", () => {
  expect(v.parse(RetentionSchema, { bodyDays: 30, metadataDays: 30 })).toEqual({
    ...RETENTION_DEFAULT,
    bodyDays: 30,
    metadataDays: 30,
  });
  const { issues = [] } = v.safeParse(RetentionSchema, { bodyDays: 31, metadataDays: 30 });
  expect(issues.flatMap(explainIssue)).toEqual([
    { path: "metadataDays", message: "expected metadataDays to be at least as long as bodyDays" },
  ]);
});
