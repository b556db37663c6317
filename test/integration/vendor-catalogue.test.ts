// The catalogue against what Voucherify publishes: its list of events, and every body it shows. The vendor's material
// is not part of this project; where it is not beside the checkout, this is skipped and says so.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { explainIssue } from "../../src/issues.ts";
import { EVENT_TYPES, findEvent } from "../../src/voucherify/catalogue.ts";
import { hasField } from "../../src/voucherify/field-index.ts";
import { isJsonObject, type JsonObject } from "../../src/voucherify/read-json.ts";

const FOLDER = "../shared/voucherify";
const present = existsSync(FOLDER);

interface VendorKey {
  schema_required: boolean;
  schema_nullable: boolean;
  null_in_sample: boolean | null;
}

interface VendorEvent {
  type: string;
  project_settings: boolean;
  distribution: boolean;
  v2018_project_event: boolean;
  openapi_data_schema: string | null;
  /** Null where the vendor has no schema. */
  data: Record<string, VendorKey> | null;
  data_keys_in_sample_but_not_schema: string[] | null;
}

function readJson(file: string): JsonObject {
  const value: unknown = JSON.parse(readFileSync(join(FOLDER, file), "utf8"));
  if (!isJsonObject(value)) throw new Error(`${file} is not an object`);
  return value;
}

function readEvents(): VendorEvent[] {
  // Whoever wrote the file wrote it for this test.
  return present ? (readJson("event-catalog.json")["events"] as VendorEvent[]) : [];
}

/** The event type and data of each published body. */
function readSamples(): { file: string; type: string; data: unknown }[] {
  if (!present) return [];
  const files = ["v2024-01-01", "v2024-01-01-data"].flatMap((folder) =>
    readdirSync(join(FOLDER, "samples", folder))
      .filter((file) => !file.includes("payload_designer"))
      .map((file) => ({ folder, file })),
  );
  return files.map(({ folder, file }) => {
    const body = readJson(`samples/${folder}/${file}`);
    return {
      file: `${folder}/${file}`,
      type: file.replace(/\.json$/, ""),
      data: folder === "v2024-01-01" ? body["data"] : body,
    };
  });
}

/** Every path of a value, as far down as the field index goes. */
function* pathsOf(type: string, value: unknown, path: string): Generator<string> {
  if (path !== "") yield path;
  if (hasField(type, path) === "maybe" && findEvent(type)?.documented) return;
  if (Array.isArray(value)) {
    for (const [position, item] of value.entries()) yield* pathsOf(type, item, `${path}[${position}]`);
  } else if (isJsonObject(value)) {
    for (const [key, inner] of Object.entries(value)) {
      yield* pathsOf(type, inner, path === "" ? key : `${path}.${key}`);
    }
  }
}

describe.skipIf(!present)("the catalogue beside Voucherify's own", () => {
  it("has exactly the vendor's event types", () => {
    const types = readEvents().map(({ type }) => type);
    expect(EVENT_TYPES).toEqual(types.toSorted());
  });

  it.each(readEvents())("says of $type where it is sent and what it carries", (event) => {
    const definition = findEvent(event.type);
    expect(definition).toMatchObject({
      selectable: { project: event.project_settings, distribution: event.distribution },
      versions: event.v2018_project_event ? ["v2024-01-01", "v2018-08-01"] : ["v2024-01-01"],
    });
    const data = definition?.data ?? {};
    for (const [key, { schema_required, schema_nullable, null_in_sample }] of Object.entries(event.data ?? {})) {
      expect(data[key], key).toMatchObject({
        presence: schema_required ? "required" : "optional",
        nullable: schema_nullable || null_in_sample === true,
      });
    }
    for (const key of event.data_keys_in_sample_but_not_schema ?? []) {
      expect(data[key], key).toMatchObject({ presence: "sample only" });
    }
    if (event.openapi_data_schema !== null) {
      const keys = [...Object.keys(event.data ?? {}), ...(event.data_keys_in_sample_but_not_schema ?? [])];
      expect(Object.keys(data).toSorted()).toEqual(keys.toSorted());
    }
  });

  it.each(readSamples())("lists every field of $file", ({ type, data }) => {
    const unlisted = [...pathsOf(type, data, "")]
      .filter((path) => hasField(type, path) === "no")
      .map((path) => path.replaceAll(/\[\d+\]/g, "[]"));
    expect(unlisted).toEqual([]); // no exceptions so far
  });

  it.each(readSamples())("has a schema for every value of $file", ({ type, data }) => {
    const definitions = findEvent(type)?.data ?? {};
    for (const [key, value] of Object.entries(isJsonObject(data) ? data : {})) {
      const definition = definitions[key];
      const issues = value === null || definition === undefined ? [] : v.safeParse(definition.schema, value).issues;
      expect(issues?.map(explainIssue) ?? [], key).toEqual([]);
      if (value === null) expect(definition?.nullable, key).toBe(true);
    }
  });
});
