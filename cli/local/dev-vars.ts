// Local secrets, in the file wrangler reads too: `.dev.vars`, never committed. What is missing is made up on the first
// run; what is there is never changed.

import { appendFileSync, chmodSync, existsSync, readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { DEFAULT_INLET_SECRET_NAME } from "../../src/secret-names.ts";
import { MAKERS, makeToken } from "../made-secrets.ts";

/** The secrets of a local router, and which of them were made just now. */
export interface LocalSecrets {
  values: Record<string, string>;
  created: string[];
}

/** Read and write for the owner, nothing for others. */
const FILE_MODE = 0o600;

/** What the master key of a local router is called. */
const KEY_NAME = "local";

/** How each secret is made that a router cannot do without; here we are Voucherify as well. */
const LOCAL_MAKERS: Readonly<Record<string, (keyName: string) => string>> = {
  ...MAKERS,
  [DEFAULT_INLET_SECRET_NAME]: makeToken,
};

/**
 * Reads `.dev.vars`, adding the secrets that a router cannot do without. A variable of the same name in the process's
 * environment wins, for this run only.
 */
export function readDevVars(file: string, environment: NodeJS.ProcessEnv): LocalSecrets {
  const values = parseVars(file);
  const created = Object.keys(LOCAL_MAKERS).filter((name) => {
    const given = environment[name];
    if (given !== undefined && given !== "") values[name] = given;
    return (values[name] ?? "") === "";
  });
  for (const name of created) values[name] = LOCAL_MAKERS[name]?.(KEY_NAME) ?? "";
  addToVars(file, Object.fromEntries(created.map((name) => [name, values[name] ?? ""])));
  return { values, created };
}

/** Adds secrets to a file, which only its owner may read then. A name that is there already has the new value from now on. */
export function addToVars(file: string, secrets: Readonly<Record<string, string>>): void {
  const lines = Object.entries(secrets).map(([name, value]) => `${name}=${quote(value)}\n`);
  if (lines.length === 0) return;
  const text = textOf(file);
  const gap = text === "" || text.endsWith("\n") ? "" : "\n";
  appendFileSync(file, gap + lines.join(""), { mode: FILE_MODE });
  chmodSync(file, FILE_MODE); // one that was there keeps its own mode otherwise
}

/** What needs no quotes, whoever reads the file. */
const PLAIN = /^[\w.~:/+=@-]*$/;

/** A value as wrangler and Node read it alike. One line feed or every kind of quote in it would be the end of that. */
function quote(value: string): string {
  if (PLAIN.test(value)) return value;
  const mark = ["'", '"', "`"].find((one) => !value.includes(one)) ?? "'";
  return mark + value + mark;
}

/** The secrets in a file, without making any; none where there is no file. */
export function parseVars(file: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(parseEnv(textOf(file)))) if (value !== undefined) values[name] = value;
  return values;
}

function textOf(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}
