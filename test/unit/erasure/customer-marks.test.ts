// A customer is found in payloads by hashes alone, wherever the payload names them, and nobody else is.

import { describe, expect, it } from "vitest";
import { createMarks, namesCustomer } from "../../../src/erasure/customer-marks.ts";

const payload = (document: unknown): Uint8Array =>
  new TextEncoder().encode(typeof document === "string" ? document : JSON.stringify(document));

describe("namesCustomer", () => {
  it.each([
    ["an e-mail address anywhere", "ada@example.com", { data: { x: [{ to: "ada@example.com" }] } }],
    ["one in another case", "Ada@Example.com", { customer: { email: "ADA@example.COM" } }],
    ["a phone number written otherwise", "+48 500-100-200", { customer: { phone: "+48500100200" } }],
    ["an id", "cust_7b1", { data: { customer_id: "cust_7b1" } }],
    ["a number as an id", "1234567", { customer: { source_id: 1_234_567 } }],
    ["a short id where customers are", "42", { data: { holder: { source_id: "42" } } }],
    ["JSON inside a text", "ada@example.com", { customer_json: '{"email":"ada@example.com"}' }],
    ["a payload that is no JSON", "ada@example.com", "name=Ada; mail=ada@example.com;"],
  ])("finds %s", (_name, value, document) => {
    expect(namesCustomer(payload(document), createMarks([value], "salt"))).toBe(true);
  });

  it.each([
    ["a longer text that has it", "ada@example.com", { note: "mail ada@example.com" }],
    ["a short id elsewhere", "42", { order: { id: "42", items: [{ quantity: 42 }] } }],
    ["somebody else", "ada@example.com", { customer: { email: "bob@example.com" } }],
    ["a name of a field", "customer", { customer: {} }],
  ])("does not take %s for the customer", (_name, value, document) => {
    expect(namesCustomer(payload(document), createMarks([value], "salt"))).toBe(false);
  });

  it("keeps nothing that says who it is", () => {
    expect(JSON.stringify(createMarks(["ada@example.com", "42"], "salt"))).not.toMatch(/ada|example|42/);
  });
});
