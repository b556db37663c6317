// What it costs to understand a sendout, beside decoding and parsing its JSON and nothing else: the same bytes, inside
// workerd, in interleaved rounds. Drift and the signature check on the same bodies. How to run: README.md.

import { comparableOptions, startWorker, type RunningWorker } from "./harness.ts";
import { printMachine, printTable, readFlags, summarise } from "./numbers.ts";
import { exampleSendout } from "../src/voucherify/examples.ts";
import { isJsonObject, type JsonObject } from "../src/voucherify/read-json.ts";

const flags = readFlags({
  rounds: 15,
  /** How often a step is repeated in a round on 4 KB; less often on larger bodies. */
  times: 10_000,
});

/** The first is what the others are compared with. */
const STEPS = [
  { step: "parse", name: "TextDecoder and JSON.parse" },
  { step: "normalise", name: "normalise" },
  { step: "drift", name: "findDrift" },
  { step: "verify", name: "verifySignature" },
] as const;

interface Body {
  name: string;
  bytes: Buffer<ArrayBuffer>;
  /** By step, microseconds of each round. */
  rounds: Map<string, number[]>;
}

const bodies = [
  createBody("4 KB", example("publication.succeeded")),
  createBody("100 KB", withLines(example("customer.order.paid"), 100_000)),
];
const worker = await startWorker({ entry: "bench/workers/normalise.ts", options: comparableOptions() });
try {
  for (let round = 0; round <= flags.rounds; round++) {
    // The first warms up and is not kept.
    for (const body of bodies) for (const { step } of STEPS) await measure(worker, body, step, round > 0);
  }
} finally {
  await worker.stop();
}
printMachine();
printTable([["body", "step", "us", "times parsing"], ...bodies.flatMap(toRows)]);
console.log(`\nMedian (least to most) of ${flags.rounds} interleaved rounds.`);

function createBody(name: string, sendout: JsonObject): Body {
  return { name, bytes: Buffer.from(JSON.stringify(sendout)), rounds: new Map(STEPS.map(({ step }) => [step, []])) };
}

function example(type: string): JsonObject {
  const sendout = exampleSendout(type);
  if (sendout === undefined) throw new Error(`there is no example of ${type}`);
  return sendout;
}

/** The sendout of an order with so many lines that its JSON is about so many bytes long. */
function withLines(sendout: JsonObject, wantedBytes: number): JsonObject {
  const { data } = sendout;
  const order = isJsonObject(data) ? data["order"] : undefined;
  const lines: unknown = isJsonObject(order) ? order["items"] : undefined;
  if (!isJsonObject(data) || !isJsonObject(order) || !Array.isArray(lines)) throw new Error("there is no order");
  const missing = wantedBytes - JSON.stringify(sendout).length;
  const more = Math.ceil(missing / JSON.stringify(lines).length);
  const items = Array.from({ length: more + 1 }, () => lines).flat();
  return { ...sendout, data: { ...data, order: { ...order, items } } };
}

async function measure({ url }: RunningWorker, { bytes, rounds }: Body, step: string, keep: boolean): Promise<void> {
  const times = Math.max(1, Math.round((flags.times * 4096) / bytes.length));
  const response = await fetch(`${url}/?step=${step}&times=${times}`, { method: "POST", body: bytes });
  if (!response.ok) throw new Error(`${step}: ${response.status} ${await response.text()}`);
  const { tookMs } = (await response.json()) as { tookMs: number }; // our own Worker's answer
  if (keep) rounds.get(step)?.push((tookMs * 1000) / times);
}

function toRows({ name, bytes, rounds }: Body): string[][] {
  const size = `${name} (${bytes.length.toLocaleString("en-US")} bytes)`;
  const parsing = rounds.get(STEPS[0].step) ?? [];
  return STEPS.map(({ step, name: stepName }, row) => {
    const took = rounds.get(step) ?? [];
    const ratios = took.map((us, round) => us / (parsing[round] ?? Number.NaN));
    return [size, stepName, summarise(took, 1), row === 0 ? "1" : summarise(ratios, 2)];
  });
}
