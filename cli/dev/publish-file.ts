// The table of the working folder on its way to the router of this machine: read, checked, and published where it says
// something new. What is wrong with it leaves the version that is in force where it is.

import type { TableChange } from "../../src/routing/diff-tables.ts";
import { answerOf, type Admin } from "../client/admin.ts";
import { RouterError } from "../client/router-error.ts";
import { publish } from "../operate/apply.ts";
import {
  changesTo,
  checkOnRouter,
  readLocalTable,
  readTableInForce,
  type TableInForce,
} from "../operate/local-table.ts";

/** An error of a table, with the line that it is in. */
export interface PlacedError {
  place: string;
  path: string;
  message: string;
}

/** A table that is in force. */
interface InForce {
  file: string;
  version: number;
  table: unknown;
  /** Names of secrets that it needs and that nobody has set. */
  missingSecrets: string[];
}

/** What became of the table, and the version that is in force now; 0 for none yet, null where the router does not say. */
export type Publication =
  | (InForce & { outcome: "published"; changes: TableChange[]; warnings: readonly string[] })
  | (InForce & { outcome: "unchanged" })
  | { outcome: "refused"; version: number | null; detail: string; errors: PlacedError[] }
  | { outcome: "missing"; version: number; detail: string };

/** Publishes the table of a file. What a table or a router says against it is a refusal. */
export async function publishFile(admin: Admin, named: string | undefined): Promise<Publication> {
  try {
    return await tryToPublish(admin, named, await readTableInForce(admin));
  } catch (error) {
    // Somebody has published in between, say.
    if (!(error instanceof RouterError)) throw error;
    return { outcome: "refused", version: null, detail: error.complaint.detail, errors: [] };
  }
}

async function tryToPublish(admin: Admin, named: string | undefined, inForce: TableInForce): Promise<Publication> {
  const { version } = inForce;
  const refused = (detail: string, errors: PlacedError[] = []): Publication => ({
    outcome: "refused",
    version,
    detail,
    errors,
  });
  const source = await readLocalTable(named);
  if (!source.ok && source.reason === "table_missing") return { outcome: "missing", version, detail: source.detail };
  if (!source.ok) return refused(source.detail);
  const { file, value: table, place } = source.value;
  const changes = changesTo(inForce, source.value);
  if (!changes.ok) return refused(changes.detail);
  const known = { file, table };
  if (version > 0 && changes.value.length === 0) {
    return { outcome: "unchanged", ...known, version, missingSecrets: await missingSecrets(admin) };
  }
  const { valid, errors } = await checkOnRouter(admin, table);
  if (!valid) {
    const placed = errors.map((error) => ({ ...error, place: place(error.path) }));
    return refused(`${file} cannot be published:`, placed);
  }
  const published = await publish(admin, table, version, `signalbox dev, ${file}`);
  const { value } = changes;
  return { outcome: "published", ...known, changes: value, ...published, missingSecrets: await missingSecrets(admin) };
}

async function missingSecrets(admin: Admin): Promise<string[]> {
  const { secrets } = await answerOf(admin.secrets.$get());
  return secrets.flatMap(({ name, from }) => (from === null ? [name] : []));
}
