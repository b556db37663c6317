// Uploads the Worker with everything it is bound to, by `wrangler deploy`, which makes what is missing.

import type { DeployError } from "./deploy-error.ts";
import { findLeftNamespaces, withConfig } from "./left-namespaces.ts";
import type { Project } from "./project.ts";
import { answerOrThrow, explain, isRefused, permissionMissing } from "./refusal.ts";
import type { Taken } from "./steps.ts";
import type { Wrangler, WranglerFailure } from "./wrangler.ts";

/** What is uploaded, and over what. */
export interface Upload {
  project: Project;
  isNew: boolean;
  isDryRun: boolean;
}

/** Uploads the Worker. Gives the URL where it is reached; undefined when wrangler names none, or nothing was uploaded. */
export async function uploadWorker(wrangler: Wrangler, upload: Upload): Promise<Taken<string | undefined>> {
  const { project, isNew, isDryRun } = upload;
  if (isDryRun) {
    const { gzipBytes = 0 } = answerOrThrow(await wrangler(["deploy", "--dry-run"]));
    const would = isNew ? "would be created" : "would be updated";
    return { state: "unchanged", detail: `${project.name} ${would}, ${kilobytes(gzipBytes)}`, value: undefined };
  }
  const left = isNew ? await findLeftNamespaces(wrangler, project) : new Map<string, string>();
  const ended = await withConfig(project, left, async (configPath) => wrangler(["deploy"], { configPath }));
  if (!ended.ok) throw await whyNot(wrangler, ended);
  const url = urlAmong(ended.targets);
  const size = kilobytes(ended.gzipBytes ?? 0);
  const parts = [`${project.name} ${isNew ? "created" : "updated"}, ${size}`];
  if (url !== undefined) parts.push(`at ${url}`);
  if (left.size > 0) parts.push(`over what was there for ${[...left.keys()].join(", ")} already`);
  return { state: "done", detail: parts.join(", "), value: url };
}

/** What a login has to be allowed beside the Worker itself, with a command that shows whether it is. */
const PROBES: readonly [permission: string, command: readonly string[]][] = [
  ["Account: D1 Edit", ["d1", "list", "--json"]],
  ["Account: Queues Edit", ["queues", "list"]],
];

/**
 * Why an upload failed. Without a permission wrangler passes over what it may not look at, and then fails for a reason
 * that does not show it.
 */
async function whyNot(wrangler: Wrangler, failed: WranglerFailure): Promise<DeployError> {
  const explained = explain(failed);
  if (explained.complaint.reason !== "wrangler_failed") return explained;
  for (const [permission, command] of PROBES) {
    const probed = await wrangler(command);
    if (!probed.ok && isRefused(probed)) return permissionMissing(permission);
  }
  return explained;
}

/** The URL among what `wrangler deploy` lists: of workers.dev, or a domain of one's own. */
export function urlAmong(targets: readonly string[]): string | undefined {
  const [url] = targets.flatMap((target) => {
    if (target.startsWith("https://")) return [new URL(target).origin];
    const [, domain] = /^([\w.-]+) \(custom domain/.exec(target) ?? [];
    return domain === undefined ? [] : [`https://${domain}`];
  });
  return url;
}

function kilobytes(bytes: number): string {
  return `${Math.ceil(bytes / 1_000)} kB compressed`;
}
