// Questions to somebody at a terminal. They are asked on stderr, so that an answer on stdout can be piped; where nobody
// is there to ask, nothing is.

import { confirm, isCancel, password, select } from "@clack/prompts";
import { text as readAll } from "node:stream/consumers";
import { isatty } from "node:tty";

/** Whether somebody is there to answer. */
export function canAsk(): boolean {
  return isatty(0) && isatty(2);
}

/** Whether somebody says yes; Ctrl-C is a no. */
export async function askYesNo(message: string): Promise<boolean> {
  const said = await confirm({ message, initialValue: false, output: process.stderr });
  return !isCancel(said) && said;
}

/** Which of several somebody chooses, each shown by its name; Ctrl-C is none. */
export async function chooseOne<T extends { name: string }>(
  message: string,
  choices: readonly T[],
): Promise<T | undefined> {
  const options = choices.map(({ name }, value) => ({ value, label: name }));
  const said = await select({ message, options, output: process.stderr });
  return isCancel(said) ? undefined : choices[said];
}

/**
 * Something secret: typed without being shown, or what stdin holds, less a line feed at its end. Undefined when nobody
 * gave any.
 */
export async function readSecret(message: string): Promise<string | undefined> {
  if (!canAsk()) {
    const given = (await readAll(process.stdin)).replace(/\r?\n$/, "");
    return given === "" ? undefined : given;
  }
  const typed = await password({ message, output: process.stderr });
  return isCancel(typed) || typed === undefined || typed === "" ? undefined : typed;
}
