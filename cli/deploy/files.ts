// The files that a deploy goes by, read before anything is asked of anybody: what is wrong with one costs nothing yet.

import { relative } from "node:path";
import type { CompiledTable } from "../../src/routing/compile.ts";
import type { Failure } from "../../src/result.ts";
import { readSource, type SourceDocument } from "../document.ts";
import { findTable, readTable } from "../read-table.ts";
import { DeployError } from "./deploy-error.ts";
import { readProfile, type Profile } from "./keep-profile.ts";
import { readProject, type Project } from "./project.ts";
import { readSecretsFile } from "./secret-values.ts";
import type { Taken } from "./steps.ts";

/** What the files say. */
export interface Files {
  project: Project;
  /** Undefined where the folder has none. */
  table: { source: SourceDocument; compiled: CompiledTable } | undefined;
  /** Of the file of secrets. */
  given: Record<string, string>;
  profile: Profile;
}

/** Which they are. */
export interface FileNames {
  /** wrangler.toml, or one like it; that of Signalbox when left out. */
  config?: string;
  table?: string;
  secretsFile?: string;
  profile?: string;
}

/**
 * Reads them.
 *
 * @throws DeployError that names the file and the place in it
 */
export async function readFiles(names: FileNames, environment: NodeJS.ProcessEnv): Promise<Taken<Files>> {
  const { secretsFile } = names;
  const project = readProject(names.config);
  const given = await readSecretsFile(secretsFile);
  if (!given.ok) throw unusable(given, "Mend it, or give another one with --secrets-file.");
  const table = await readTableOf(names.table);
  const profile = readProfile(names.profile ?? project.name, environment);
  const read = [
    shownPath(project.configPath),
    ...(table === undefined ? [] : [table.source.file]),
    ...(secretsFile ? [secretsFile] : []),
  ];
  return { state: "done", detail: read.join(", "), value: { project, table, given: given.value, profile } };
}

/** A path as somebody in the working folder calls it. */
function shownPath(path: string): string {
  const shown = relative(process.cwd(), path);
  return shown.startsWith("..") ? path : shown;
}

async function readTableOf(named: string | undefined): Promise<Files["table"]> {
  const file = findTable(named);
  if (!file.ok) return undefined;
  const source = await readSource(file.value);
  if (!source.ok) throw unusable(source, CHECK);
  const compiled = await readTable(file.value);
  if (!compiled.ok) throw unusable(compiled, CHECK);
  return { source: source.value, compiled: compiled.value };
}

const CHECK = "Nothing was deployed. signalbox check says all that is wrong with it.";

function unusable({ reason, detail }: Failure<string>, remedy: string): DeployError {
  return new DeployError({ reason, detail, remedy }, 2);
}
