// Sets secrets on the Worker, all at once and by stdin: no value is ever part of a command line or of a line of a log.

import { answerOrThrow } from "./refusal.ts";
import type { SecretPlan } from "./secret-values.ts";
import type { WantedSecret } from "./wanted-secrets.ts";
import type { Taken } from "./steps.ts";
import type { Wrangler } from "./wrangler.ts";

/** Sets what was planned, and says what is still missing. */
export async function setSecrets(wrangler: Wrangler, plan: SecretPlan, isDryRun: boolean): Promise<Taken<undefined>> {
  const names = Object.keys(plan.values);
  if (names.length > 0 && !isDryRun) {
    // One line: wrangler takes it for a file of lines otherwise.
    answerOrThrow(await wrangler(["secret", "bulk"], { input: JSON.stringify(plan.values) }));
  }
  const given = names.filter((name) => !plan.made.includes(name));
  const would = isDryRun ? "would be " : "";
  const parts = [told(`${would}made`, plan.made), told(`${would}set`, given), told("missing", namesOf(plan.missing))];
  const detail = parts.filter((part) => part !== "").join("; ") || "all are set";
  if (plan.missing.some(({ kind }) => kind !== "target")) return { ...warning(plan.missing), detail, value: undefined };
  return { state: names.length > 0 && !isDryRun ? "done" : "unchanged", detail, value: undefined };
}

function namesOf(secrets: readonly WantedSecret[]): string[] {
  return secrets.map(({ name }) => name);
}

function told(what: string, names: readonly string[]): string {
  return names.length === 0 ? "" : `${what}: ${names.join(", ")}`;
}

function warning(missing: readonly WantedSecret[]): { state: "warning"; remedy: string } {
  const inlet = missing.find(({ kind }) => kind === "inlet");
  const name = inlet?.name ?? missing[0]?.name;
  const why =
    inlet === undefined
      ? "Without them parts of the router stay closed."
      : "Until an inlet has its secret it answers 503. Voucherify shows it under Project settings → Webhooks.";
  return { state: "warning", remedy: `${why} Then: npx wrangler secret put ${name}, or signalbox deploy once more.` };
}
