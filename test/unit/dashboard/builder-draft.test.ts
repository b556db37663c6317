import { expect, test } from "vitest";
import {
  draftOf,
  draftOfRecipe,
  EMPTY_DRAFT,
  readKept,
  REQUEST_DRAFT,
  targetOf,
} from "../../../src/dashboard/pages/builder/draft.ts";

test.each([
  ["a recipe", { recipe: "braze", settings: { instance: "EU-01" }, secrets: { api_key: "KEY" }, retry: "long" }],
  [
    "a request of one's own",
    {
      description: "CRM",
      settings: { list: "autumn" },
      limits: { perSecond: 10 },
      request: {
        method: "PUT",
        url: "https://crm.example.com/{{ customer.id }}",
        query: { v: 1 },
        pathSecret: "HOOK_PATH",
        headers: { "x-v": "1", "x-key": { $secret: "KEY" } },
        encoding: "form",
        body: { a: ["{{ voucher.code }}", null, 1] },
      },
      auth: { type: "hmac", secret: "KEY", header: "x-signature", signs: ["body"] },
    },
  ],
  ["a text", { request: { url: "https://crm.example.com/", encoding: "text", body: "Hello {{ customer.name }}" } }],
  ["a certificate alone", { request: { url: "https://crm.example.com/" }, auth: { type: "none", mtls: "MTLS_CRM" } }],
])("%s comes out of a draft as it went in", (_, target) => {
  const draft = draftOf("crm", target);
  expect(draft && targetOf(draft)).toEqual({ ok: true, target });
});

test("what is no target has no draft", () => {
  expect(draftOf("crm", { request: { url: 5 } })).toBeUndefined();
});

test.each([
  ["nothing chosen", EMPTY_DRAFT, "Choose where it goes first."],
  ["no URL", REQUEST_DRAFT, "Write the URL that it goes to."],
  ["half a body", { ...REQUEST_DRAFT, url: "https://a.example/", body: '{ "a": ' }, "The body is no JSON yet."],
])("a draft with %s says what is missing", (_, draft, message) => {
  expect(targetOf(draft)).toEqual({ ok: false, message });
});

test("headers without a name and an empty body are left out", () => {
  const draft = { ...REQUEST_DRAFT, url: " https://a.example/ ", headers: [{ name: "", value: "x" }], body: " \n" };
  expect(targetOf(draft)).toEqual({ ok: true, target: { request: { url: "https://a.example/" } } });
});

test("a draft is read as it was kept, and whatever else was kept there is not", () => {
  const draft = { ...draftOfRecipe("slack-webhook"), settings: { text: "Hello" } };
  const kept = { draft, beganWith: "{}" };
  expect(readKept(JSON.stringify(kept))).toEqual(kept);
  expect(readKept("")).toBeUndefined();
  expect(readKept("{")).toBeUndefined();
  expect(readKept('{"name": "older"}')).toBeUndefined();
});
