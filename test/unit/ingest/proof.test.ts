// What proved a sendout travels with it and is kept: the secret by its name, and which form of the body was signed.

import { createExecutionContext, reset } from "cloudflare:test";
import * as fc from "fast-check";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { app } from "../app.ts";
import { consumeDead } from "../../../src/jobs/dead-letters.ts";
import { consumeIngest } from "../../../src/routing/consumer.ts";
import type { IngestMessage } from "../../../src/routing/message.ts";
import { signBody, verifySignature } from "../../../src/voucherify/signature.ts";
import { createSendout } from "../../fixtures/sendout.ts";
import { bytes } from "../bytes.ts";
import { createBindings, SECRETS, type TestBindings } from "../faults.ts";
import { findRecord, rowsOf } from "../ledger-rows.ts";
import { createBatch, createMessage, fatesOf, SENT_AT } from "../messages.ts";
import { createIngestMessage, createTable, publish } from "../payloads.ts";
import { ask, createRequest, post } from "./post.ts";

beforeEach(async () => {
  await reset();
  vi.spyOn(console, "error").mockImplementation(() => {});
});

const NEXT = "next-signing-secret-81d3";
const LAST = "last-signing-secret-c944";

/** An isolate at whose inlet three secrets sign, of which the second is not set. */
async function createRotation(): Promise<TestBindings> {
  const inlets = {
    voucherify: { auth: { secrets: ["NEXT_SECRET", "UNSET_SECRET", "VOUCHERIFY_SECRET", "LAST_SECRET"] } },
    open: { auth: "none" },
  };
  await publish({ ...createTable([]), inlets });
  return createBindings({ NEXT_SECRET: NEXT, LAST_SECRET: LAST });
}

/** The one message that waits in INGEST. */
function accepted(env: TestBindings): IngestMessage {
  expect(env.INGEST.messages).toHaveLength(1);
  return env.INGEST.messages[0] as IngestMessage; // only ingest sends there
}

/** The sendout as the admin API shows it, once routing has had its message. */
async function shown(env: TestBindings, id: string | undefined): Promise<unknown> {
  const messages = env.INGEST.messages.map((body) => createMessage(body));
  await consumeIngest(createBatch(messages), env, SENT_AT);
  expect(fatesOf(messages)).toEqual(messages.map(() => ["ack"]));
  const authorization = `Bearer ${SECRETS.SIGNALBOX_ADMIN_TOKEN}`;
  const request = new Request(`https://signalbox.example.com/admin/sendouts/${id}`, { headers: { authorization } });
  return (await app.fetch(request, env, createExecutionContext())).json();
}

describe("each secret of a rotation", () => {
  it.each([
    ["NEXT_SECRET", NEXT],
    ["VOUCHERIFY_SECRET", SECRETS.VOUCHERIFY_SECRET],
    ["LAST_SECRET", LAST],
  ])("is kept by its name when it has signed: %s", async (secret, value) => {
    const env = await createRotation();
    const { id } = await post(env, { secret: value });
    expect(accepted(env).signature).toEqual({ secret, form: "raw" });
    expect(await shown(env, id)).toMatchObject({ acceptedId: id, signature: { secret, form: "raw" } });
    expect(JSON.stringify([env.INGEST.messages, await rowsOf("sendouts")])).not.toContain(value);
  });

  it.each([
    ["by spaces", 2],
    ["by tabs", "\t"],
  ])("is kept with the compact form when it has signed that, and the body comes printed %s", async (_name, indent) => {
    const env = await createRotation();
    const sendout = createSendout();
    const signature = await signBody(bytes(JSON.stringify(sendout)), LAST);
    const body = bytes(JSON.stringify(sendout, null, indent));
    const { id, status } = await ask(env, createRequest(body, { "x-voucherify-signature": signature }));
    expect(status).toBe(202);
    expect(accepted(env).signature).toEqual({ secret: "LAST_SECRET", form: "compact" });
    expect(await shown(env, id)).toMatchObject({ signature: { secret: "LAST_SECRET", form: "compact" } });
  });
});

describe("a sendout without a signature", () => {
  it("has none on record, whatever its sender claims", async () => {
    const env = await createRotation();
    const { id } = await post(env, { inlet: "open", headers: { "x-voucherify-signature": "a".repeat(64) } });
    expect(accepted(env)).not.toHaveProperty("signature");
    expect(await shown(env, id)).toMatchObject({ acceptedId: id, signature: null });
  });
});

describe("a message of an older release", () => {
  it("is routed, and its sendout has no signature on record", async () => {
    const env = await createRotation();
    const message = await createIngestMessage();
    expect(message).not.toHaveProperty("signature");
    env.INGEST.messages.push(message);
    expect(await shown(env, message.acceptedId)).toMatchObject({ state: "unrouted", signature: null });
  });
});

describe("what proved a sendout", () => {
  it("is kept for one that cannot be understood", async () => {
    const env = await createRotation();
    const { id } = await post(env, { body: bytes("no JSON") });
    const signature = { secret: "VOUCHERIFY_SECRET", form: "raw" };
    expect(await shown(env, id)).toMatchObject({ state: "quarantined", signature });
  });

  it("is kept for one that routing gave up", async () => {
    const env = await createRotation();
    const { id } = await post(env);
    await consumeDead(createBatch([createMessage(accepted(env))]), env, SENT_AT);
    expect((await findRecord(id ?? ""))?.sendout).toMatchObject({
      reason: "routing_gave_up",
      signature_secret: "VOUCHERIFY_SECRET",
      signature_form: "raw",
    });
  });

  it("is not in the list of sendouts, which would have to walk through every payload for it", async () => {
    const env = await createRotation();
    const { id } = await post(env);
    await shown(env, id);
    env.LEDGER.queries.length = 0;
    const authorization = `Bearer ${SECRETS.SIGNALBOX_ADMIN_TOKEN}`;
    const request = new Request("https://signalbox.example.com/admin/sendouts", { headers: { authorization } });
    const list = await app.fetch(request, env, createExecutionContext());
    expect(await list.json()).toMatchObject({ sendouts: [{ acceptedId: id }] });
    const sql = env.LEDGER.queries.flat().join("\n");
    expect(sql).toContain("FROM sendouts");
    expect(sql).not.toMatch(/signature|body\b|\*/);
  });
});

describe("a signature refused by its form", () => {
  it("is none that could be right: no body is refused unread that would verify", async () => {
    const env = await createRotation();
    const body = bytes('{"a":1}');
    const right = await signBody(body, NEXT);
    const edits = fc.oneof(
      fc.constant(right),
      fc.constant(right.toUpperCase()),
      fc.constantFrom("sha256=", "v1,", '"').map((prefix) => prefix + right),
      fc
        .tuple(fc.nat(63), fc.constantFrom("0", "a", "f", "A", "g", "-", ""))
        .map(([at, character]) => right.slice(0, at) + character + right.slice(at + 1)),
      fc.string({ unit: fc.constantFrom("0", "9", "a", "f", "A", "F"), minLength: 0, maxLength: 70 }),
    );
    const verdicts = new Set<string>();
    await fc.assert(
      fc.asyncProperty(edits, async (signature) => {
        const { valid } = await verifySignature(body, signature, [NEXT]);
        const { status } = await ask(env, createRequest(body, { "x-voucherify-signature": signature }));
        expect(status).toBe(valid ? 202 : 401);
        verdicts.add(`${valid} ${status}`);
      }),
      { numRuns: 150, seed: 5 },
    );
    expect([...verdicts].toSorted()).toEqual(["false 401", "true 202"]);
  });
});
