// How a command ends: what it prints where, and its exit code. Commands return it; only `show` prints.

import { printableJson } from "./terminal/printable.ts";

/** The end of a command. */
export interface Outcome {
  /**
   * 0 yes, 1 no, 2 the command could not be carried out as it was written, and of a router: 3 it has not answered, 4 it
   * refuses, 5 what it has is in the way.
   */
  exitCode: 0 | 1 | 2 | 3 | 4 | 5;
  /** For stdout. */
  answer?: string;
  /** For stdout instead, as they are. */
  bytes?: Uint8Array;
  /** For stderr. */
  complaint?: string;
}

/** Why a command has no answer: a literal for scripts and a sentence for people. */
export interface Complaint {
  reason: string;
  detail: string;
}

/** Ends with an answer, which may be a no. */
export function answer(text: string, exitCode: 0 | 1 = 0): Outcome {
  return { exitCode, answer: text };
}

/** Ends without an answer: one sentence on stderr, or the complaint as JSON for `--json`. */
export function complain({ reason, detail }: Complaint, exitCode: 1 | 2, json: boolean | undefined): Outcome {
  return { exitCode, complaint: json ? JSON.stringify({ reason, detail }) : detail };
}

/** JSON as people and `jq` both read it, and a terminal only prints. */
export function toJson(value: unknown): string {
  return printableJson(JSON.stringify(value, null, 2));
}

/** Prints an outcome and leaves its exit code for when everything is written. */
export function show({ exitCode, answer: text, bytes, complaint }: Outcome): void {
  if (bytes !== undefined) process.stdout.write(bytes);
  if (text !== undefined) process.stdout.write(`${text}\n`);
  if (complaint !== undefined) process.stderr.write(`${complaint}\n`);
  process.exitCode = exitCode;
}
