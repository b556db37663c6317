// The two results of the Payload designer that Voucherify publishes, produced by an imported template. The results are
// not part of this project; where they are not beside the checkout, this is skipped and says so.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { exportDesigner } from "../../src/translation/designer/export.ts";
import { importDesigner } from "../../src/translation/designer/import.ts";
import { isJsonObject, type JsonObject } from "../../src/voucherify/read-json.ts";
import { renderFor } from "../unit/translation/designer/render.ts";

const FOLDER = "../shared/voucherify/samples/v2024-01-01";
const present = existsSync(FOLDER);

function readSample(name: string): JsonObject {
  const body: unknown = JSON.parse(readFileSync(join(FOLDER, `distribution.payload_designer.${name}.json`), "utf8"));
  if (!isJsonObject(body)) throw new Error(`${name} is not an object`);
  return body;
}

/** What a text has behind a mark, up to the next end. */
function behind(text: unknown, mark: string, end: string): string {
  const found = String(text).split(mark)[1]?.split(end)[0];
  if (found === undefined || found === "") throw new Error(`nothing behind ${mark}`);
  return found;
}

/** The event that a result was made of, and the template: its values are where the result repeats them. */
function reconstruct(result: JsonObject): { text: string; data: unknown } {
  const email = String(result["To"]);
  const name = behind(result["Subject"], "order, ", "\n");
  const code = behind(result["Body"], "code: ", ".");
  const text = JSON.stringify(result, null, 2)
    .replaceAll(email, "{{customer.email}}")
    .replaceAll(name, "{{customer.name}}")
    .replaceAll(code, "{{voucher.code}}");
  expect(text.match(/\{\{/g)).toHaveLength(4);
  return { text, data: { customer: { email, name }, voucher: { code } } };
}

function imported(text: string, envelope: boolean): unknown {
  const result = importDesigner(text, { envelope });
  if (!result.ok) throw new Error(result.problem.message);
  return result.body;
}

/** A round trip as people read it. The output is the vendor's own, so its size stands for it. */
function shown(sample: string, text: string, body: unknown): Record<string, string> {
  const { text: back, losses } = exportDesigner(body);
  return {
    sample,
    "template in": text,
    ours: JSON.stringify(body, null, 2),
    output: "the sample, value by value",
    "exported back": back === text ? "the template, character by character" : back,
    lost: losses.map(({ place, message }) => `${place}: ${message}`).join("\n") || "nothing",
  };
}

describe.skipIf(!present)("Voucherify's own results of the Payload designer", () => {
  const rows: Record<string, string>[] = [];
  afterAll(() => {
    for (const row of rows)
      console.log(
        Object.entries(row)
          .map(([what, said]) => `${what}:\n${said}`)
          .join("\n\n"),
      );
  });

  it("come out of an import with Raw payload ticked", async () => {
    const sample = readSample("raw_payload");
    const { text, data } = reconstruct(sample);
    const body = imported(text, false);
    expect(await renderFor({ data }, body)).toEqual(sample);
    expect(exportDesigner(body)).toEqual({ text, raw: true, losses: [] });
    rows.push(shown("raw_payload", text, body));
  });

  it("come out of an import without it, envelope and all", async () => {
    const sample = readSample("sample_output");
    const { data: designed } = sample;
    if (!isJsonObject(designed)) throw new Error("the sample has no data");
    const { text, data } = reconstruct(designed);
    const body = imported(text, true);
    expect(await renderFor({ ...sample, data }, body)).toEqual(sample);
    expect(exportDesigner(body)).toEqual({ text, raw: false, losses: [] });
    rows.push(shown("sample_output", text, body));
  });
});
