// The `signalbox` command for tests: in this process, which takes milliseconds, and in one of its own, as a shell does.
// Both take a command line and give what it printed and its exit code. In this process it is the whole program from the
// arguments on, on the process's own streams, folder and environment, which are put back when it has ended. What a
// process adds (loading without Vite, a pipe as stdin, ending at all) is for `spawnSignalbox`: once per command.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { expect } from "vitest";
import { runSignalbox } from "../../cli/program.ts";

/** Where the tests are run, whatever folder a command line is run in meanwhile. */
const ROOT = process.cwd();

/** Where a command line is run, and with what. */
export interface Shell {
  /** Working folder. */
  folder: string;
  /** What stdin holds; empty when left out. */
  input?: string;
  /** Variables beyond this process's own, of which those that the command reads are left out. */
  env?: Record<string, string>;
}

/** How a command line ended. */
export interface Ended {
  code: unknown;
  out: string;
  err: string;
}

/** The last command line that was run in this process; one that a test has given up may still be under way. */
let last: Promise<unknown> = Promise.resolve();

/** Runs a command line in this process. One at a time: what it is run on is the process's own. */
export async function runInProcess(args: readonly string[], shell: Shell): Promise<Ended> {
  const ended = last.then(async () => runAlone(args, shell));
  last = ended.catch(() => undefined);
  return ended;
}

async function runAlone(args: readonly string[], { folder, input = "", env = {} }: Shell): Promise<Ended> {
  const out = captureStream(process.stdout);
  const err = captureStream(process.stderr);
  const stdin = replace(process, "stdin", Readable.from(input === "" ? [] : [Buffer.from(input)]));
  const variables = replace(process, "env", environment(folder, env));
  const { exitCode } = process;
  const before = process.cwd();
  process.chdir(folder);
  process.exitCode = undefined;
  let code: unknown;
  try {
    await runSignalbox(args);
    code = process.exitCode ?? 0;
  } finally {
    process.exitCode = exitCode;
    process.chdir(before);
    for (const restore of [variables, stdin, err.restore, out.restore]) restore();
  }
  return checked({ code, out: out.text(), err: err.text() });
}

/** Runs a command line in a process of its own, by default with the Node of the tests and without the set-up. */
export async function spawnSignalbox(
  args: readonly string[],
  { folder, input = "", env = {}, script = "cli/signalbox.ts" }: Shell & { script?: string },
): Promise<Ended> {
  const child = spawn(process.execPath, [resolve(ROOT, script), ...args], {
    cwd: folder,
    env: environment(folder, env),
  });
  child.stdin.on("error", () => undefined); // a command that needs no stdin ends without reading it
  child.stdin.end(input);
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return checked({ code: code as unknown, out, err });
}

/** The words of a command line without quotes in it. */
export function wordsOf(line: string): string[] {
  return line.split(" ").filter((word) => word !== "");
}

function environment(folder: string, env: Record<string, string>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(SIGNALBOX_|VOUCHERIFY_)/.test(name));
  return { ...Object.fromEntries(inherited), XDG_CONFIG_HOME: folder, ...env };
}

/** No command ends with a stack trace, whatever it was asked. */
function checked(ended: Ended): Ended {
  expect(ended.err).not.toMatch(/\n {4}at /);
  return ended;
}

/** Keeps what is written to a stream from now on from its terminal. */
function captureStream(stream: NodeJS.WriteStream): { text: () => string; restore: () => void } {
  const chunks: Buffer[] = [];
  const write = (chunk: string | Uint8Array): boolean => {
    chunks.push(Buffer.from(chunk));
    return true;
  };
  return { text: () => Buffer.concat(chunks).toString(), restore: replace(stream, "write", write) };
}

/** Gives an object another property until the function returned is called. */
function replace<T extends object>(owner: T, name: keyof T, value: unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(owner, name);
  Object.defineProperty(owner, name, { value, configurable: true, writable: true, enumerable: true });
  return () => {
    if (before === undefined) Reflect.deleteProperty(owner, name);
    else Object.defineProperty(owner, name, before);
  };
}
