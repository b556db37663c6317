// What a deploy that was cut off has left behind: wrangler finds databases and queues by their names again, but a KV
// namespace without an id it makes once more, and fails because the name is taken.

import { rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as v from "valibot";
import { withNamespaceIds, type Project } from "./project.ts";
import { answerOrThrow } from "./refusal.ts";
import type { Wrangler } from "./wrangler.ts";

const NamespacesSchema = v.pipe(v.string(), v.parseJson(), v.array(v.object({ id: v.string(), title: v.string() })));

/** Ids of the KV namespaces that are there under the names that wrangler gives them, by binding. */
export async function findLeftNamespaces(wrangler: Wrangler, project: Project): Promise<Map<string, string>> {
  const listed = answerOrThrow(await wrangler(["kv", "namespace", "list"]));
  const ids = new Map(v.parse(NamespacesSchema, listed.stdout).map(({ id, title }) => [title, id]));
  const found = project.namespacesWithoutId.flatMap((binding): [string, string][] => {
    const id = ids.get(titleOf(project.name, binding));
    return id === undefined ? [] : [[binding, id]];
  });
  return new Map(found);
}

/** What wrangler calls a namespace that it makes. */
function titleOf(worker: string, binding: string): string {
  return `${worker}-${binding.toLowerCase().replaceAll("_", "-")}`;
}

/** Calls with the configuration's path, or with that of a copy beside it, which has the ids of namespaces. */
export async function withConfig<T>(
  project: Project,
  namespaces: ReadonlyMap<string, string>,
  then: (configPath: string) => Promise<T>,
): Promise<T> {
  if (namespaces.size === 0) return then(project.configPath);
  const copy = join(dirname(project.configPath), `.wrangler-${process.pid}.json`);
  writeFileSync(copy, withNamespaceIds(project, namespaces));
  try {
    return await then(copy);
  } finally {
    rmSync(copy);
  }
}
