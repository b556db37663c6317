// Every body that Voucherify itself publishes, normalised. The bodies are not part of this project; where they are not
// beside the checkout, this is skipped and says so.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { exampleSendout } from "../../src/voucherify/examples.ts";
import { normalise } from "../../src/voucherify/normalise.ts";
import { isJsonObject, type JsonObject } from "../../src/voucherify/read-json.ts";

const FOLDER = "../shared/voucherify/samples";
const present = existsSync(FOLDER);

/** The one complete body without an envelope. */
const RAW = "distribution.payload_designer.raw_payload.json";

interface Body {
  file: string;
  folder: string;
  /** The event type that must come out; undefined for the body that does not say it. */
  type: string | undefined;
  body: JsonObject;
}

function readBodies(folder: string, typeOf: (body: JsonObject, file: string) => unknown): Body[] {
  const files = present ? readdirSync(join(FOLDER, folder)) : [];
  return files.map((file) => {
    const body: unknown = JSON.parse(readFileSync(join(FOLDER, folder, file), "utf8"));
    if (!isJsonObject(body)) throw new Error(`${file} is not an object`);
    const type = typeOf(body, file);
    return { folder, file, body, type: typeof type === "string" ? type : undefined };
  });
}

/** The data of an event in the envelope of our own example of that event. */
function wrap({ body, type = "", ...said }: Body): Body {
  return { ...said, type, body: { ...exampleSendout(type), data: body } };
}

function at(value: unknown, path: string): unknown {
  return path.split(".").reduce((found, key) => (isJsonObject(found) ? found[key] : undefined), value);
}

const bodies = [
  ...readBodies("v2018-08-01", (body) => at(body, "data.related_object.type") ?? body["type"]),
  ...readBodies("v2024-01-01", (body) => at(body, "event.type")),
  ...readBodies("v2024-01-01-data", (_body, file) => file.replace(/\.json$/, "")).map(wrap),
];

describe.skipIf(!present)("Voucherify's own bodies", () => {
  const rows: Record<string, unknown>[] = [];

  afterAll(() => {
    console.table(rows);
  });

  it.each(bodies)("$folder/$file is understood, or is the raw payload", ({ folder, file, type, body }) => {
    const bytes = new TextEncoder().encode(JSON.stringify(body));
    const normalised = normalise(bytes);
    if (file === RAW) {
      expect(normalised).toMatchObject({ ok: false, reason: "envelope_missing" });
      const raw = normalise(bytes, { expected: { event: "customer.publication.succeeded" } });
      if (!raw.ok) throw new Error(raw.detail);
      expect(raw.value).toMatchObject({ shape: "raw payload", dedupeKey: null, envelope: { data: body } });
      rows.push({
        file,
        version: folder,
        shape: "raw payload, as its inlet expects",
        event: raw.value.type,
        source: raw.value.source.kind,
        "dedupe by": raw.value.dedupeBy,
        "dedupe key": "the hash of its bytes",
        "customer found at": raw.value.customer?.foundAt ?? null,
      });
      return;
    }
    if (!normalised.ok) throw new Error(`${normalised.reason}: ${normalised.detail}`);
    const { shape, version, source, dedupeBy, customer, stack, ...event } = normalised.value;
    rows.push({
      file,
      version: folder,
      shape,
      event: event.type,
      source: source.kind,
      "dedupe by": dedupeBy,
      "dedupe key": event.dedupeKey,
      "customer found at": customer?.foundAt ?? null,
      stack,
    });
    expect({ type: event.type, version }).toEqual({ type, version: folder.replace("-data", "") });
    expect(event.occurredAt).toEqual(expect.any(Number));
    if (version === "v2024-01-01") {
      expect(event.envelope).toEqual(body);
      expect(event).toMatchObject({ sendoutRef: body["id"], unknown: [] });
    }
    for (const path of event.unknown) expect(at(event.envelope, path), path).toBeNull();
    if (customer !== null) expect(at(event.envelope, customer.foundAt)).toBeDefined();
  });

  it("are told apart by their dedupe keys", () => {
    const keys = bodies
      .filter(({ folder }) => folder !== "v2024-01-01-data")
      .map(({ body }) => normalise(new TextEncoder().encode(JSON.stringify(body))))
      .flatMap((normalised) => (normalised.ok ? [normalised.value.dedupeKey] : []));
    expect(new Set(keys).size).toBe(keys.length);
  });
});
