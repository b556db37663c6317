// A project in Voucherify whose Management API answers `fetch`, and a table that has its credentials.

import { vi } from "vitest";
import type { UpstreamSettings } from "../../../src/upstream/settings.ts";
import { createManualClock } from "../../voucherify/clock.ts";
import { answerManagementCall, type ManagementOptions } from "../../voucherify/management-calls.ts";
import { createRegistry } from "../../voucherify/registry.ts";
import { createBindings } from "../faults.ts";
import { SENT_AT } from "../messages.ts";
import { createTable, publish } from "../payloads.ts";

/** Where the API is, and where the inlet. */
export const API = "https://api.voucherify.io";
export const ORIGIN = "https://signalbox.example.com";
export const INLET_URL = `${ORIGIN}/in/voucherify`;

const CREDENTIALS = { id: "management-id-0c55", token: "management-token-91bb" };

/** A Worker that has the credentials. `overrides` replaces bindings and adds variables. */
export function createUpstreamBindings(overrides: object = {}) {
  return createBindings({ MANAGEMENT_ID: CREDENTIALS.id, MANAGEMENT_TOKEN: CREDENTIALS.token, ...overrides });
}

/** Has a project's API answer `fetch`; `calls` grows with every call, as method and path below the webhooks. */
export function startVoucherify(options: Partial<ManagementOptions> = {}) {
  const registry = createRegistry({ secret: "secret", clock: createManualClock(SENT_AT) });
  const calls: string[] = [];
  const all: ManagementOptions = { registry, credentials: CREDENTIALS, ...options };
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    calls.push(`${request.method} ${new URL(request.url).pathname.replace(/^.*\/webhooks/, "")}`.trim());
    if (new URL(request.url).origin !== API) throw new TypeError("fetch failed");
    return answerManagementCall(request, all);
  });
  return { registry, calls, options: all };
}

/** Publishes a table whose only route takes some event types and whose settings have the project. */
export async function publishUpstream(
  project: string,
  events: readonly string[],
  overrides: Partial<UpstreamSettings> = {},
): Promise<void> {
  const table = createTable(["crm"]);
  await publish({
    ...table,
    routes: [{ id: "all", events, to: ["crm"] }],
    settings: {
      voucherify: {
        api: API,
        project,
        managementId: "MANAGEMENT_ID",
        managementToken: "MANAGEMENT_TOKEN",
        inlet: "voucherify",
        origin: ORIGIN,
        ...overrides,
      },
    },
  });
}
