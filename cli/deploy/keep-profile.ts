// Remembers the router and its admin token as a profile of whoever deploys, before the token is set: a deploy that is cut
// off in between goes on with the same one.

import { PROFILE_NAME, profilesFile, readProfiles, writeProfiles, type Profiles } from "../router/profiles.ts";
import { DeployError } from "./deploy-error.ts";
import type { Taken } from "./steps.ts";

/** The profile that a router is kept as. */
export interface Profile {
  name: string;
  /** What it has; undefined while there is none of that name. */
  kept: Profiles[string] | undefined;
}

/**
 * The profile of a name.
 *
 * @throws DeployError when no profile can be called so, or their file cannot be read
 */
export function readProfile(name: string, environment: NodeJS.ProcessEnv): Profile {
  if (!PROFILE_NAME.test(name)) {
    const detail = "A profile's name has up to 64 letters, digits, dots, hyphens and underscores.";
    throw new DeployError({ reason: "name_invalid", detail, remedy: "Give another one with --profile." }, 2);
  }
  const profiles = profilesOf(environment);
  return { name, kept: Object.hasOwn(profiles, name) ? profiles[name] : undefined };
}

/**
 * Keeps a router.
 *
 * @throws DeployError when the profile is of another router: its token may be known nowhere else
 */
export function keepProfile(
  { name, kept }: Profile,
  router: { url: string; token: string },
  environment: NodeJS.ProcessEnv,
): Taken<undefined> {
  if (kept !== undefined && kept.url !== router.url) {
    const detail = `The profile ${name} is of another router, ${kept.url}.`;
    const remedy = `Keep this one under another name with --profile, or take that one away: signalbox profile remove ${name}.`;
    throw new DeployError({ reason: "profile_taken", detail, remedy }, 5);
  }
  if (kept?.token === router.token) return { state: "unchanged", detail: `${name} has it`, value: undefined };
  const file = profilesFile(environment);
  writeProfiles(file, { ...profilesOf(environment), [name]: router });
  return { state: "done", detail: `kept as ${name} in ${file}`, value: undefined };
}

function profilesOf(environment: NodeJS.ProcessEnv): Profiles {
  const profiles = readProfiles(profilesFile(environment));
  if (profiles.ok) return profiles.value;
  const { reason, detail } = profiles;
  throw new DeployError({ reason, detail, remedy: "Then run signalbox deploy again." }, 2);
}
