// What `signalbox normalise` answers.

import type { PayloadVersion } from "../src/voucherify/catalogue/definition.ts";
import { normalise, type InletExpectation } from "../src/voucherify/normalise.ts";
import { convertTo } from "../src/voucherify/payload.ts";
import { identifySendout } from "../src/routing/identify.ts";
import { answer, complain, toJson, type Outcome } from "./outcome.ts";
import { readInput } from "./read-input.ts";

/** How a body is to be understood, and what is to become of it. */
export interface NormaliseOptions {
  inlet?: string;
  table?: string;
  inletEvent?: string;
  inletSource?: string;
  as?: PayloadVersion;
  json?: boolean;
}

/** The event that a body becomes, or with `as` the body in that version and its report. */
export async function answerNormalise(file: string, options: NormaliseOptions): Promise<Outcome> {
  const { inlet, as, json } = options;
  const misuse = misused(options);
  if (misuse !== undefined) return complain(misuse, 2, json);
  const body = await readInput(file);
  if (!body.ok) return complain(body, 2, json);
  const expected = await expectation(options);
  if (!expected.ok) return complain(expected, 2, json);
  const event = normalise(body.value, { expected: expected.value });
  if (!event.ok) {
    const detail = json ? event.detail : `The body is not understood: ${event.detail} (${event.reason}).`;
    return complain({ reason: event.reason, detail }, 1, json);
  }
  if (as !== undefined) return answer(toJson(convertTo(event.value, as)));
  const { id, dedupeKey } = await identifySendout(inlet ?? "", body.value, event);
  // The envelope has all that the body had; printing that as well would only double the page.
  const { received: _, ...understood } = event.value;
  return answer(toJson({ ...(inlet !== undefined && { id }), ...understood, dedupeKey }));
}

/** Options that say half of something, or the same thing twice. */
function misused({ inlet, table, inletEvent, inletSource }: NormaliseOptions) {
  if (inletEvent === "" || (inletEvent === undefined && inletSource !== undefined)) {
    const detail = "--inlet-source and --inlet-event describe the same bodies: give the event type as well.";
    return { reason: "inlet_event_missing", detail };
  }
  if (table !== undefined && inlet === undefined) {
    return { reason: "inlet_missing", detail: "--table says what an inlet expects: name it with --inlet." };
  }
  if (table !== undefined && inletEvent !== undefined) {
    const detail = "--table and --inlet-event both say what the inlet expects: give one of them.";
    return { reason: "expectation_given_twice", detail };
  }
  return undefined;
}

type Expected = { ok: true; value: InletExpectation | undefined } | { ok: false; reason: string; detail: string };

/** What the inlet knows about bodies without an envelope: as its table says, or as the options do. */
async function expectation({ inlet, table, inletEvent, inletSource }: NormaliseOptions): Promise<Expected> {
  if (inletEvent !== undefined) return { ok: true, value: { event: inletEvent, source: inletSource } };
  if (table === undefined || inlet === undefined) return { ok: true, value: undefined };
  // Loaded only now: it brings every recipe and the expression language along.
  const { readTable } = await import("./read-table.ts");
  const compiled = await readTable(table);
  if (!compiled.ok) return compiled;
  const found = compiled.value.inlets.get(inlet);
  if (found !== undefined) return { ok: true, value: found.expects };
  const names = [...compiled.value.inlets.keys()].join(", ") || "none";
  return { ok: false, reason: "inlet_unknown", detail: `${table} has no inlet "${inlet}"; it has: ${names}.` };
}
