// What is there before anything is done: whether the account has a Worker of this name, whether it is ours, and which
// secrets it has.

import * as v from "valibot";
import { DeployError } from "./deploy-error.ts";
import type { Project } from "./project.ts";
import { answerOrThrow } from "./refusal.ts";
import type { Taken } from "./steps.ts";
import type { Wrangler } from "./wrangler.ts";
import { ADMIN_TOKEN_NAME } from "../../src/secret-names.ts";

const SecretsSchema = v.pipe(v.string(), v.parseJson(), v.array(v.object({ name: v.string() })));
const DeploymentSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ versions: v.array(v.object({ version_id: v.string() })) }),
);
const VersionSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ resources: v.object({ bindings: v.array(v.object({ name: v.string() })) }) }),
);

/**
 * Finds the Worker. Gives the names of its secrets; undefined when there is none yet.
 *
 * @throws DeployError when a Worker of this name is something else
 */
export async function findWorker(
  wrangler: Wrangler,
  project: Project,
): Promise<Taken<ReadonlySet<string> | undefined>> {
  const names = await readSecretNames(wrangler);
  if (names === undefined) {
    return { state: "done", detail: `no Worker ${project.name} yet`, value: undefined };
  }
  // Without our admin token it may be one whose deploy was cut off, or somebody else's.
  if (!names.has(ADMIN_TOKEN_NAME)) await checkIsOurs(wrangler, project);
  return { state: "done", detail: `the Worker ${project.name} with ${names.size} secrets`, value: names };
}

async function readSecretNames(wrangler: Wrangler): Promise<ReadonlySet<string> | undefined> {
  const ended = await wrangler(["secret", "list"]);
  if (!ended.ok && /^Worker ".*" not found/.test(ended.message)) return undefined;
  return new Set(v.parse(SecretsSchema, answerOrThrow(ended).stdout).map(({ name }) => name));
}

/** A deploy would overwrite whatever has this name: it has to have a binding that its configuration names. */
async function checkIsOurs(wrangler: Wrangler, { name, bindings }: Project): Promise<void> {
  const status = answerOrThrow(await wrangler(["deployments", "status", "--json"]));
  const [version] = v.parse(DeploymentSchema, status.stdout).versions;
  const viewed = answerOrThrow(await wrangler(["versions", "view", version?.version_id ?? "", "--json"]));
  const found = v.parse(VersionSchema, viewed.stdout).resources.bindings.map((binding) => binding.name);
  if (found.some((binding) => bindings.includes(binding))) return;
  const detail = `The account has a Worker ${name} that is no Signalbox; a deploy would overwrite it.`;
  const remedy = "Give this one another name in wrangler.toml, or delete that one.";
  throw new DeployError({ reason: "name_taken", detail, remedy }, 5);
}
