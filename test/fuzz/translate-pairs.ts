// Templates with events as fast-check makes them: the same seed and run give the same, and what fails is made smaller.
// Its own combinators and `fc.gen` keep every choice for that, which takes eight times as long as making the pairs.

import * as fc from "fast-check";
import { createRandom } from "./random.ts";
import { createEvent, type FuzzEvent } from "./translate-events.ts";
import { createTemplate, type FuzzTemplate } from "./translate-templates.ts";

/** How many events one template is rendered for. */
export const EVENTS_PER_TEMPLATE = 4;

/** A template and the events that it is rendered for. */
export interface FuzzPairs {
  template: FuzzTemplate;
  events: readonly FuzzEvent[];
}

class PairsArbitrary extends fc.Arbitrary<FuzzPairs> {
  override generate(source: fc.Random): fc.Value<FuzzPairs> {
    const random = createRandom(source.nextInt(), source.nextInt()); // thrice as fast as asking it for every choice
    const template = createTemplate(random);
    const events = Array.from({ length: EVENTS_PER_TEMPLATE }, () => createEvent(random));
    return new fc.Value({ template, events }, undefined);
  }

  override canShrinkWithoutContext(_value: unknown): _value is FuzzPairs {
    return false; // only what it has made
  }

  override shrink(pairs: FuzzPairs): fc.Stream<fc.Value<FuzzPairs>> {
    return fc.stream(smaller(pairs)).map((one) => new fc.Value(one, undefined));
  }
}

/** A template with its events. */
export function arbitraryPairs(): fc.Arbitrary<FuzzPairs> {
  return new PairsArbitrary();
}

/** The same with a part gone. */
function* smaller({ template, events }: FuzzPairs): Generator<FuzzPairs> {
  if (events.length > 1) {
    for (const event of events) yield { template, events: [event] };
    return;
  }
  for (const source of smallerSources(template.source)) {
    const body = source["body"];
    const echo = template.echo.filter(({ key }) => typeof body === "object" && body !== null && key in body);
    yield { template: { ...template, source, echo }, events };
  }
  for (const event of events) {
    for (const data of without(event.data)) yield { template, events: [{ ...event, data }] };
  }
}

function* smallerSources(source: FuzzTemplate["source"]): Generator<FuzzTemplate["source"]> {
  for (const part of ["query", "headers", "pathSecret"]) {
    if (part in source) yield Object.fromEntries(Object.entries(source).filter(([name]) => name !== part));
  }
  for (const body of smallerBodies(source["body"])) yield { ...source, body };
}

/** A body with a value gone, somewhere in it. */
function* smallerBodies(body: unknown): Generator {
  if (typeof body !== "object" || body === null) return;
  if (Array.isArray(body)) {
    for (const index of body.keys()) yield body.toSpliced(index, 1);
    return;
  }
  yield* without({ ...body });
  for (const [name, value] of Object.entries(body)) {
    for (const inner of smallerBodies(value)) yield { ...body, [name]: inner };
  }
}

/** An object without one of its names, each in turn. */
function* without(object: Record<string, unknown>): Generator<Record<string, unknown>> {
  for (const name of Object.keys(object)) {
    yield Object.fromEntries(Object.entries(object).filter(([other]) => other !== name));
  }
}
