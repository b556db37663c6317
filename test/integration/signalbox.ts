// The built Worker with wrangler.toml's own bindings, and the few things every test does with it. It is the router of
// `npm start`, not wrangler's test harness: there, outbound requests take a detour through Node, which turns a refused
// connection or an unfollowed redirect into a 500.

import { setTimeout as wait } from "node:timers/promises";
import { startRouter, type RouterOptions } from "../../cli/local/router.ts";
import { signBody } from "../../src/voucherify/signature.ts";

/** Secrets of the Worker under test. */
export const SECRETS = {
  SIGNALBOX_ADMIN_TOKEN: "admin-token-for-tests-3b8e90f1c2d7",
  VOUCHERIFY_SECRET: "signing-secret-for-tests",
  SIGNALBOX_LOCAL_TARGETS: "allow",
  CRM_TOKEN: "crm-token-8c1f/9+z",
};

/** A sendout as the admin API shows it, as far as tests look. */
export interface SendoutView {
  id: string;
  acceptedId: string;
  state: string;
  reason: string | null;
  detail: string | null;
  event: { type: string } | null;
  tableVersion: number | null;
  repeats: { acceptedId: string; same: boolean }[];
  payload: { encoding: string; content: string };
  deliveries: DeliveryView[];
}

/** A delivery as the admin API shows it, as far as tests look. */
export interface DeliveryView {
  id: string;
  target: string;
  route: string;
  state: string;
  reason: string | null;
  attemptsMade: number;
  dueAt: string | null;
  attempts: { at: string; ms: number; status?: number; reason?: string; detail?: string; excerpt?: string }[];
  request: { url: unknown; headers: unknown; body: unknown } | null;
}

/** How long something may take to become of a sendout, and how often one looks, in milliseconds. */
const PATIENCE_MS = 20_000;
const LOOK_EVERY_MS = 50;

/** A Worker under test. */
export type Signalbox = Awaited<ReturnType<typeof startSignalbox>>;

/** Starts the Worker, with empty storage unless there is a folder for it. */
export async function startSignalbox(
  secrets: Record<string, string> = SECRETS,
  options: Pick<RouterOptions, "stateDir" | "onLog"> = {},
) {
  const router = await startRouter({ configPath: "./wrangler.toml", port: 0, bindings: secrets, ...options });
  const url = new URL(router.url);

  const admin = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    fetch(new URL(`/admin${path}`, url), {
      method,
      headers: { authorization: `Bearer ${SECRETS.SIGNALBOX_ADMIN_TOKEN}`, ...headers },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });

  const post = async (
    body: string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = {},
    inlet = "voucherify",
  ) => fetch(new URL(`/in/${inlet}`, url), { method: "POST", body, headers });

  const postSigned = async (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) => {
    const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
    const signature = await signBody(bytes, SECRETS.VOUCHERIFY_SECRET);
    return post(bytes, { "x-voucherify-signature": signature, ...headers });
  };

  /** The sendout once it is in the ledger and, with a condition, once that holds. */
  const sendout = async (id: string, until: (found: SendoutView) => boolean = () => true): Promise<SendoutView> => {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const answer = await admin("GET", `/sendouts/${id}?reveal=true`);
      // The API's own answer; tests assert what it holds.
      const found = answer.status === 200 ? ((await answer.json()) as SendoutView) : undefined;
      if (found !== undefined && until(found)) return found;
      const stands = found === undefined ? `not in the ledger (${answer.status})` : JSON.stringify(found.deliveries);
      if (Date.now() > deadline) throw new Error(`${id} is still ${stands}`);
      await wait(LOOK_EVERY_MS);
    }
  };

  return {
    url,
    router,
    admin,
    post,
    postSigned,
    sendout,
    /** Posts a signed sendout that must be accepted, and waits for it. */
    accept: async (body: string | Uint8Array<ArrayBuffer>, until?: (found: SendoutView) => boolean) => {
      const answer = await postSigned(body);
      if (answer.status !== 202) throw new Error(`answered ${answer.status}: ${await answer.text()}`);
      const { id } = (await answer.json()) as { id: string };
      return sendout(id, until);
    },
    publish: async (table: unknown) => {
      const answer = await admin("PUT", "/table", table);
      if (answer.status !== 200) throw new Error(`answered ${answer.status}: ${await answer.text()}`);
    },
    stop: async () => router.stop(),
  };
}

/** Whether every delivery has come to its end. */
export function isSettled({ deliveries }: SendoutView): boolean {
  return deliveries.every(({ state }) => state === "delivered" || state === "failed");
}
