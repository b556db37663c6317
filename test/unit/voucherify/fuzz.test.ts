// A few thousand of the hostile bodies that `npm run fuzz` makes by the hundred thousand, here inside workerd.

import { describe, expect, it } from "vitest";
import type { BodyShape } from "../../../src/voucherify/normalise.ts";
import { checkBody, HANG_MS, REASONS, SIGNALBOX, type Subject } from "../../fuzz/check.ts";
import { CANARY } from "../../fuzz/hostile.ts";
import { BODY_BYTES_MAX, createBody, type FuzzBody } from "../../fuzz/mutate.ts";
import { problemsSince, takeSnapshot } from "../../fuzz/prototypes.ts";
import { bytes } from "../bytes.ts";

const SEEDS = [20_261_005, 7, 4711];
const BODIES_PER_SEED = 1_000;

const SHAPES: readonly BodyShape[] = [
  "project webhook",
  "distribution",
  "other source",
  "raw payload",
  "project event",
  "campaign notification A",
  "campaign notification B",
];

describe("hostile bodies", () => {
  it.each(SEEDS)(
    `by the thousand, from seed %d, are understood or refused without harm`,
    async (seed) => {
      const snapshot = takeSnapshot();
      const problems: string[] = [];
      for (let index = 1; index <= BODIES_PER_SEED; index++) {
        const body = createBody(seed, index);
        const verdict = await checkBody(body);
        const found = [...verdict.problems, ...problemsSince(snapshot)];
        problems.push(...found.map((problem) => `index ${index} (${body.family}): ${problem}`));
      }
      expect(problems).toEqual([]);
    },
    60_000,
  );

  it("are of every kind: each reason and each shape is among them", () => {
    const outcomes = new Set<string>();
    for (const seed of SEEDS) {
      for (let index = 1; index <= BODIES_PER_SEED; index++) {
        const body = createBody(seed, index);
        const result = SIGNALBOX.normalise(body.bytes, body);
        outcomes.add(result.ok ? result.value.shape : result.reason);
      }
    }
    expect([...outcomes].toSorted()).toEqual([...REASONS, ...SHAPES].toSorted());
  });

  it("are the same again for the same seed and index, and others for others", () => {
    expect(createBody(7, 12)).toEqual(createBody(7, 12));
    expect(createBody(7, 13).bytes).not.toEqual(createBody(7, 12).bytes);
    expect(createBody(8, 12).bytes).not.toEqual(createBody(7, 12).bytes);
  });

  it("have from no byte to a megabyte", () => {
    const sizes = Array.from({ length: 3_000 }, (_, index) => createBody(7, index).bytes.length);
    expect(Math.min(...sizes)).toBe(0);
    expect(Math.max(...sizes)).toBeGreaterThan(BODY_BYTES_MAX / 2);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(BODY_BYTES_MAX);
  });
});

/** A body of which everything is known. */
function createKnown(text: string, compact = text): FuzzBody {
  return {
    family: "known",
    bytes: bytes(text),
    compact: bytes(compact),
    contentEncoding: undefined,
    expected: { event: "customer.created" },
  };
}

