// What `signalbox import-designer` answers.

import type { Issue } from "../src/issues.ts";
import { failure, success, type Result } from "../src/result.ts";
import { exportDesigner } from "../src/translation/designer/export.ts";
import { importDesigner } from "../src/translation/designer/import.ts";
import { compileJsonBody } from "../src/translation/json-body.ts";
import type { MissingPolicy } from "../src/translation/rendered.ts";
import { answer, complain, toJson, type Outcome } from "./outcome.ts";
import { readInput } from "./read-input.ts";

/** Which way, and into what. */
export interface ImportDesignerOptions {
  envelope?: boolean;
  export?: boolean;
  missing?: MissingPolicy;
  json?: boolean;
}

/** A designer text as a body template, or with `export` a body template as designer text. */
export async function answerImportDesigner(file: string, options: ImportDesignerOptions): Promise<Outcome> {
  const misuse = misused(options);
  if (misuse !== undefined) return complain(misuse, 2, options.json);
  const bytes = await readInput(file);
  if (!bytes.ok) return complain(bytes, 2, options.json);
  const text = decode(bytes.value);
  if (!text.ok) return complain(text, 1, options.json);
  return options.export ? exportText(file, text.value, options) : importText(text.value, options);
}

/** Options of the other direction. */
function misused({ envelope, export: exporting, missing }: ImportDesignerOptions) {
  if (exporting && envelope) {
    return {
      reason: "option_misplaced",
      detail: "--envelope is for importing; an export finds an envelope by itself.",
    };
  }
  if (!exporting && missing !== undefined) {
    return { reason: "option_misplaced", detail: "--missing says what an export is made from: give --export as well." };
  }
  return undefined;
}

function importText(text: string, { envelope, json }: ImportDesignerOptions): Outcome {
  const imported = importDesigner(text, { envelope });
  if (!imported.ok) {
    const { reason, line, column, message } = imported.problem;
    const detail = `line ${line}, column ${column}: ${message}`;
    return complain({ reason, detail: json ? detail : `${detail} (${reason})` }, 1, json);
  }
  const { body, notes } = imported;
  if (json) return answer(toJson({ body, notes }));
  const complaints = notes.map(({ line, column, message }) => `line ${line}, column ${column}: ${message}`);
  return { ...answer(toJson(body)), ...asComplaint(complaints) };
}

function exportText(file: string, text: string, { missing, json }: ImportDesignerOptions): Outcome {
  const body = parseBody(file, text);
  if (!body.ok) return complain(body, 2, json);
  const exported = exportDesigner(body.value, { missing });
  const exitCode = exported.losses.length > 0 ? 1 : 0;
  if (json) return answer(toJson(exported), exitCode);
  const complaints = exported.losses.map(({ place, message }) => `${place}: ${message}`);
  if (!exported.raw) complaints.unshift('this is the envelope\'s data: leave "Raw payload" unticked');
  return { ...answer(exported.text, exitCode), ...asComplaint(complaints) };
}

/** A body template that can be rendered; what cannot has no meaning to export. */
function parseBody(file: string, text: string): Result<unknown, "body_not_json" | "template_invalid"> {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // The parser's message quotes the input.
    return failure("body_not_json", `${file} is not JSON; --export reads a body template of Signalbox.`);
  }
  const issues: Issue[] = [];
  compileJsonBody(body, "body", issues);
  const [issue] = issues;
  return issue === undefined ? success(body) : failure("template_invalid", `${issue.path}: ${issue.message}`);
}

function asComplaint(lines: readonly string[]): Pick<Outcome, "complaint"> {
  return lines.length === 0 ? {} : { complaint: lines.join("\n") };
}

function decode(bytes: Uint8Array): Result<string, "designer_not_utf8"> {
  try {
    return success(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    // The decoder's only failure is bytes that are not UTF-8.
    return failure("designer_not_utf8", "This text is not UTF-8; save it as UTF-8.");
  }
}
