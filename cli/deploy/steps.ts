// The steps of a deploy, as they are told: each says what it did, or that there was nothing to do, while the next one is
// under way. The first that fails is the last.

import { isatty } from "node:tty";
import { RouterError } from "../client/router-error.ts";
import { errorColours, pc } from "../colours.ts";
import { printableLine } from "../terminal/printable.ts";
import { DeployError } from "./deploy-error.ts";

/** What a step came to. */
export interface Step {
  name: string;
  /** `unchanged`: there was nothing to do; `warning`: the deploy goes on, but somebody has to look. */
  state: "done" | "unchanged" | "warning" | "failed";
  detail: string;
  remedy: string | null;
}

/** What a step's work gives: what is told of it, and what later steps need. */
export interface Taken<T> {
  state: "done" | "unchanged" | "warning";
  detail: string;
  remedy?: string;
  value: T;
}

/** The steps of one deploy. */
export interface Steps {
  taken: Step[];
  /**
   * Takes a step.
   *
   * @param meanwhile what is said at a terminal while a long one is under way; it must not ask anything
   * @throws DeployError or RouterError when it fails, which is told already
   */
  take<T>(name: string, work: () => Promise<Taken<T>>, meanwhile?: string): Promise<T>;
}

/** Steps that are told on stdout as they are taken; with `isQuiet`, nobody is told. */
export function createSteps(isQuiet: boolean): Steps {
  const taken: Step[] = [];
  const tell = (step: Step): void => {
    taken.push(step);
    if (!isQuiet) process.stdout.write(`${stepLines(step).join("\n")}\n`);
  };
  return {
    taken,
    take: async (name, work, meanwhile) => {
      const withdraw = isQuiet || meanwhile === undefined ? () => undefined : announce(meanwhile);
      try {
        const { state, detail, remedy = null, value } = await work().finally(withdraw);
        tell({ name, state, detail, remedy });
        return value;
      } catch (error) {
        if (error instanceof DeployError || error instanceof RouterError) {
          const { detail, remedy = null } = error.complaint;
          tell({ name, state: "failed", detail, remedy });
        }
        throw error;
      }
    },
  };
}

const SIGNS = { done: pc.green("✓"), unchanged: pc.dim("·"), warning: pc.yellow("!"), failed: pc.red("✗") } as const;

/** As wide as the longest name of a step. */
const NAME_WIDTH = "account".length;

function stepLines({ name, state, detail, remedy }: Step): string[] {
  const lines = [`${SIGNS[state]} ${name.padEnd(NAME_WIDTH)}  ${printableLine(detail)}`];
  return remedy === null ? lines : [...lines, `  ${" ".repeat(NAME_WIDTH)}  → ${printableLine(remedy)}`];
}

const CLEAR_LINE = "\r\u001B[2K";

/** Says at a terminal what is under way, until the function returned is called. */
function announce(meanwhile: string): () => void {
  if (!isatty(2)) return () => undefined;
  process.stderr.write(errorColours.dim(`… ${meanwhile}`));
  return () => void process.stderr.write(CLEAR_LINE);
}