describe("the checks themselves", () => {
  const understood = () => createKnown(`{ "code": "${CANARY}" }`, `{"code":"${CANARY}"}`);
  const refused = (): FuzzBody => ({ ...understood(), expected: undefined });
  const refusal = (detail: string) => () => ({ ok: false, reason: "envelope_missing", detail }) as const;

  async function problemsWith(body: FuzzBody, broken: Partial<Subject> = {}): Promise<string[]> {
    return (await checkBody(body, { ...SIGNALBOX, ...broken })).problems;
  }

  it("find nothing in Signalbox's own code", async () => {
    expect(await problemsWith(understood())).toEqual([]);
    expect(await problemsWith(refused())).toEqual([]);
  });

  it("see an exception", async () => {
    const normalise = (): never => {
      throw new TypeError("oh");
    };
    expect(await problemsWith(understood(), { normalise })).toEqual(["normalising threw TypeError: oh"]);
    const verifySignature = (): never => normalise();
    expect(await problemsWith(understood(), { verifySignature })).toEqual(["the signature check threw TypeError: oh"]);
  });

  it("see a detail that repeats the body, or says what no detail says", async () => {
    expect(await problemsWith(refused(), { normalise: refusal(`near ${CANARY}`) })).toEqual([
      "the detail repeats the body",
    ]);
    expect(await problemsWith(refused(), { normalise: refusal("something else") })).toEqual([
      'the detail of envelope_missing is "something else"',
    ]);
  });

  it("see a body refused that can be read, and one understood that cannot", async () => {
    const notJson = () => ({ ok: false, reason: "body_not_json", detail: "the body is not one JSON value" }) as const;
    expect(await problemsWith(understood(), { normalise: notJson })).toEqual([
      "body_not_json, but to JSON's own reader an object",
    ]);
    const normalise = () => SIGNALBOX.normalise(understood().bytes, understood());
    expect(await problemsWith(createKnown("{"), { normalise })).toEqual([
      "understood, but to JSON's own reader body_not_json",
    ]);
  });

  it("see a body that takes too long, however often it is tried", async () => {
    const normalise: Subject["normalise"] = (...given) => {
      const until = performance.now() + HANG_MS;
      let result = SIGNALBOX.normalise(...given);
      while (performance.now() <= until) result = SIGNALBOX.normalise(...given);
      return result;
    };
    expect(await problemsWith(understood(), { normalise })).toEqual(["normalising takes more than 250 ms"]);
  });

  it("see nothing in a body that took too long once: the machine may have been busy", async () => {
    let busyUntil: number | undefined;
    const normalise: Subject["normalise"] = (...given) => {
      busyUntil ??= performance.now() + HANG_MS;
      let result = SIGNALBOX.normalise(...given);
      while (performance.now() <= busyUntil) result = SIGNALBOX.normalise(...given);
      busyUntil = 0;
      return result;
    };
    const { tookMs, problems } = await checkBody(understood(), { ...SIGNALBOX, normalise });
    expect(tookMs).toBeGreaterThan(HANG_MS);
    expect(problems).toEqual([]);
  });

  it("see two results that differ", async () => {
    let calls = 0;
    const normalise: Subject["normalise"] = (...given) => {
      const result = SIGNALBOX.normalise(...given);
      return result.ok ? { ok: true, value: { ...result.value, occurredAt: calls++ } } : result;
    };
    expect(await problemsWith(understood(), { normalise })).toEqual(["two results differ"]);
  });

  it("see a body that was changed", async () => {
    const normalise: Subject["normalise"] = (body, options) => {
      const result = SIGNALBOX.normalise(body, options);
      body[0] = 0x20;
      return result;
    };
    expect(await problemsWith(refused(), { normalise })).toContain("the body's bytes were changed");
  });

  it("see a signature check that takes everything, nothing, or the wrong form", async () => {
    const raw = { valid: true, secretIndex: 1, form: "raw" } as const;
    expect(await problemsWith(refused(), { verifySignature: async () => raw })).toEqual([
      'the signature of another body gives {"valid":true,"secretIndex":1,"form":"raw"}',
      'the signature with another secret gives {"valid":true,"secretIndex":1,"form":"raw"}',
      'the signature of its compact form gives {"valid":true,"secretIndex":1,"form":"raw"}',
    ]);
    expect(await problemsWith(refused(), { verifySignature: async () => ({ valid: false }) })).toEqual([
      'its own signature gives {"valid":false}',
      'the signature of its compact form gives {"valid":false}',
    ]);
  });

  it("see a name that became a prototype", async () => {
    const normalise: Subject["normalise"] = (...given) => {
      const result = SIGNALBOX.normalise(...given);
      if (result.ok) Object.setPrototypeOf(result.value.envelope.data, { polluted: true });
      return result;
    };
    expect(await problemsWith(understood(), { normalise })).toEqual(["a name has become a prototype"]);
  });

  it("see drift that shows a value", async () => {
    const findDrift: Subject["findDrift"] = () => [{ kind: "field", type: "x", path: "code", example: CANARY }];
    expect(await problemsWith(understood(), { findDrift })).toEqual([
      "an observation of drift shows more than kind and size",
    ]);
  });

  it("see what was left on an object that everybody shares", () => {
    const snapshot = takeSnapshot();
    expect(problemsSince(snapshot)).toEqual([]);
    // oxlint-disable-next-line no-extend-native -- this is the harm that the check must see
    Object.defineProperty(Object.prototype, "polluted", { value: 1, enumerable: true, configurable: true });
    const problems = problemsSince(snapshot);
    Reflect.deleteProperty(Object.prototype, "polluted");
    expect(problems).toEqual(["a shared object's polluted has changed", "a new object has polluted"]);
    expect(problemsSince(snapshot)).toEqual([]);
  });
});
