// The routers that somebody has given names to, with their tokens: one file of the user's, which nobody else may read.

import { chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import * as v from "valibot";
import { failure, success, type Result } from "../../src/result.ts";

const ProfilesSchema = v.object({
  profiles: v.record(v.string(), v.object({ url: v.string(), token: v.string() })),
});

/** Where a router is and what opens it, by the name that its user gave it. */
export type Profiles = v.InferOutput<typeof ProfilesSchema>["profiles"];

/** What a profile may be called. */
export const PROFILE_NAME = /^[\w.-]{1,64}$/;

/** Read and write for the owner, nothing for others. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
const OTHERS = 0o077;

/** The folder for what this command keeps of a user's own (https://specifications.freedesktop.org/basedir-spec). */
export function ownFolder(environment: NodeJS.ProcessEnv): string {
  const base = environment["XDG_CONFIG_HOME"] ?? "";
  return join(base === "" ? join(homedir(), ".config") : base, "signalbox");
}

/** The file of the profiles. */
export function profilesFile(environment: NodeJS.ProcessEnv): string {
  return join(ownFolder(environment), "profiles.json");
}

/** Reads the profiles; none where there is no file. A file that others may read is refused: it has tokens in it. */
export function readProfiles(file: string): Result<Profiles, "profiles_unreadable"> {
  try {
    if (process.platform !== "win32" && (statSync(file).mode & OTHERS) !== 0) {
      return failure("profiles_unreadable", `Others may read ${file}, which has tokens in it: chmod 600 ${file}`);
    }
    return success(v.parse(v.pipe(v.string(), v.parseJson(), ProfilesSchema), readFileSync(file, "utf8")).profiles);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return success({});
    return failure("profiles_unreadable", `${file} cannot be read as a file of profiles. Mend it, or take it away.`);
  }
}

/**
 * Writes the profiles; whoever reads meanwhile finds the old ones or the new ones.
 *
 * @throws when the file cannot be written
 */
export function writeProfiles(file: string, profiles: Profiles): void {
  writeOwn(file, `${JSON.stringify({ profiles }, null, 2)}\n`);
}

/**
 * Writes a file for its owner alone, all of it or nothing.
 *
 * @throws when it cannot be written
 */
export function writeOwn(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: FOLDER_MODE });
  const draft = `${file}.${process.pid}.tmp`;
  writeFileSync(draft, text, { mode: FILE_MODE });
  chmodSync(draft, FILE_MODE); // a file that was left there keeps its own mode otherwise
  renameSync(draft, file);
}
