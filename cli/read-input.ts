// The body a command works on, byte for byte: a signature is over bytes, so nothing is decoded or trimmed here.

import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { failure, success, type Result } from "../src/result.ts";

/** How a file argument is described in every help. */
export const FILE_MEANING = "file with the body, or - for stdin";

/** Reads a file, or stdin for `-`. Fails with a sentence that names the file. */
export async function readInput(file: string): Promise<Result<Uint8Array<ArrayBuffer>, "file_unreadable">> {
  try {
    return success(file === "-" ? new Uint8Array(await buffer(process.stdin)) : await readFile(file));
  } catch (error) {
    return failure("file_unreadable", explainFile(file === "-" ? "stdin" : file, error));
  }
}

/** Why a file could not be read, in a sentence that names it. */
export function explainFile(name: string, error: unknown): string {
  const code = codeOf(error);
  if (code === "ENOENT") return `There is no file ${name}.`;
  if (code === "EISDIR") return `${name} is a folder, not a file.`;
  if (code === "EACCES" || code === "EPERM") return `You may not read ${name}.`;
  return `${name} cannot be read (${code}).`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "no reason given";
}
