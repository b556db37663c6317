// What would be sent, without sending it: for each target the exact request with secrets as names, what every
// expression gave, and a curl command. And for each route why it would or would not be taken.

import * as v from "valibot";
import { authenticationHeaders, type Authentication } from "../delivery/authentication.ts";
import { deliveryId } from "../delivery/delivery-id.ts";
import { Budget } from "../translation/engine/budget.ts";
import { toCurl, type CurlArgument } from "../translation/curl.ts";
import type { RenderedRequest, RenderedText } from "../translation/rendered.ts";
import { traceRequest, TraceEntrySchema, type TraceEntry } from "../translation/trace.ts";
import type { NormalisedEvent } from "../voucherify/normalise.ts";
import { payloadOf } from "../voucherify/payload.ts";
import type { CompiledTable } from "./compile.ts";
import { sourceFor, type CompiledTarget } from "./compile-target.ts";
import { explainRoutes, matchRoutes, RouteDecisionSchema } from "./match.ts";
import { renderDelivery, seedOf, type DeliverySource } from "./render-delivery.ts";

/** A request as people read it. */
export const ShownRequestSchema = v.pipe(
  v.object({
    method: v.string(),
    url: v.string(),
    headers: v.record(v.string(), v.string()),
    body: v.pipe(v.unknown(), v.description("JSON where it is, else text; null where there is none.")),
  }),
  v.description("The exact request, with secrets as names."),
  v.metadata({ ref: "ShownRequest" }),
);
type ShownRequest = v.InferOutput<typeof ShownRequestSchema>;

/** What would be sent to one target. */
export const DeliveryPreviewSchema = v.pipe(
  v.object({
    target: v.string(),
    route: v.string(),
    request: v.pipe(v.nullable(ShownRequestSchema), v.description("Null when it could not be rendered.")),
    error: v.nullable(v.object({ code: v.string(), detail: v.string() })),
    trace: v.pipe(v.array(TraceEntrySchema), v.description("Every expression, with what it gave.")),
    curl: v.pipe(v.nullable(v.string()), v.description("The same request as a command.")),
  }),
  v.metadata({ ref: "DeliveryPreview" }),
);
export type DeliveryPreview = v.InferOutput<typeof DeliveryPreviewSchema>;

/** What would become of a sendout. */
export const SendoutPreviewSchema = v.pipe(
  v.object({
    event: v.object({ type: v.string(), shape: v.string(), label: v.nullable(v.string()) }),
    routes: v.array(RouteDecisionSchema),
    deliveries: v.array(DeliveryPreviewSchema),
  }),
  v.metadata({ ref: "SendoutPreview" }),
);
export type SendoutPreview = v.InferOutput<typeof SendoutPreviewSchema>;

/** The sendout to preview. */
export type PreviewSource = Omit<DeliverySource, "route">;

/** What would become of a sendout by a table. */
export async function previewSendout(
  table: CompiledTable,
  inlet: string,
  source: PreviewSource,
): Promise<SendoutPreview> {
  const { event, receivedAt } = source;
  const planned = await matchRoutes(table, inlet, event, receivedAt);
  const deliveries = planned.map(async ({ target, route }) => {
    const compiled = table.targets.get(target);
    return compiled === undefined ? [] : [await previewDelivery(compiled, { ...source, route })];
  });
  return {
    event: describeEvent(event),
    routes: await explainRoutes(table, inlet, event, receivedAt),
    deliveries: (await Promise.all(deliveries)).flat(),
  };
}

/** What would be sent to one target. */
export async function previewDelivery(target: CompiledTarget, source: DeliverySource): Promise<DeliveryPreview> {
  const rendered = await renderDelivery(target, source);
  const common = { target: target.id, route: source.route, trace: await traceDelivery(target, source) };
  if (!rendered.ok) {
    return { ...common, request: null, error: { code: rendered.reason, detail: rendered.detail }, curl: null };
  }
  const key: [string, RenderedText] = ["idempotency-key", [deliveryId(source.sendoutId, target.id)]];
  const url = withQueryProof(rendered.value.url, target.auth);
  const request = { ...rendered.value, url, headers: [...rendered.value.headers, key] };
  const proof = proofOf(target.auth);
  return { ...common, request: showRequest(request, proof), error: null, curl: toCurl(request, proof) };
}

function describeEvent({ type, shape, label }: NormalisedEvent): SendoutPreview["event"] {
  return { type, shape, label };
}

async function traceDelivery(target: CompiledTarget, source: DeliverySource): Promise<TraceEntry[]> {
  const { event, receivedAt, sendoutId, route } = source;
  const template = sourceFor(target, event.type);
  if (template === undefined) return [];
  const form = payloadOf(event, target.payload ?? "normalised");
  const happenedAt = event.occurredAt ?? receivedAt;
  const context = {
    seed: seedOf(sendoutId, route, target.id),
    position: "",
    happenedAt,
    receivedAt,
    budget: new Budget(),
  };
  const { settings } = target;
  return traceRequest(template, { event: { ...form, data: form["data"] }, locals: new Map(), context, settings });
}

/** How the request proves itself, as curl's arguments. */
function proofOf(auth: Authentication): CurlArgument[] {
  switch (auth.type) {
    case "none":
      return [];
    case "bearer":
      return [["-H", ["authorization: Bearer ", { $secret: auth.secret, as: "text" }]]];
    case "basic":
      return [["-u", [`${auth.username}:`, { $secret: auth.password, as: "text" }]]];
    case "header":
      return [["-H", [`${auth.name.toLowerCase()}: ${auth.prefix ?? ""}`, { $secret: auth.secret, as: "text" }]]];
    case "query":
      return []; // in the URL
    case "oauth2_client_credentials":
    case "google_service_account":
      return [["-H", ["authorization: Bearer (fetched when it is sent)"]]];
    case "hmac":
    case "standard_webhooks":
    case "aws_sigv4":
      return authenticationHeaders(auth).map((name) => ["-H", [`${name}: (made when it is sent)`]]);
  }
}

/** The URL with the query parameter that proves the sender, where one does. */
function withQueryProof(url: RenderedText, auth: Authentication): RenderedText {
  if (auth.type !== "query") return url;
  const separator = url.some((part) => typeof part === "string" && part.includes("?")) ? "&" : "?";
  return [...url, `${separator}${encodeURIComponent(auth.name)}=`, { $secret: auth.secret, as: "uri" }];
}

/**
 * A request as people read it, secrets as names.
 *
 * @param proof what authentication adds, as curl's arguments
 */
export function showRequest(
  { method, url, headers, body }: RenderedRequest,
  proof: readonly CurlArgument[] = [],
): ShownRequest {
  const written = Object.fromEntries(headers.map(([name, value]) => [name, showText(value)]));
  for (const [flag, text] of proof) {
    const shown = showText(text);
    const colon = shown.indexOf(": ");
    if (flag === "-u") written["authorization"] = `Basic ${shown}`;
    else written[shown.slice(0, colon)] = shown.slice(colon + 2);
  }
  const text = body === undefined ? null : showText(body);
  return { method, url: showText(url), headers: written, body: text === null ? null : parse(text) };
}

/** Text with secrets as names: `{{ secret BRAZE_KEY }}`. */
function showText(text: RenderedText): string {
  return text
    .map((part) => {
      if (typeof part === "string") return part;
      const name = `{{ secret ${part.$secret} }}`;
      return part.as === "json" ? JSON.stringify(name) : name;
    })
    .join("");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // a form, or plain text
  }
}
