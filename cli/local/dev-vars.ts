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

/** What the master key of a local router is called. */
const KEY_NAME = "local";

/** How each secret is made that a router cannot do without; here we are Voucherify as well. */
const LOCAL_MAKERS: Readonly<Record<string, (keyName: string) => string>> = {
  ...MAKERS,
  [DEFAULT_INLET_SECRET_NAME]: makeToken,
};

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
  const created = Object.keys(LOCAL_MAKERS).filter((name) => {
    const given = environment[name];
    if (given !== undefined && given !== "") values[name] = given;
    return (values[name] ?? "") === "";
  });
  for (const name of created) values[name] = LOCAL_MAKERS[name]?.(KEY_NAME) ?? "";
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
