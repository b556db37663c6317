// Local secrets, in the file wrangler reads too: `.dev.vars`, never committed. What is missing is made up on the first
// run; what is there is never changed.

import { randomBytes } from "node:crypto";
import { appendFileSync, chmodSync, existsSync, readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import {
  ADMIN_TOKEN_NAME,
  DEFAULT_INLET_SECRET_NAME,
  MASTER_KEYS_NAME,
  SEARCH_KEY_NAME,
} from "../../src/secret-names.ts";

/** The secrets of a local router, and which of them were made just now. */
export interface LocalSecrets {
  values: Record<string, string>;
  created: string[];
}

/** How each secret is made that a router cannot do without. None has a single quote in it. */
const MAKERS: Readonly<Record<string, () => string>> = {
  [ADMIN_TOKEN_NAME]: makeToken,
  [DEFAULT_INLET_SECRET_NAME]: makeToken,
  [SEARCH_KEY_NAME]: makeToken,
  [MASTER_KEYS_NAME]: () => JSON.stringify({ active: "local", keys: { local: randomBytes(32).toString("base64") } }),
};

function makeToken(): string {
  return randomBytes(24).toString("hex");
}

/** JSON stands in single quotes, which wrangler and Node read alike. */
function quote(value: string): string {
  return value.includes('"') ? `'${value}'` : value;
}

/**
 * Reads `.dev.vars`, adding the secrets that a router cannot do without. A variable of the same name in the process's
 * environment wins, for this run only.
 */
export function readDevVars(file: string, environment: NodeJS.ProcessEnv): LocalSecrets {
  const text = textOf(file);
  const values = parseVars(file);
  const created = Object.keys(MAKERS).filter((name) => {
    const given = environment[name];
    if (given !== undefined && given !== "") values[name] = given;
    return (values[name] ?? "") === "";
  });
  for (const name of created) values[name] = MAKERS[name]?.() ?? "";
  if (created.length > 0) {
    const lines = created.map((name) => `${name}=${quote(values[name] ?? "")}\n`).join("");
    appendFileSync(file, text === "" || text.endsWith("\n") ? lines : `\n${lines}`);
    chmodSync(file, 0o600);
  }
  return { values, created };
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
