// Every body that Voucherify itself publishes, signed and posted: accepted, and visible afterwards. The bodies are not
// part of this project; where they are not beside the checkout, this is skipped and says so.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isSettled, startSignalbox, type SendoutView, type Signalbox } from "./signalbox.ts";
import { startTarget, type Target } from "./target.ts";

const FOLDER = "../shared/voucherify/samples";
const present = existsSync(FOLDER);
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
      inlets: { voucherify: { auth: { secrets: ["VOUCHERIFY_SECRET"] } } },
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
    if (isEnvelope(body)) {
      expect(found).toMatchObject({ state: "routed", event: { type: body.event.type } });
      expect(found.deliveries).toMatchObject([{ state: "delivered" }]);
      expect(JSON.parse(target.requests.at(-1)?.body ?? "")).toEqual(body);
    } else {
      expect(found).toMatchObject({ state: "quarantined", reason: expect.any(String) });
    }
  });
});

function outcome({ reason, deliveries }: SendoutView): string {
  return reason ?? deliveries.map(({ target, state }) => `${state} to ${target}`).join(", ");
}

function isEnvelope(body: unknown): body is { event: { type: string } } {
  return typeof body === "object" && body !== null && "event" in body && "source" in body;
}
