// What must hold of every body, however hostile. Says what does not hold, instead of failing a test: the same checks run
// inside workerd, and by the hundred thousand in Node.

import { findDrift } from "../../src/voucherify/drift.ts";
import { normalise, type BodyShape, type NormaliseReason } from "../../src/voucherify/normalise.ts";
import { signBody, verifySignature, type SignatureCheck } from "../../src/voucherify/signature.ts";
import { CANARY } from "./hostile.ts";
import type { FuzzBody } from "./mutate.ts";
import { isDeserved, rereadBody } from "./reread.ts";
import { sameBytes, sameValue } from "./same-value.ts";
import { problemsOfEvent } from "./understood.ts";

/** The code under test; tests of these checks put something broken in. */
export interface Subject {
  normalise: typeof normalise;
  findDrift: typeof findDrift;
  signBody: typeof signBody;
  verifySignature: typeof verifySignature;
}

/** Signalbox's own code. */
export const SIGNALBOX: Subject = { normalise, findDrift, signBody, verifySignature };

/** What became of a body. */
export interface Verdict {
  outcome: "understood" | NormaliseReason | "exception" | "hang";
  shape: BodyShape | undefined;
  /** What a body that was not understood is told. */
  detail: string | undefined;
  /** How long normalising took the first time, in milliseconds. */
  tookMs: number;
  /** Sentences about what does not hold; empty when all is well. */
  problems: string[];
}

/** Longest that normalising one body may take, in milliseconds. It detects hangs; it does not measure. */
export const HANG_MS = 250;

const SECRET = "fuzz-signing-secret";

/** All the checks of one body, prototypes excepted. Never throws: an exception is a problem. */
export async function checkBody(body: FuzzBody, subject: Subject = SIGNALBOX): Promise<Verdict> {
  const before = body.bytes.slice();
  const verdict = checkNormalise(body, subject);
  try {
    verdict.problems.push(...(await checkSignature(body, subject)));
  } catch (error) {
    verdict.problems.push(`the signature check threw ${String(error)}`);
  }
  if (!sameBytes(before, body.bytes)) verdict.problems.push("the body's bytes were changed");
  return verdict;
}

function checkNormalise(body: FuzzBody, subject: Subject): Verdict {
  const verdict: Verdict = { outcome: "exception", shape: undefined, detail: undefined, tookMs: 0, problems: [] };
  const { problems } = verdict;
  try {
    const startedAt = performance.now();
    const result = subject.normalise(body.bytes, body);
    verdict.tookMs = performance.now() - startedAt;
    if (verdict.tookMs > HANG_MS && isAlwaysSlow(body, subject)) {
      problems.push(`normalising takes more than ${HANG_MS} ms`);
      verdict.outcome = "hang";
      return verdict; // the other checks would take as long again
    }
    if (!sameValue(result, subject.normalise(body.bytes.slice(), body))) problems.push("two results differ");
    verdict.outcome = result.ok ? "understood" : result.reason;
    const reread = rereadBody(body);
    if (!isDeserved(verdict.outcome, reread)) {
      problems.push(`${verdict.outcome}, but to JSON's own reader ${reread.reason ?? "an object"}`);
    }
    if (result.ok) {
      verdict.shape = result.value.shape;
      problems.push(...problemsOfEvent(reread.value, result.value, subject.findDrift(result.value)));
    } else {
      verdict.detail = result.detail;
      problems.push(...problemsOfFailure(result.reason, result.detail));
    }
  } catch (error) {
    problems.push(`normalising threw ${String(error)}`);
  }
  return verdict;
}

/** Whether it was the body: the machine may have been busy with something else, but not three times more. */
function isAlwaysSlow(body: FuzzBody, subject: Subject): boolean {
  for (let attempt = 0; attempt < 3; attempt++) {
    const startedAt = performance.now();
    subject.normalise(body.bytes, body);
    const tookMs = performance.now() - startedAt;
    if (tookMs <= HANG_MS) return false;
    if (tookMs > 10 * HANG_MS) return true; // no machine is that busy twice in a row
  }
  return true;
}

/** Every reason there is, and what may stand in its detail: our own words and names of the envelope's own keys. */
const DETAILS: Readonly<Record<NormaliseReason, RegExp>> = {
  body_empty: /^the body has no bytes$/,
  body_compressed: /^content-encoding is not identity$/,
  body_too_deep: /^nested deeper than 64 levels$/,
  body_not_utf8: /^the bytes are not valid UTF-8$/,
  body_not_json: /^the body is not one JSON value$/,
  body_not_object: /^the body is (?:null|an array|a string|a number|a boolean), not an object$/,
  envelope_missing:
    /^no envelope around the data \(a distribution with Raw payload ticked\); state the inlet's event in/,
  envelope_invalid:
    /^(?:id|project_id|created_at|type|data|data\.object|source|source\.(?:id|object)|event|event\.(?:id|type|created_at|group_id)): (?:this is missing|must not be empty|must be an object|expected (?:string|Object|\(string \| null\)))$/,
};

/** The reasons that a body may not be understood for. */
export const REASONS: readonly string[] = Object.keys(DETAILS);

function problemsOfFailure(reason: NormaliseReason, detail: string): string[] {
  if (!Object.hasOwn(DETAILS, reason)) return [`the reason ${reason} is not in the list`];
  if (detail.toLowerCase().includes(CANARY)) return ["the detail repeats the body"];
  return DETAILS[reason].test(detail) ? [] : [`the detail of ${reason} is "${detail}"`];
}

async function checkSignature({ bytes, compact }: FuzzBody, subject: Subject): Promise<string[]> {
  const secrets = ["an older secret", SECRET];
  const verify = (signature: string) => subject.verifySignature(bytes, signature, secrets);
  const raw = await subject.signBody(bytes, SECRET);
  const checks: [name: string, actual: SignatureCheck, expected: SignatureCheck][] = [
    ["its own signature", await verify(raw), { valid: true, secretIndex: 1, form: "raw" }],
    ["the signature of another body", await verify(await subject.signBody(another(bytes), SECRET)), { valid: false }],
    ["the signature with another secret", await verify(await subject.signBody(bytes, "not ours")), { valid: false }],
  ];
  if (compact !== undefined) {
    const form = compact.length === bytes.length ? "raw" : "compact";
    const signature = await subject.signBody(compact, SECRET);
    checks.push(["the signature of its compact form", await verify(signature), { valid: true, secretIndex: 1, form }]);
  }
  return checks
    .filter(([, actual, expected]) => !sameValue(actual, expected))
    .map(([name, actual]) => `${name} gives ${JSON.stringify(actual)}`);
}

/** A body that differs in one bit. Its length being the same, it cannot be this body's compact form either. */
function another(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (bytes.length === 0) return Uint8Array.of(0);
  const changed = bytes.slice();
  const middle = changed.length >> 1;
  changed[middle] = (changed[middle] ?? 0) ^ 1;
  return changed;
}
