// Asking the built Worker for previews and test sends, by a table that both tests of them publish.

import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import { SECRETS, startSignalbox, type Signalbox } from "./signalbox.ts";
import { startTarget, status, type Target } from "./target.ts";

/** The inlets of that table. */
export const INLETS = {
  voucherify: { auth: { secrets: ["VOUCHERIFY_SECRET"] } },
  designed: { auth: "none", expects: { event: "customer.publication.succeeded", source: "distr_1" } },
};

/** The body of its target `crm`, whose last value no sendout here has. */
export const BODY = {
  type: "{{ $webhook.event.type }}",
  code: "{{ voucher.code }}",
  city: "{{ customer.metadata.city }}",
};

/** The table, given where `crm` is. */
export function createPreviewTable(crmUrl: string) {
  return {
    inlets: INLETS,
    targets: {
      crm: {
        request: {
          url: `${crmUrl}/crm/{{ voucher.code }}`,
          query: { key: { $secret: "CRM_TOKEN" } },
          headers: { "x-source": "voucherify" },
          body: { ...BODY, key: { $secret: "CRM_TOKEN" } },
        },
        auth: { type: "bearer", secret: "CRM_TOKEN" },
      },
      team: { recipe: "slack-webhook" },
    },
    routes: [
      { id: "redemptions", events: ["redemption.*"], inlets: ["voucherify"], to: ["crm"] },
      { id: "large", events: ["redemption.*"], when: ["{{ order.amount > 1000000 }}"], to: ["team"] },
      { id: "orders", events: ["customer.order.*"], to: ["team"] },
    ],
  };
}

/** A preview as the admin API shows it. */
export interface PreviewView {
  event: { type: string; shape: string; label: string | null };
  routes: { route: string; taken: boolean; why: string | null }[];
  deliveries: {
    target: string;
    route: string;
    request: { method: string; url: string; headers: Record<string, string>; body: unknown } | null;
    error: { code: string; detail: string } | null;
    trace: { place: string; expression: string; value?: unknown; empty?: string; error?: string }[];
    curl: string | null;
  }[];
}

/** A test send as the admin API shows it. */
export interface SentView {
  sendout: string;
  delivered: boolean;
  reason: string | null;
  status?: number;
  excerpt?: string;
}

/** A sendout to preview. */
export const EXAMPLE = { example: "redemption.succeeded" };

/** What the tests of one file work with. */
interface PreviewSetup {
  signalbox: Signalbox;
  /** Where the table's `crm` is; it answers 200 and has had no request when a test begins. */
  crm: Target;
}

/** Starts both before the tests of a file and stops them after; the object is filled by then. */
export function setUpPreviews(): PreviewSetup {
  const setup = {} as PreviewSetup; // filled before any test runs
  beforeAll(async () => {
    [setup.signalbox, setup.crm] = await Promise.all([startSignalbox(), startTarget()]);
    await setup.signalbox.publish(createPreviewTable(setup.crm.url));
  });
  afterAll(async () => {
    await Promise.all([setup.signalbox.stop(), setup.crm.stop()]);
  });
  beforeEach(() => {
    setup.crm.requests.length = 0;
    setup.crm.behave(status(200));
  });
  return setup;
}

/** Asks for a preview that there is. */
export async function askPreview(signalbox: Signalbox, body: object): Promise<PreviewView> {
  return (await askFor(signalbox, "/preview?reveal=true", body)) as PreviewView; // the API's own answer; tests assert what it holds
}

/** Asks for a test send that is made. */
export async function askTestSend(signalbox: Signalbox, body: object): Promise<SentView> {
  return (await askFor(signalbox, "/preview/send", body)) as SentView; // as above
}

async function askFor(signalbox: Signalbox, path: string, body: object): Promise<unknown> {
  const { status: code, json } = await ask(signalbox, path, body);
  expect([code, json]).toEqual([200, expect.anything()]);
  return json;
}

/** An answer's status and JSON; none may have a secret in it. */
export async function ask(signalbox: Signalbox, path: string, body: unknown) {
  const answer = await signalbox.admin("POST", path, body);
  const text = await answer.text();
  for (const [name, secret] of Object.entries(SECRETS)) {
    if (name !== "SIGNALBOX_LOCAL_TARGETS") expect(text).not.toContain(secret);
    if (name !== "SIGNALBOX_LOCAL_TARGETS") expect(text).not.toContain(encodeURIComponent(secret));
  }
  return { status: answer.status, json: JSON.parse(text) as unknown };
}
