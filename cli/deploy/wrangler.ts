// Runs the wrangler that this project pins, which knows Cloudflare's API and has its user's login. It is never asked
// anything twice and asks nobody: without a terminal it takes its defaults. Secrets go to it by stdin alone.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { stripVTControlCharacters } from "node:util";
import * as v from "valibot";

/** How long a command of wrangler's may take, in milliseconds: many times what the longest takes. */
const WRANGLER_TIMEOUT_MS = 10 * 60_000;

/** What wrangler writes for programs, one line each (its WRANGLER_OUTPUT_FILE_PATH). Lines of other types are left out. */
const RecordSchema = v.variant("type", [
  v.object({ type: v.literal("wrangler-session"), log_file_path: v.optional(v.string()) }),
  v.object({
    type: v.literal("deploy"),
    targets: v.optional(v.array(v.string()), []),
    bundle_size: v.optional(v.object({ gzip_bytes: v.number() })),
  }),
  v.object({ type: v.literal("command-failed"), code: v.optional(v.number()), message: v.string() }),
]);

/** How a command ended that succeeded. */
export interface WranglerAnswer {
  ok: true;
  stdout: string;
  /** Where the Worker is reached and what triggers it, as `wrangler deploy` lists them. */
  targets: readonly string[];
  /** Size of the upload, compressed, in bytes. */
  gzipBytes: number | undefined;
}

/** How a command ended that did not. */
export interface WranglerFailure {
  ok: false;
  /** The code of Cloudflare's API, where that refused. */
  code: number | undefined;
  message: string;
  /** What the API said to it, a line each. */
  notes: readonly string[];
  /** The file with all that wrangler has to say about it. */
  logFile: string | undefined;
}

/** Runs one command of wrangler's. */
export type Wrangler = (
  args: readonly string[],
  options?: { input?: string; configPath?: string },
) => Promise<WranglerAnswer | WranglerFailure>;

/** Wrangler for a configuration file, and for an account once one is chosen. */
export function createWrangler(
  configPath: string,
  environment: NodeJS.ProcessEnv,
  accountId: string | undefined,
): Wrangler {
  return async (args, options = {}) => {
    const folder = mkdtempSync(join(tmpdir(), "signalbox-wrangler-"));
    const outputFile = join(folder, "output.ndjson");
    try {
      const child = spawn(process.execPath, [binary(), ...args, "--config", options.configPath ?? configPath], {
        cwd: dirname(configPath),
        env: variables(environment, accountId, outputFile),
        stdio: ["pipe", "pipe", "pipe"],
        timeout: WRANGLER_TIMEOUT_MS,
      });
      child.stdin.on("error", () => undefined); // most commands read nothing and are done before it is closed
      child.stdin.end(options.input ?? "");
      const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
      const [stdout, stderr, [status]] = await ended;
      const output = existsSync(outputFile) ? readFileSync(outputFile, "utf8") : "";
      return status === 0 ? toAnswer(stdout, output) : toFailure(stdout, stderr, output);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
}

function binary(): string {
  return join(dirname(createRequire(import.meta.url).resolve("wrangler/package.json")), "bin/wrangler.js");
}

/** Wrangler's environment: the process's own, without what would have it do something else than the file says. */
function variables(
  environment: NodeJS.ProcessEnv,
  accountId: string | undefined,
  outputFile: string,
): NodeJS.ProcessEnv {
  const { CLOUDFLARE_ENV: _, ...rest } = environment;
  return {
    ...rest,
    ...(accountId !== undefined && { CLOUDFLARE_ACCOUNT_ID: accountId }),
    WRANGLER_OUTPUT_FILE_PATH: outputFile,
    WRANGLER_LOG: "log", // at a lower level its answers are left out as well
    WRANGLER_LOG_SANITIZE: "true", // its log file has the bodies of requests otherwise, and with them secrets
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_SEND_ERROR_REPORTS: "false",
    WRANGLER_HIDE_BANNER: "true", // and the question to npm whether there is a newer one
    NO_COLOR: "1",
    FORCE_COLOR: "0",
  };
}

function toAnswer(stdout: string, output: string): WranglerAnswer {
  const deployed = recordsOf(output).find((record) => record.type === "deploy");
  return { ok: true, stdout, targets: deployed?.targets ?? [], gzipBytes: deployed?.bundle_size?.gzip_bytes };
}

function toFailure(stdout: string, stderr: string, output: string): WranglerFailure {
  const records = recordsOf(output);
  const failed = records.find((record) => record.type === "command-failed");
  const said = stripVTControlCharacters(`${stderr}\n${stdout}`).split("\n");
  const lines = said.map((line) => line.trim()).filter((line) => line !== "");
  return {
    ok: false,
    code: failed?.code,
    message: failed?.message ?? lines[0] ?? "wrangler said nothing",
    notes: [...new Set(lines.filter((line) => /\[code: \d+\]$/.test(line)))],
    logFile: records.find((record) => record.type === "wrangler-session")?.log_file_path,
  };
}

function recordsOf(output: string): v.InferOutput<typeof RecordSchema>[] {
  const LineSchema = v.pipe(v.string(), v.parseJson(), RecordSchema);
  return output.split("\n").flatMap((line) => {
    const record = v.safeParse(LineSchema, line);
    return record.success ? [record.output] : [];
  });
}
