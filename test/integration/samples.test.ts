// Every body that Voucherify itself publishes, signed and posted: accepted, and visible afterwards. The bodies are not
// part of this project; where they are not beside the checkout, this is skipped and says so.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isJsonObject } from "../../src/voucherify/read-json.ts";
import { signBody } from "../../src/voucherify/signature.ts";
import { isSettled, SECRETS, startSignalbox, type SendoutView, type Signalbox } from "./signalbox.ts";
import { startTarget, type Target } from "./target.ts";

const FOLDER = "../shared/voucherify/samples";
const present = existsSync(FOLDER);

/** The one body without an envelope. */
const RAW = "distribution.payload_designer.raw_payload.json";
const files = ["v2024-01-01", "v2018-08-01"].flatMap((version) =>
  present ? readdirSync(join(FOLDER, version)).map((file) => [version, file] as const) : [],
);

describe.skipIf(!present)("Voucherify's own example bodies", () => {
  let signalbox: Signalbox;
  let target: Target;
  const rows: { body: string; state: string; event: string; outcome: string }[] = [];

  beforeAll(async () => {
    [signalbox, target] = await Promise.all([startSignalbox(), startTarget()]);
    await signalbox.publish({
      inlets: {
        voucherify: { auth: { secrets: ["VOUCHERIFY_SECRET"] } },
        designed: {
          auth: { secrets: ["VOUCHERIFY_SECRET"] },
          expects: { event: "customer.publication.succeeded", source: "distr_designed" },
        },
      },
      targets: { archive: { request: { url: `${target.url}/archive`, body: "{{ $webhook }}" } } },
      routes: [{ id: "all", events: ["*"], to: ["archive"] }],
    });
  });

  afterAll(async () => {
    console.table(rows);
    await Promise.all([signalbox.stop(), target.stop()]);
  });

  it.each(files)("%s/%s is accepted and ends visible", async (version, file) => {
    const bytes = new Uint8Array(readFileSync(join(FOLDER, version, file)));
    const found = await signalbox.accept(bytes, isSettled);
    const event = found.event?.type ?? "";
    rows.push({ body: `${version}/${file}`, state: found.state, event, outcome: outcome(found) });
    const body: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const type = typeOf(body);
    if (type === undefined) {
      expect(file).toBe(RAW);
      expect(found).toMatchObject({ state: "quarantined", reason: "envelope_missing", deliveries: [] });
      return;
    }
    expect(found).toMatchObject({ state: "routed", event: { type } });
    expect(found.deliveries).toMatchObject([{ state: "delivered" }]);
    const delivered: unknown = JSON.parse(target.requests.at(-1)?.body ?? "");
    if (version === "v2024-01-01") expect(delivered).toEqual(body);
    else expect(delivered).toMatchObject({ event: { type, id: at(body, "id") }, data: expect.any(Object) });
  });

  it(`${RAW} is routed at an inlet that says what to expect`, async () => {
    const bytes = new Uint8Array(readFileSync(join(FOLDER, "v2024-01-01", RAW)));
    const signature = await signBody(bytes, SECRETS.VOUCHERIFY_SECRET);
    const answer = await signalbox.post(bytes, { "x-voucherify-signature": signature }, "designed");
    expect(answer.status).toBe(202);
    const { id } = (await answer.json()) as { id: string }; // what a 202 says
    const found = await signalbox.sendout(id, isSettled);
    rows.push({ body: `designed/${RAW}`, state: found.state, event: found.event?.type ?? "", outcome: outcome(found) });
    expect(found).toMatchObject({ state: "routed", event: { type: "customer.publication.succeeded" } });
    expect(found.deliveries).toMatchObject([{ state: "delivered" }]);
    expect(JSON.parse(target.requests.at(-1)?.body ?? "")).toMatchObject({
      type: "customer.publication.succeeded",
      source: { id: "distr_designed" },
      data: JSON.parse(new TextDecoder().decode(bytes)),
    });
  });
});

function outcome({ reason, deliveries }: SendoutView): string {
  return reason ?? deliveries.map(({ target, state }) => `${state} to ${target}`).join(", ");
}

/** The event type that a body is about, in either version; undefined when it does not say. */
function typeOf(body: unknown): unknown {
  return at(body, "event.type") ?? at(body, "data.related_object.type") ?? (at(body, "object") && at(body, "type"));
}

function at(value: unknown, path: string): unknown {
  return path.split(".").reduce((found, key) => (isJsonObject(found) ? found[key] : undefined), value);
}
