// The sending step alone, in workerd, with a real network: a Worker that sends what it is posted.

import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { unstable_readConfig as readConfig } from "wrangler";
import { bundleWorker } from "../../cli/local/bundle.ts";
import type { Authentication } from "../../src/delivery/authentication.ts";
import type { CallOutcome } from "../../src/delivery/call-target.ts";
import type { RenderedRequest } from "../../src/translation/rendered.ts";

/** What send takes and gives, as src/delivery/send.ts has it; that file itself is for workerd's types only. */
export interface Sending {
  request: RenderedRequest;
  auth: Authentication;
  timeoutMs: number;
  idempotencyKey: string;
  hops?: number;
}
export type Sent = CallOutcome & { tokenRefreshed?: true; readyAt?: number };

/** A running Worker. */
export interface Sender {
  /** Makes one attempt, in an invocation of its own. What is left out is a plain POST. */
  send(
    sending: Partial<Omit<Sending, "request">> & { url: string; request?: Partial<Sending["request"]> },
  ): Promise<Sent>;
  /** The request that a table's target `crm` gets for a sendout, and its origin; or what is wrong with the table. */
  render(
    table: unknown,
    sendout: string,
  ): Promise<{ request?: Sending["request"]; origin?: string; issues?: { path: string; message: string }[] }>;
  stop(): Promise<void>;
}

/** The delivery that every attempt is of, unless a test says otherwise. */
export const DELIVERY_ID = "so_0123456789abcdef0123456789abcdef.crm";

/** Starts the Worker with secrets and variables. */
export async function startSender(bindings: Record<string, string>): Promise<Sender> {
  const script = await bundleWorker("test/unit/delivery/workers/send.ts");
  const { compatibility_date: compatibilityDate, compatibility_flags: compatibilityFlags } = readConfig({
    config: "./wrangler.toml",
  });
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: "127.0.0.1",
      port: 0,
      cf: false,
      log: new Log(LogLevel.NONE),
      handleStructuredLogs: () => undefined,
      telemetry: { enabled: false },
      workers: [
        {
          name: "sender",
          modules: [{ type: "ESModule", path: "index.js", contents: script }],
          compatibilityDate: compatibilityDate ?? "",
          compatibilityFlags,
          bindings,
          unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
        },
      ],
    }),
  );
  await miniflare.ready;
  const url = await miniflare.unsafeGetDirectURL("sender");
  return {
    send: async ({ url: address, request, ...rest }) => {
      const sending: Sending = {
        auth: { type: "none" },
        timeoutMs: 2_000,
        idempotencyKey: DELIVERY_ID,
        ...rest,
        request: { method: "POST", url: [address], headers: [], body: ['{"a":1}'], ...request },
      };
      const answer = await fetch(url, { method: "POST", body: JSON.stringify(sending) });
      if (answer.status !== 200) throw new Error(`send threw: ${await answer.text()}`);
      return (await answer.json()) as Sent; // what the Worker's send returned
    },
    render: async (table, sendout) => {
      const answer = await fetch(new URL("/render", url), { method: "POST", body: JSON.stringify({ table, sendout }) });
      if (answer.status !== 200) throw new Error(`rendering threw: ${await answer.text()}`);
      return (await answer.json()) as Awaited<ReturnType<Sender["render"]>>; // what the Worker's render returned
    },
    stop: async () => miniflare.dispose(),
  };
}
