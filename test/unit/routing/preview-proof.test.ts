// How a preview shows what proves the sender: secrets as names, and what is made when a request is sent as such.

import { expect, it } from "vitest";
import type { Authentication } from "../../../src/delivery/authentication.ts";
import { compileTable } from "../../../src/routing/compile.ts";
import { previewDelivery } from "../../../src/routing/preview.ts";
import { exampleSendout } from "../../../src/voucherify/examples.ts";
import { normalise } from "../../../src/voucherify/normalise.ts";
import { bytes } from "../bytes.ts";

async function previewOf(auth: Authentication, url = "https://crm.example.com/hook") {
  const compiled = compileTable({
    inlets: {},
    targets: { crm: { request: { url, body: {} }, auth } },
    routes: [],
  });
  const crm = compiled.ok ? compiled.value.targets.get("crm") : undefined;
  const received = bytes(JSON.stringify(exampleSendout("redemption.succeeded")));
  const event = normalise(received);
  if (crm === undefined || !event.ok) throw new Error("it does not compile");
  const { request, curl } = await previewDelivery(crm, {
    event: event.value,
    received,
    receivedAt: 0,
    sendoutId: "so_1",
    route: "all",
  });
  return { url: request?.url, headers: request?.headers ?? {}, curl };
}

it.each([
  ["https://crm.example.com/hook", "https://crm.example.com/hook?api%20key={{ secret CRM_KEY }}"],
  ["https://crm.example.com/hook?v=1", "https://crm.example.com/hook?v=1&api%20key={{ secret CRM_KEY }}"],
])("a secret in the query stands behind %s as its name", async (url, shown) => {
  const preview = await previewOf({ type: "query", name: "api key", secret: "CRM_KEY" }, url);
  expect(preview.url).toBe(shown);
  expect(preview.curl).toContain(`api%20key='"$CRM_KEY"`);
});

it.each<[Authentication, Record<string, string>]>([
  [{ type: "hmac", secret: "CRM_KEY", header: "X-Signature" }, { "x-signature": "(made when it is sent)" }],
  [
    { type: "standard_webhooks", secrets: ["CRM_KEY"] },
    { "webhook-id": "(made when it is sent)", "webhook-signature": "(made when it is sent)" },
  ],
  [
    { type: "google_service_account", key: "CRM_KEY", scopes: ["a"] },
    { authorization: "Bearer (fetched when it is sent)" },
  ],
])("what is made or fetched when a request is sent is shown as such: %j", async (auth, headers) => {
  expect((await previewOf(auth)).headers).toMatchObject(headers);
});
