// How far `signalbox listen` has come, kept beside the profiles, so that the next time it catches up on what was missed.

import { createHash } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { ownFolder, writeOwn } from "../router/profiles.ts";
import { PositionSchema, type Position } from "./feed.ts";
import type { SendoutFilter } from "./filters.ts";

/** The file for what is forwarded from one router to one URL by one filter. */
export function positionFile(
  environment: NodeJS.ProcessEnv,
  listening: { origin: string; forward: string; filter: SendoutFilter },
): string {
  const { origin, forward, filter } = listening;
  const conditions = Object.entries(filter).map(([name, value]) => `${name}=${value}`);
  const name = createHash("sha256")
    .update(JSON.stringify([origin, forward, conditions.toSorted()]))
    .digest("hex");
  return join(ownFolder(environment), "listen", `${name.slice(0, 24)}.json`);
}

/** The position that was kept; undefined where none was, or none that can be read. */
export function readPosition(file: string): Position | undefined {
  try {
    return v.parse(v.pipe(v.string(), v.parseJson(), PositionSchema), readFileSync(file, "utf8"));
  } catch {
    return undefined; // then it begins anew, which it says
  }
}

/** @throws when the file cannot be written */
export function writePosition(file: string, position: Position): void {
  writeOwn(file, JSON.stringify(position));
}

/** Forgets a position. */
export function forgetPosition(file: string): void {
  rmSync(file, { force: true });
}
