// What `signalbox show` answers: a sendout or a delivery, its payload alone, or its requests alone.

import { isatty } from "node:tty";
import type { SendoutPreview } from "../../src/routing/preview.ts";
import { normalise } from "../../src/voucherify/normalise.ts";
import { answerOf, answerOrNone } from "../client/admin.ts";
import { queryOf, readSendout, type Reveal, type SendoutRecord } from "../client/sendout.ts";
import { answer, complain, toJson, type Outcome } from "../outcome.ts";
import type { RouterInReach } from "../router/with-router.ts";
import { printable } from "../terminal/printable.ts";
import { pageAnswer } from "./masked-page.ts";
import { payloadBytes } from "./payload.ts";
import { curlOf } from "./request-text.ts";
import { routesPage } from "./routes-page.ts";
import { deliveryPage, sendoutPage, type DeliveryRecord } from "./sendout-page.ts";

/** Which part, and in which form. */
export interface ShowOptions extends Reveal {
  payload?: boolean;
  envelope?: boolean;
  curl?: boolean;
  routes?: boolean;
  json?: boolean;
}

/** A sendout by any of its ids, or a delivery by its own. */
export async function answerShow(router: RouterInReach, id: string, options: ShowOptions): Promise<Outcome> {
  // A sendout's id has no dot in it; a delivery's is the sendout's, a dot, and its target.
  return id.startsWith("so_") && id.includes(".")
    ? showDelivery(router, id, options)
    : showSendout(router, id, options);
}

async function showDelivery({ admin }: RouterInReach, id: string, options: ShowOptions): Promise<Outcome> {
  if (options.payload || options.envelope || options.routes) {
    const detail = `That is a delivery; its sendout has those: signalbox show ${id.slice(0, id.indexOf("."))}`;
    return complain({ reason: "sendout_wanted", detail }, 2, options.json);
  }
  const query = queryOf(withParts(options));
  const delivery = await answerOrNone(answerOf(admin.deliveries[":id"].$get({ param: { id }, query })));
  if (delivery === undefined)
    return complain({ reason: "not_found", detail: "There is no such delivery." }, 1, options.json);
  if (options.curl) return curlAnswer([delivery]);
  return options.json ? answer(toJson(delivery)) : pageAnswer(deliveryPage(delivery));
}

async function showSendout(router: RouterInReach, id: string, options: ShowOptions): Promise<Outcome> {
  if (options.routes) return showRoutes(router, id, options);
  const record = await readSendout(router.admin, id, withParts(options));
  if (record === undefined)
    return complain({ reason: "not_found", detail: "There is no such sendout." }, 1, options.json);
  if (options.payload) return payloadAnswer(record);
  if (options.envelope) return envelopeAnswer(record, options);
  if (options.curl) return curlAnswer(record.deliveries);
  return options.json ? answer(toJson(record)) : pageAnswer(sendoutPage(record));
}

/** What is asked for byte for byte is asked for whole. */
function withParts({ reveal, payload, envelope, curl }: ShowOptions): Reveal {
  return { reveal: reveal ?? payload ?? envelope ?? curl };
}

/** Byte for byte into a pipe or a file; to a terminal as text. */
function payloadAnswer(record: SendoutRecord): Outcome {
  const bytes = payloadBytes(record);
  return isatty(1) ? answer(printable(new TextDecoder().decode(bytes))) : { exitCode: 0, bytes };
}

/** The event that the body is taken for. */
function envelopeAnswer(record: SendoutRecord, { json }: ShowOptions): Outcome {
  const event = normalise(payloadBytes(record));
  if (event.ok) return answer(toJson(event.value.envelope));
  return complain({ reason: event.reason, detail: `The body is not understood: ${event.detail}.` }, 1, json);
}

function curlAnswer(deliveries: readonly DeliveryRecord[]): Outcome {
  const commands = deliveries.flatMap(({ id, request }) => curlOf(request, id) ?? []);
  if (commands.length === 0) return { exitCode: 1, complaint: "There is no request, or the token may not see it." };
  const text = commands.join("\n\n");
  return answer(isatty(1) ? printable(text) : text);
}

/** What the table in force would make of the sendout today: each route's decision with its reason, and each request. */
async function showRoutes({ admin }: RouterInReach, id: string, { json, reveal }: ShowOptions): Promise<Outcome> {
  const preview: unknown = await answerOf(
    admin.preview.$post({ query: queryOf({ reveal }), json: { sendout: { id } } }),
  );
  // What the router has made: JSON leaves out what the client's type says may be undefined.
  return json ? answer(toJson(preview)) : pageAnswer(routesPage(preview as SendoutPreview));
}
