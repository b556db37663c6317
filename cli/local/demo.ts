// The first try: an example routing table when there is none, one signed sendout, and what became of it, told in the
// terminal.

import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { pc } from "../colours.ts";
import { signBody } from "../../src/voucherify/signature.ts";
import type { AdminClient, Delivery, SendoutRecord } from "../admin-client.ts";
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
  admin: AdminClient;
}

/**
 * Publishes the example table when none was published yet, or when the one in force is the example for another port.
 *
 * @returns whether the example is now in force; a table of the user's own is never touched
 */
export async function ensureExampleTable(demo: Demo): Promise<boolean> {
  const source = readFileSync(new URL("../../examples/first-table.json", import.meta.url), "utf8");
  const example = (origin: string): string => JSON.stringify(JSON.parse(source.replace(EXAMPLE_ORIGIN, origin)));
  const { version, table } = await demo.admin.table();
  const inForce = JSON.stringify(table);
  if (inForce === example(demo.targetUrl)) return true;
  const port = /http:\/\/127\.0\.0\.1:(\d+)/.exec(inForce)?.[1];
  if (version > 0 && inForce !== example(`http://127.0.0.1:${port}`)) return false;
  await demo.admin.publish(JSON.parse(example(demo.targetUrl)), version);
  return true;
}

/** Posts one signed sample and prints its way through the router. */
export async function showSample(demo: Demo): Promise<void> {
  const body = createSampleSendout(new Date());
  const posted = await post(demo, body);
  const record = await settled(demo.admin, posted.id);
  console.log(pc.bold("\nOne sendout, from Voucherify's side to the target:\n"));
  line("in", `${pc.bold(record?.event?.type ?? "?")}  ${record?.sendoutRef ?? ""}  signed, ${body.length} bytes`);
  line("", pc.dim(`answered ${posted.status} in ${posted.ms} ms with ${posted.id}`));
  if (record === undefined) return line("!", pc.red("it is accepted, but not in the ledger yet"));
  for (const delivery of record.deliveries) printDelivery(record, delivery);
}

/** A command that posts another signed sendout, ready to paste. */
export async function nextCommand(demo: Demo): Promise<string> {
  const body = createSampleSendout(new Date());
  const signature = await sign(body, demo.secret);
  return [
    `curl -X POST ${demo.routerUrl}/in/voucherify \\`,
    `  -H 'content-type: application/json' -H 'x-voucherify-signature: ${signature}' \\`,
    `  -d '${body}'`,
  ].join("\n");
}

async function post(demo: Demo, body: string): Promise<{ status: number; id: string; ms: number }> {
  const started = performance.now();
  const answer = await fetch(`${demo.routerUrl}/in/voucherify`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-voucherify-signature": await sign(body, demo.secret) },
    body,
  });
  const content = await answer.text();
  if (answer.status !== 202) throw new Error(`the inlet answered ${answer.status}: ${content}`);
  return { status: answer.status, id: idOf(JSON.parse(content)), ms: Math.round(performance.now() - started) };
}

function idOf(answer: unknown): string {
  return typeof answer === "object" && answer !== null && "id" in answer ? String(answer.id) : "";
}

async function sign(body: string, secret: string): Promise<string> {
  return signBody(new TextEncoder().encode(body), secret);
}

/** The sendout once every delivery has had its first outcome, or as it stands when patience ends. */
async function settled(admin: AdminClient, id: string): Promise<SendoutRecord | undefined> {
  const deadline = Date.now() + PATIENCE_MS;
  let record: SendoutRecord | undefined;
  while (Date.now() < deadline) {
    record = await admin.sendout(id);
    if (record?.deliveries.every(({ state }) => state !== "pending") === true) return record;
    await wait(20);
  }
  return record;
}

function printDelivery(record: SendoutRecord, { id, target, route, state, request, attempts }: Delivery): void {
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
