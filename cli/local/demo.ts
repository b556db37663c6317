// The first try: an example routing table when there is none, one signed sendout, and what became of it, told in the
// terminal.

import { readFileSync } from "node:fs";
import * as v from "valibot";
import { RenderedRequestSchema } from "../../src/translation/rendered.ts";
import { signBody } from "../../src/voucherify/signature.ts";
import { answerOf, type Admin } from "../client/admin.ts";
import { postSendout } from "../client/inlet.ts";
import { settledSendout, type SendoutRecord } from "../client/sendout.ts";
import { pc } from "../colours.ts";
import type { DeliveryRecord } from "../operate/sendout-page.ts";
import { createSampleSendout } from "./sample.ts";

/** Where the example's target stands in examples/first-table.json. */
const EXAMPLE_ORIGIN = "http://127.0.0.1:8788";

/** How long to wait for the sample to be delivered, in milliseconds. */
const PATIENCE_MS = 15_000;

/** What a demo needs to know. */
export interface Demo {
  routerUrl: string;
  targetUrl: string;
  secret: string;
  admin: Admin;
}

/**
 * Publishes the example table when none was published yet, or when the one in force is the example for another port.
 *
 * @returns whether the example is now in force; a table of the user's own is never touched
 */
export async function ensureExampleTable(demo: Demo): Promise<boolean> {
  const source = readFileSync(new URL("../../examples/first-table.json", import.meta.url), "utf8");
  const example = (origin: string): string => JSON.stringify(JSON.parse(source.replace(EXAMPLE_ORIGIN, origin)));
  const { version, table }: { version: number; table: unknown } = await answerOf(demo.admin.table.$get());
  const inForce = JSON.stringify(table);
  if (inForce === example(demo.targetUrl)) return true;
  const port = /http:\/\/127\.0\.0\.1:(\d+)/.exec(inForce)?.[1];
  if (version > 0 && inForce !== example(`http://127.0.0.1:${port}`)) return false;
  // A version that was published meanwhile is not overwritten.
  const headers = { "if-match": `"${version}"` };
  await answerOf(demo.admin.table.$put({ query: {}, json: JSON.parse(example(demo.targetUrl)) }, { headers }));
  return true;
}

/** Posts one signed sample and prints its way through the router. */
export async function showSample(demo: Demo): Promise<void> {
  const body = createSampleSendout(new Date());
  const started = performance.now();
  const acceptedId = await postSendout(demo.routerUrl, "voucherify", encode(body), { secret: demo.secret });
  const acceptedMs = Math.round(performance.now() - started);
  const record = await settledSendout(demo.admin, acceptedId, PATIENCE_MS, { reveal: true });
  console.log(pc.bold("\nOne sendout, from Voucherify's side to the target:\n"));
  line("in", `${pc.bold(record?.event?.type ?? "?")}  ${record?.sendoutRef ?? ""}  signed, ${body.length} bytes`);
  line("", pc.dim(`answered 202 in ${acceptedMs} ms with ${acceptedId}`));
  if (record === undefined) return line("!", pc.red("it is accepted, but not in the ledger yet"));
  for (const delivery of record.deliveries) printDelivery(record, delivery);
}

/** A command that posts another signed sendout, ready to paste. */
export async function nextCommand(demo: Demo): Promise<string> {
  const body = createSampleSendout(new Date());
  const signature = await signBody(encode(body), demo.secret);
  return [
    `curl -X POST ${demo.routerUrl}/in/voucherify \\`,
    `  -H 'content-type: application/json' -H 'x-voucherify-signature: ${signature}' \\`,
    `  -d '${body}'`,
  ].join("\n");
}

function encode(body: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(body);
}

function printDelivery(record: SendoutRecord, delivery: DeliveryRecord): void {
  const { id, target, route, state, attempts } = delivery;
  const request = v.parse(v.nullable(RenderedRequestSchema), delivery.request);
  line("route", `${pc.bold(route)} matched (table version ${record.tableVersion}): one request to ${pc.bold(target)}`);
  if (request !== null) {
    line("out", `${pc.bold(request.method)} ${text(request.url)}`);
    line("", pc.dim(`idempotency-key: ${id}`));
    for (const [name, value] of request.headers) line("", pc.dim(`${name}: ${text(value)}`));
    if (request.body !== undefined) for (const row of pretty(text(request.body))) line("", row);
  }
  const last = attempts.at(-1);
  const answer = last?.status === undefined ? (last?.detail ?? "no attempt yet") : `${last.status} in ${last.ms} ms`;
  line("answer", `${answer}${last?.excerpt === undefined ? "" : pc.dim(`  ${last.excerpt}`)}`);
  line(state === "delivered" ? "✓" : "!", (state === "delivered" ? pc.green : pc.yellow)(state));
}

function text(parts: readonly (string | { $secret: string })[]): string {
  return parts.map((part) => (typeof part === "string" ? part : `[${part.$secret}]`)).join("");
}

function pretty(json: string): string[] {
  return JSON.stringify(JSON.parse(json), null, 2).split("\n");
}

function line(label: string, content: string): void {
  console.log(`  ${pc.cyan(label.padEnd(8))}${content}`);
}
