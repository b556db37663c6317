// `npm run fuzz`: hostile bodies by the hundred thousand through the signature check and the normaliser.
// npm run fuzz -- --count 200000 --seed 1; one body again: --seed 1 --from 4711 --count 1

import { mkdirSync, writeFileSync } from "node:fs";
import { printTable, readFlags } from "../bench/numbers.ts";
import { normalise } from "../src/voucherify/normalise.ts";
import { checkBody, REASONS, type Verdict } from "../test/fuzz/check.ts";
import { createBody, type FuzzBody } from "../test/fuzz/mutate.ts";
import { problemsSince, takeSnapshot } from "../test/fuzz/prototypes.ts";
import { startWatch } from "../test/fuzz/watch.ts";

/** Where bodies with problems are left. */
const FOLDER = ".tmp/fuzz";

/** After so many bodies with problems the rest would say the same. */
const FAILED_BODIES_MAX = 10;

/** Bodies under way at once: HMACs are computed beside each other, everything else one after the other. */
const AT_ONCE = 8;

/** After so many bodies it says how far it is. */
const PROGRESS_EVERY = 20_000;

/** Above this a body's time is compared with JSON.parse's, in milliseconds; below it is mostly the clock's error. */
const COMPARED_ABOVE_MS = 1;

/** How long normalising may take beside decoding and JSON.parse before it counts as slow: so many times, plus ms. */
const SLOW = { timesParse: 4, plusMs: 5 };

interface Timing {
  index: number;
  family: string;
  bytes: number;
  tookMs: number;
  /** Decoding and JSON.parse alone, or finding out that it is no JSON. */
  parseMs: number;
}

const { count, seed, from } = readFlags({ count: 200_000, seed: 1, from: 1 });
const snapshot = takeSnapshot();
const watch = await startWatch(seed, FOLDER);
const outcomes = new Map<string, number>();
const families = new Map<string, { bodies: number; understood: number }>();
const details = new Set<string>();
const slow: Timing[] = [];
let slowest: Timing | undefined;
let [failed, checked, bytes, compacted] = [0, 0, 0, 0];

const startedAt = performance.now();
for (let first = from; first < from + count && failed < FAILED_BODIES_MAX; first += AT_ONCE) {
  const indices = Array.from({ length: Math.min(AT_ONCE, from + count - first) }, (_, offset) => first + offset);
  await Promise.all(indices.map(checkOne));
  const problems = problemsSince(snapshot);
  if (problems.length > 0) {
    for (const index of indices) report(index, createBody(seed, index), problems);
    break; // from here on everything would be measured against the damage
  }
  if (checked % PROGRESS_EVERY === 0)
    console.error(`${checked.toLocaleString("en-US")} of ${count.toLocaleString("en-US")}`);
}
summarise((performance.now() - startedAt) / 1000);
process.exit(failed === 0 ? 0 : 1);

async function checkOne(index: number): Promise<void> {
  const body = createBody(seed, index);
  watch.begin(index);
  const verdict = await checkBody(body);
  tally(body, verdict);
  if (verdict.problems.length > 0) report(index, body, verdict.problems);
  else time(index, body, verdict);
}

function tally(body: FuzzBody, { outcome, shape, detail }: Verdict): void {
  const name = shape === undefined ? outcome : `${outcome}: ${shape}`;
  outcomes.set(name, (outcomes.get(name) ?? 0) + 1);
  const family = families.get(body.family) ?? { bodies: 0, understood: 0 };
  families.set(body.family, family);
  family.bodies++;
  if (outcome === "understood") family.understood++;
  if (detail !== undefined) details.add(detail);
  checked++;
  bytes += body.bytes.length;
  if (body.compact !== undefined && body.compact.length < body.bytes.length) compacted++;
}

function time(index: number, body: FuzzBody, { tookMs }: Verdict): void {
  if (tookMs < COMPARED_ABOVE_MS) return;
  const parseMs = fastest(() => parse(body.bytes));
  const slowAboveMs = SLOW.timesParse * parseMs + SLOW.plusMs;
  if (tookMs <= Math.min(slowest?.tookMs ?? 0, slowAboveMs)) return;
  // The first time may have been that of a busy machine, or of code that was not compiled yet.
  const timing = {
    index,
    family: body.family,
    bytes: body.bytes.length,
    tookMs: fastest(() => normalise(body.bytes, body)),
    parseMs,
  };
  if (timing.tookMs > (slowest?.tookMs ?? 0)) slowest = timing;
  if (timing.tookMs > slowAboveMs) slow.push(timing);
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return undefined; // not JSON; finding that out takes its time too
  }
}

/** The shortest of three times that something takes, in milliseconds. */
function fastest(run: () => unknown): number {
  const took = [1, 2, 3].map(() => {
    const begunAt = performance.now();
    run();
    return performance.now() - begunAt;
  });
  return Math.min(...took);
}

function report(index: number, body: FuzzBody, problems: readonly string[]): void {
  failed++;
  mkdirSync(FOLDER, { recursive: true });
  const file = `${FOLDER}/${seed}-${index}.bin`;
  writeFileSync(file, body.bytes);
  console.error(`seed ${seed}, index ${index} (${body.family}), written to ${file}:`);
  for (const problem of problems) console.error(`  ${problem}`);
}

function summarise(seconds: number): void {
  const share = (part: number) => `${((100 * part) / checked).toFixed(1)} %`;
  const number = (value: number) => value.toLocaleString("en-US");
  const reasons = REASONS.filter((reason) => !outcomes.has(reason)).map((reason): [string, number] => [reason, 0]);
  const rows = [...outcomes, ...reasons].toSorted(([left], [right]) => left.localeCompare(right));
  printTable([["outcome", "bodies", "share"], ...rows.map(([name, n]) => [name, number(n), share(n)])]);
  console.log();
  printTable([
    ["what was done", "bodies", "understood"],
    ...[...families].map(([name, { bodies, understood }]) => [name, number(bodies), number(understood)]),
  ]);
  console.log(
    `\n${number(compacted)} verified by the signature of their compact form; ${details.size} different details`,
  );
  if (slowest !== undefined) console.log(`slowest: ${describe(slowest)}`);
  const limit = `${SLOW.timesParse} times JSON.parse + ${SLOW.plusMs} ms`;
  console.log(
    `slower than ${limit}: ${slow.length}${slow.length > 0 ? `, e.g. ${slow.slice(0, 3).map(describe).join("; ")}` : ""}`,
  );
  const rate = number(Math.round(checked / seconds));
  console.log(`${number(checked)} bodies of seed ${seed}, ${(bytes / 1e6).toFixed(0)} MB, ${rate} bodies per second`);
  console.log(failed === 0 ? "no problems" : `${failed} bodies with problems`);
}

function describe({ index, family, bytes: size, tookMs, parseMs }: Timing): string {
  return `${tookMs.toFixed(1)} ms for ${size.toLocaleString("en-US")} bytes (index ${index}, ${family}; JSON.parse alone ${parseMs.toFixed(1)} ms)`;
}
