// Local secrets, in the file wrangler reads too: `.dev.vars`, never committed. What is missing is made up on the first
// run; what is there is never changed.

import { randomBytes } from "node:crypto";
import { appendFileSync, chmodSync, existsSync, readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { ADMIN_TOKEN_NAME, DEFAULT_INLET_SECRET_NAME } from "../../src/secret-names.ts";

/** The secrets of a local router, and which of them were made just now. */
export interface LocalSecrets {
  values: Record<string, string>;
  created: string[];
}

/**
 * Reads `.dev.vars`, adding the secrets that a router cannot do without. A variable of the same name in the process's
 * environment wins, for this run only.
 */
export function readDevVars(file: string, environment: NodeJS.ProcessEnv): LocalSecrets {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(parseEnv(text))) if (value !== undefined) values[name] = value;
  const created = [ADMIN_TOKEN_NAME, DEFAULT_INLET_SECRET_NAME].filter((name) => {
    const given = environment[name];
    if (given !== undefined && given !== "") values[name] = given;
    return (values[name] ?? "") === "";
  });
  for (const name of created) values[name] = randomBytes(24).toString("hex");
  if (created.length > 0) {
    const lines = created.map((name) => `${name}=${values[name]}\n`).join("");
    appendFileSync(file, text === "" || text.endsWith("\n") ? lines : `\n${lines}`);
    chmodSync(file, 0o600);
  }
  return { values, created };
}
