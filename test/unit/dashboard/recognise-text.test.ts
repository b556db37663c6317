// What the search takes a pasted text for.

import { expect, it } from "vitest";
import { meaningsOf } from "../../../src/dashboard/pages/sendouts/recognise-text.ts";

const SENDOUT = `so_${"0a".repeat(16)}`;

it.each([
  [SENDOUT, { kind: "sendout", id: SENDOUT }],
  [` ${SENDOUT}\n`, { kind: "sendout", id: SENDOUT }],
  [`${SENDOUT}.crm~1`, { kind: "sendout", id: SENDOUT }],
  ["acc_01a228ccd9d2bb6a", { kind: "sendout", id: "acc_01a228ccd9d2bb6a" }],
  ["whs_4d0caef7ac5a8df23a", { kind: "sendout", id: "whs_4d0caef7ac5a8df23a" }],
  ["rpl_01a2283e53ec66e8f4ec", { kind: "replay", id: "rpl_01a2283e53ec66e8f4ec" }],
  ["wh_4cV9pTq1", { kind: "field", field: "source", value: "wh_4cV9pTq1" }],
  ["distr_1", { kind: "field", field: "source", value: "distr_1" }],
  ["cust_7b1", { kind: "field", field: "customer", value: "cust_7b1" }],
  ["Ada@Example.com", { kind: "field", field: "customer", value: "Ada@Example.com" }],
  ["+48 (22) 123-45-67", { kind: "field", field: "customer", value: "+48 (22) 123-45-67" }],
  ["redemption.succeeded", { kind: "field", field: "event", value: "redemption.succeeded" }],
  ["5xx", { kind: "field", field: "status", value: "5xx" }],
])("%j is that, and nothing else", (pasted, meaning) => {
  expect(meaningsOf(pasted)).toEqual([meaning]);
});

it("what could be anything is a voucher's code first, and others are offered", () => {
  const fields = meaningsOf("AUTUMN-10").map((meaning) => meaning.kind === "field" && meaning.field);
  expect(fields).toEqual(["voucher", "customer", "group", "id"]);
});

it.each(["", "  "])("%j is nothing", (pasted) => {
  expect(meaningsOf(pasted)).toEqual([]);
});
