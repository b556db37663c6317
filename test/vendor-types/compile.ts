// Holds bodies against types: each body becomes a line of TypeScript, and the compiler says which lines do not hold.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { PublishedId } from "./published.ts";

/** Inside the checkout, so that the packages are found; ignored by git. */
const FOLDER = ".tmp";

/** A body to hold against the type of its recipe. */
export interface Candidate {
  id: PublishedId;
  /** What it is, for whoever reads a complaint. */
  name: string;
  body: unknown;
}

/**
 * Compiles every body against its type, strictly: a literal must have no key that the type does not know.
 *
 * @returns what the compiler says of each body, in their order; undefined for one that fits
 * @throws when the compiler says anything else, such as that a type does not exist
 */
export function compileBodies(candidates: readonly Candidate[]): (string | undefined)[] {
  mkdirSync(FOLDER, { recursive: true });
  const folder = mkdtempSync(`${FOLDER}/vendor-types-`);
  try {
    writeFileSync(
      `${folder}/tsconfig.json`,
      JSON.stringify({ extends: "../../tsconfig.node.json", include: ["*.ts"] }),
    );
    writeFileSync(`${folder}/bodies.ts`, `${HEADER}\n${candidates.map(line).join("\n")}\n`);
    return complaints(compile(folder), candidates.length);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const HEADER = `import type { Published } from "../../test/vendor-types/published.ts";`;

function line({ id, name, body }: Candidate): string {
  return `void (${JSON.stringify(body)} satisfies Published[${JSON.stringify(id)}]); // ${name}`;
}

/** What the compiler prints for a project. */
function compile(folder: string): string {
  const { stdout, stderr, error } = spawnSync("node_modules/.bin/tsc", ["-p", folder, "--pretty", "false"], {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error !== undefined) throw error;
  return `${stdout}${stderr}`;
}

/** The first complaint about each line after the header. */
function complaints(printed: string, lines: number): (string | undefined)[] {
  const said = Array.from({ length: lines }, (): string | undefined => undefined);
  // Lines that are indented explain the complaint before them.
  for (const complaint of printed.split(/\n(?! )/).filter((text) => text !== "")) {
    const [, row, text] = /^[^(]*\/bodies\.ts\((\d+),\d+\): (.+)$/s.exec(complaint) ?? [];
    const index = Number(row) - 2;
    if (text === undefined || !(index in said)) throw new Error(complaint);
    said[index] ??= text;
  }
  return said;
}
