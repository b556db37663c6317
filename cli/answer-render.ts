// What `signalbox render` answers: the exact request that a sendout becomes.

import * as v from "valibot";
import { explainIssue, type Issue } from "../src/issues.ts";
import { compileTarget, type CompiledTarget } from "../src/routing/compile-target.ts";
import { identifySendout } from "../src/routing/identify.ts";
import { previewDelivery, previewSendout, type DeliveryPreview, type PreviewSource } from "../src/routing/preview.ts";
import { TargetSchema } from "../src/routing/table.ts";
import { isJsonObject } from "../src/voucherify/read-json.ts";
import { normalise } from "../src/voucherify/normalise.ts";
import { answer, complain, toJson, type Complaint, type Outcome } from "./outcome.ts";
import { readInput } from "./read-input.ts";
import { readDocument, readTable } from "./read-table.ts";

/** What a sendout is rendered for. */
export interface RenderOptions {
  target?: string;
  table?: string;
  inlet?: string;
  /** The event type of a body without an envelope. */
  event?: string;
  trace?: boolean;
  curl?: boolean;
  json?: boolean;
}

/** When a sendout from a file is taken to have been received: no request may depend on when somebody looks. */
const RECEIVED_AT = Date.UTC(2026, 0, 1);

/** The requests of a sendout: for one target, or for every route of a table that takes it. */
export async function answerRender(file: string, options: RenderOptions): Promise<Outcome> {
  const { target, table, json } = options;
  if ((target === undefined) === (table === undefined)) {
    const detail = "Give either --target <file> or --table <file>.";
    return complain({ reason: "target_missing", detail }, 2, json);
  }
  const source = await readSource(file, options);
  if (!source.ok) return complain(source, source.exitCode, json);
  return target === undefined
    ? renderByTable(source.value, table ?? "", options)
    : renderForTarget(source.value, target, options);
}

type Source = { ok: true; value: PreviewSource } | (Complaint & { ok: false; exitCode: 1 | 2 });

async function readSource(file: string, { event: type, inlet = "voucherify" }: RenderOptions): Promise<Source> {
  const body = await readInput(file);
  if (!body.ok) return { ...body, exitCode: 2 };
  const event = normalise(body.value, { expected: type === undefined ? undefined : { event: type } });
  if (!event.ok) {
    const hint = event.reason === "envelope_missing" ? " Say with --event what kind of event it is." : "";
    const detail = `The body is not understood: ${event.detail} (${event.reason}).${hint}`;
    return { ok: false, reason: event.reason, detail, exitCode: 1 };
  }
  const { id } = await identifySendout(inlet, body.value, event);
  const receivedAt = event.value.occurredAt ?? RECEIVED_AT;
  return { ok: true, value: { event: event.value, received: body.value, receivedAt, sendoutId: id } };
}

async function renderForTarget(source: PreviewSource, file: string, options: RenderOptions): Promise<Outcome> {
  const target = await readTarget(file);
  if (!target.ok) return complain(target, 2, options.json);
  const preview = await previewDelivery(target.value, { ...source, route: "render" });
  if (preview.error !== null) return refuse(preview, preview.error, options.json);
  return answer(options.curl ? (preview.curl ?? "") : toJson(shown(preview, options)));
}

async function renderByTable(source: PreviewSource, file: string, options: RenderOptions): Promise<Outcome> {
  const table = await readTable(file);
  if (!table.ok) return complain(table, 2, options.json);
  const preview = await previewSendout(table.value, options.inlet ?? "voucherify", source);
  const failed = preview.deliveries.some(({ error }) => error !== null);
  if (options.curl) return answer(preview.deliveries.flatMap(({ curl }) => curl ?? []).join("\n\n"), failed ? 1 : 0);
  const deliveries = preview.deliveries.map((delivery) => ({
    target: delivery.target,
    route: delivery.route,
    ...(delivery.error === null ? shown(delivery, options) : { error: delivery.error }),
  }));
  // A sendout that no route takes is a no, and says why.
  const routes = deliveries.length === 0 || options.trace ? { routes: preview.routes } : {};
  return answer(
    toJson({ event: preview.event.type, ...routes, deliveries }),
    failed || deliveries.length === 0 ? 1 : 0,
  );
}

/** A request for the page; with its trace when that was asked for. */
function shown({ request, trace }: DeliveryPreview, options: RenderOptions): object {
  return { ...request, ...(options.trace && { trace }) };
}

/** Why there is no request, and which expressions led to that. */
function refuse(
  { trace }: DeliveryPreview,
  error: { code: string; detail: string },
  json: boolean | undefined,
): Outcome {
  if (json) return { exitCode: 1, complaint: toJson({ reason: error.code, detail: error.detail, trace }) };
  const empty = trace.flatMap(({ place, expression, empty: why, error: failed }) =>
    why === undefined && failed === undefined
      ? []
      : [`  ${place}: {{ ${expression} }}: ${[failed, why].filter(Boolean).join("; ")}`],
  );
  return { exitCode: 1, complaint: [`${error.detail} (${error.code}).`, ...empty].join("\n") };
}

/** A target from a file: as in a table, or only its request. */
async function readTarget(file: string): Promise<{ ok: true; value: CompiledTarget } | (Complaint & { ok: false })> {
  const read = await readDocument(file);
  if (!read.ok) return { ...read, reason: read.reason === "table_invalid" ? "target_invalid" : read.reason };
  const document = read.value;
  const definition = isJsonObject(document) && Object.hasOwn(document, "url") ? { request: document } : document;
  const parsed = v.safeParse(TargetSchema, definition);
  const issues: Issue[] = parsed.success ? [] : parsed.issues.flatMap(explainIssue);
  const compiled = parsed.success ? compileTarget("target", parsed.output, issues) : undefined;
  if (compiled !== undefined && issues.length === 0) return { ok: true, value: compiled };
  // What is wrong with the target as a whole has no place in it.
  const lines = issues.map(({ path, message }) =>
    [path.replace(/^targets\.target\.?/, ""), message].filter(Boolean).join(": "),
  );
  return { ok: false, reason: "target_invalid", detail: `${file}: ${lines.join("; ")}` };
}
