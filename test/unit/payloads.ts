// Bodies of a wanted size, sendouts as they wait in the INGEST queue, and tables as somebody else published them.

import type { DeliverMessage } from "../../src/delivery/message.ts";
import { createAcceptedId } from "../../src/ingest/store.ts";
import { packForQueue } from "../../src/ledger/content.ts";
import { readHead } from "../../src/ledger/table-versions.ts";
import type { IngestMessage } from "../../src/routing/message.ts";
import { publishTable } from "../../src/routing/table-store.ts";
import type { RenderedRequest } from "../../src/translation/rendered.ts";
import { createSendout, type Sendout } from "../fixtures/sendout.ts";
import { bytes } from "./bytes.ts";
import { emptyKv, workingD1, workingKv } from "./faults.ts";
import { SENT_AT } from "./messages.ts";

/** Bytes that do not compress, always the same (xorshift32). */
export function incompressible(length: number): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(length);
  let state = 0x9e3779b9;
  for (let index = 0; index < length; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    result[index] = state;
  }
  return result;
}

/** A sendout as it waits in the INGEST queue. */
export async function createIngestMessage(
  sendout: Sendout | Uint8Array<ArrayBuffer> = createSendout(),
  receivedAt = SENT_AT,
): Promise<IngestMessage> {
  const body = sendout instanceof Uint8Array ? sendout : bytes(JSON.stringify(sendout));
  return {
    v: 1,
    kind: "ingest",
    acceptedId: createAcceptedId(receivedAt),
    inlet: "voucherify",
    receivedAt,
    content: await packForQueue(body, { LEDGER: workingD1() }),
  };
}

/** A delivery as it waits in the DELIVER queue: the first one to `crm`, without authentication. */
export function createDelivery(
  overrides: Partial<DeliverMessage> = {},
  request: Partial<RenderedRequest> = {},
): DeliverMessage {
  const target = overrides.target ?? "crm";
  const rendered: RenderedRequest = {
    method: "POST",
    url: [`https://${target}.example.com/events`],
    headers: [["content-type", ["application/json"]]],
    body: ['{"code":"AUTUMN-15"}'],
    ...request,
  };
  return {
    v: 1,
    kind: "deliver",
    sendoutId: `so_${crypto.randomUUID().replaceAll("-", "")}`,
    target,
    route: "all",
    copy: 0,
    round: 0,
    attemptsBefore: 0,
    trigger: "automatic",
    hops: 0,
    auth: { type: "none" },
    retry: [10, 20],
    timeoutMs: 10_000,
    content: { as: "raw", bytes: bytes(JSON.stringify(rendered)) },
    ...overrides,
  };
}

/** A document that routes everything to the named targets. */
export function createTable(targets: readonly string[], body: unknown = { code: "{{ voucher.code }}" }) {
  const target = (name: string) => ({
    request: { url: `https://${name}.example.com/events`, body },
    auth: { type: "bearer", secret: "CRM_TOKEN" },
    retry: [10, 20],
  });
  return {
    inlets: { voucherify: { auth: { secrets: ["VOUCHERIFY_SECRET"] } } },
    targets: Object.fromEntries(targets.map((name) => [name, target(name)])),
    routes: targets.length === 0 ? [] : [{ id: "all", events: ["*"], to: targets }],
  };
}

/**
 * Publishes a document from another isolate; returns its version.
 *
 * @param at milliseconds since 1970
 */
export async function publish(document: unknown, kv: KVNamespace = workingKv(), at = SENT_AT): Promise<number> {
  const elsewhere = { TABLE: kv, LEDGER: workingD1() };
  const head = (await readHead(elsewhere.LEDGER))?.version ?? 0;
  const published = await publishTable(elsewhere, head, document, at);
  if (published.outcome === "conflict") throw new Error("another version was published meanwhile");
  return published.version;
}

/** Publishes a document that has not arrived in KV yet; returns its version. */
export async function publishToLedgerOnly(document: unknown): Promise<number> {
  return publish(document, emptyKv());
}
