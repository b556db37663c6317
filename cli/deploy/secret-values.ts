// Where the values of a router's secrets come from: a file, the environment, our own making, or whoever deploys. A secret
// that the Worker has stays as it is, unless the file has another value for it.

import { parseEnv } from "node:util";
import * as v from "valibot";
import { failure, success, type Result } from "../../src/result.ts";
import { ADMIN_TOKEN_NAME, SECRET_NAME_PATTERN } from "../../src/secret-names.ts";
import { MAKERS } from "../made-secrets.ts";
import { readInput } from "../read-input.ts";
import { readSecret } from "../terminal/ask.ts";
import type { WantedSecret } from "./wanted-secrets.ts";

/** What is known before anybody is asked. */
export interface SecretSources {
  wanted: readonly WantedSecret[];
  /** Those that the Worker has. */
  present: ReadonlySet<string>;
  /** Those of `--secrets-file`. */
  given: Readonly<Record<string, string>>;
  environment: NodeJS.ProcessEnv;
  /** The admin token of the profile, which an earlier deploy made and may not have come to set. */
  keptToken: string | undefined;
  /** Whether a new admin token is wanted in place of the one that the Worker has. */
  isTokenReplaced: boolean;
  /** Whether secrets are made that nobody has given. */
  mayMake: boolean;
  /** Whether somebody may be asked for those that inlets need. */
  mayAsk: boolean;
}

/** What is to be set, and what nobody has a value for. */
export interface SecretPlan {
  values: Record<string, string>;
  /** Names of those that were made just now. */
  made: string[];
  missing: WantedSecret[];
  /** The admin token that is in force afterwards; undefined when the Worker has one that nobody here knows. */
  token: string | undefined;
}

/** Finds a value for every secret that is missing. */
export async function planSecrets(sources: SecretSources, now = new Date()): Promise<SecretPlan> {
  const { wanted, given, environment, keptToken, mayMake, mayAsk } = sources;
  const keyName = now.toISOString().slice(0, 10); // master keys are told apart by the day on which they were made
  const plan: SecretPlan = { values: { ...given }, made: [], missing: [], token: undefined };
  for (const secret of wanted.filter(({ name }) => isLacking(name, sources))) {
    const { name, kind } = secret;
    const known = knownValue(name, sources);
    const make = mayMake && known === undefined ? MAKERS[name] : undefined;
    if (make !== undefined) plan.made.push(name);
    const value = known ?? make?.(keyName) ?? (mayAsk && kind === "inlet" ? await askFor(name) : undefined);
    if (value === undefined) plan.missing.push(secret);
    else plan.values[name] = value;
  }
  const token = plan.values[ADMIN_TOKEN_NAME] ?? (environment[ADMIN_TOKEN_NAME] || keptToken);
  return { ...plan, token };
}

function isLacking(name: string, { present, given, isTokenReplaced }: SecretSources): boolean {
  if (given[name] !== undefined) return false;
  return !present.has(name) || (name === ADMIN_TOKEN_NAME && isTokenReplaced);
}

/** A value that somebody has given, or an earlier deploy was about to set. */
function knownValue(name: string, { environment, keptToken, isTokenReplaced }: SecretSources): string | undefined {
  return environment[name] || (name === ADMIN_TOKEN_NAME && !isTokenReplaced ? keptToken : undefined);
}

async function askFor(name: string): Promise<string | undefined> {
  return readSecret(`The value of ${name} (nothing, if you do not have it yet)`);
}

/** The secrets of a file, or of stdin for `-`: JSON with strings, or lines like `NAME=value`. */
export async function readSecretsFile(
  file: string | undefined,
): Promise<Result<Record<string, string>, "file_unreadable" | "secrets_invalid">> {
  if (file === undefined) return success({});
  const bytes = await readInput(file);
  if (!bytes.ok) return bytes;
  const secrets = parseSecrets(new TextDecoder().decode(bytes.value));
  if (secrets === undefined) {
    return failure("secrets_invalid", `${file} has neither JSON with a text for each name nor lines like NAME=value.`);
  }
  const wrong = Object.keys(secrets).find((name) => !SECRET_NAME_PATTERN.test(name));
  return wrong === undefined
    ? success(secrets)
    : failure("secrets_invalid", `${file}: names of secrets have capitals, digits and underscores.`);
}

/** Undefined where it is neither. Never quotes what it reads. */
function parseSecrets(text: string): Record<string, string> | undefined {
  if (!text.trimStart().startsWith("{")) return filledIn(parseEnv(text));
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.string())), text);
  return parsed.success ? filledIn(parsed.output) : undefined;
}

/** Those that have a value; undefined when there are none. */
function filledIn(values: NodeJS.Dict<string>): Record<string, string> | undefined {
  const filled = Object.entries(values).filter((entry): entry is [string, string] => (entry[1] ?? "") !== "");
  return filled.length === 0 ? undefined : Object.fromEntries(filled);
}
