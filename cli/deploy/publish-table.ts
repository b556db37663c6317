// Publishes the folder's routing table on a router that has none yet. Over one that is in force only when asked to: a
// deploy of the code is no reason to change what goes where.

import type { Admin } from "../client/admin.ts";
import type { SourceDocument } from "../document.ts";
import { publish } from "../operate/apply.ts";
import { changesTo, checkOnRouter, readTableInForce } from "../operate/local-table.ts";
import { DeployError } from "./deploy-error.ts";
import type { Taken } from "./steps.ts";

/** Publishes a table, or says why not. */
export async function publishTable(
  admin: Admin,
  source: SourceDocument | undefined,
  isAsked: boolean,
): Promise<Taken<undefined>> {
  const inForce = await readTableInForce(admin);
  const { version } = inForce;
  if (source === undefined) {
    const detail = version === 0 ? "none here, and none was published" : `version ${version} is in force; none here`;
    return { state: "unchanged", detail, value: undefined };
  }
  const changes = changesTo(inForce, source);
  if (!changes.ok) throw new DeployError({ ...changes, remedy: "signalbox check says more." }, 2);
  if (changes.value.length === 0) {
    return { state: "unchanged", detail: `version ${version} is what ${source.file} says`, value: undefined };
  }
  if (version > 0 && !isAsked) {
    const detail = `version ${version} is in force, and ${source.file} says something else`;
    const remedy = "signalbox plan shows what; signalbox deploy --apply, or signalbox apply, publishes it.";
    return { state: "unchanged", detail, remedy, value: undefined };
  }
  const checked = await checkOnRouter(admin, source.value);
  if (!checked.valid) {
    const [first] = checked.errors;
    const detail = `${source.place(first?.path ?? "")}: ${first?.path}: ${first?.message}`;
    throw new DeployError(
      { reason: "table_invalid", detail, remedy: `Mend ${source.file}; the Worker is deployed.` },
      1,
    );
  }
  const published = await publish(admin, source.value, version, undefined);
  const detail = `version ${published.version} published from ${source.file}`;
  const [warning, ...more] = published.warnings;
  if (warning === undefined) return { state: "done", detail, value: undefined };
  const remedy = more.length === 0 ? warning : `${warning} (and ${more.length} more: signalbox check)`;
  return { state: "warning", detail, remedy, value: undefined };
}
