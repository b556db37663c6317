// The signing secrets of a command line. They are used and never printed.

import { Option } from "commander";
import { collect } from "./collect.ts";
import { failure, success, type Result } from "../src/result.ts";
import { DEFAULT_INLET_SECRET_NAME } from "../src/secret-names.ts";

/** The option `--secret`, which collects what it is given. */
export function secretOption(description: string): Option {
  // Not commander's own `env`: it would take an empty variable for a secret.
  return new Option("--secret <secret>", `${description} (or the variable ${DEFAULT_INLET_SECRET_NAME})`).argParser(
    collect,
  );
}

/** The secrets given, or the one in the environment when none is. */
export function secretsFrom(
  given: readonly string[] | undefined,
  environment: NodeJS.ProcessEnv,
): Result<readonly string[], "secret_missing" | "secret_empty"> {
  const fallback = environment[DEFAULT_INLET_SECRET_NAME] ?? "";
  const secrets = given ?? (fallback === "" ? [] : [fallback]);
  const empty = secrets.indexOf("");
  if (empty >= 0) return failure("secret_empty", `Secret ${empty + 1} is empty.`);
  return secrets.length > 0
    ? success(secrets)
    : failure("secret_missing", `Give a secret with --secret or in the variable ${DEFAULT_INLET_SECRET_NAME}.`);
}

/**
 * Commander's complaint about a command line, without the words that may be a secret: `--sercet=…`, `-s…`, and what an
 * unquoted secret with spaces leaves behind. It must not end in a build log.
 */
export function withoutValues(message: string): string {
  return message
    .replace(/(unknown option '(?:--[^'=]*|-[^-']))[^'].*?'(?=\n|$)/s, "$1…'")
    .replace(/(but got \d+): .*\.(?=\n|$)/s, "$1.");
}
