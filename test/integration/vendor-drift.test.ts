// The drift in every body that Voucherify itself publishes: what of it the catalogue does not know. The bodies are not
// part of this project; where they are not beside the checkout, this is skipped and says so.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { findDrift, type DriftObservation } from "../../src/voucherify/drift.ts";
import { exampleSendout } from "../../src/voucherify/examples.ts";
import { normalise } from "../../src/voucherify/normalise.ts";
import { isJsonObject, type JsonObject } from "../../src/voucherify/read-json.ts";

const FOLDER = "../shared/voucherify/samples";
const present = existsSync(FOLDER);

/** The one complete body without an envelope, and what an inlet would say of it. */
const RAW = "distribution.payload_designer.raw_payload.json";
const expected = { event: "customer.publication.succeeded" };

interface Body {
  folder: string;
  file: string;
  body: JsonObject;
}

function readBodies(folder: string): Body[] {
  const files = present ? readdirSync(join(FOLDER, folder)) : [];
  return files.map((file) => {
    const body: unknown = JSON.parse(readFileSync(join(FOLDER, folder, file), "utf8"));
    if (!isJsonObject(body)) throw new Error(`${file} is not an object`);
    return { folder, file, body };
  });
}

/** The data of an event in the envelope of our own example of that event. */
function wrap({ folder, file, body }: Body): Body {
  return { folder, file, body: { ...exampleSendout(file.replace(/\.json$/, "")), data: body } };
}

function driftIn(body: JsonObject): DriftObservation[] {
  const normalised = normalise(new TextEncoder().encode(JSON.stringify(body)), { expected });
  if (!normalised.ok) throw new Error(`${normalised.reason}: ${normalised.detail}`);
  return findDrift(normalised.value);
}

const bodies = [
  ...readBodies("v2018-08-01"),
  ...readBodies("v2024-01-01"),
  ...readBodies("v2024-01-01-data").map(wrap),
];

describe.skipIf(!present)("drift in Voucherify's own bodies", () => {
  const rows: Record<string, unknown>[] = [];

  afterAll(() => {
    console.table(rows);
  });

  it.each(bodies)("$folder/$file has none", ({ folder, file, body }) => {
    const drift = driftIn(body);
    rows.push({ folder, file, drift: drift.map(({ path, example }) => `${path}: ${example}`).join(", ") || "none" });
    expect(drift).toEqual([]); // no exceptions so far: the catalogue knows every type and field that is published
  });

  it.each(bodies.filter(({ folder, file }) => folder !== "v2018-08-01" && !file.includes("payload_designer")))(
    "$folder/$file shows a field that is put into its data, so its own were looked at",
    ({ body }) => {
      const data = { ...(isJsonObject(body["data"]) ? body["data"] : {}), shoe_size: 44 };
      expect(driftIn({ ...body, data })).toMatchObject([{ kind: "field", path: "shoe_size", example: "number" }]);
    },
  );

  it("is not looked for in the two that somebody designed", () => {
    const designed = bodies.filter(({ file }) => file.includes("payload_designer"));
    expect(designed.map(({ file }) => file)).toEqual([RAW, "distribution.payload_designer.sample_output.json"]);
    for (const { body } of designed) {
      const data = isJsonObject(body["data"]) ? { data: { ...body["data"], shoe_size: 44 } } : { shoe_size: 44 };
      expect(driftIn({ ...body, ...data })).toEqual([]);
    }
  });
});
