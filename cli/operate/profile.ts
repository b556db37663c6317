// What `signalbox profile` answers: the routers that were given names.

import { failure, success, type Result } from "../../src/result.ts";
import { accessHeaders } from "../client/access-headers.ts";
import { answerOf, createAdmin } from "../client/admin.ts";
import { RouterError } from "../client/router-error.ts";
import { answer, complain, toJson, type Outcome } from "../outcome.ts";
import { parseRouterUrl } from "../router/choose-router.ts";
import { PROFILE_NAME, profilesFile, readProfiles, writeProfiles, type Profiles } from "../router/profiles.ts";
import { complainOf } from "../router/with-router.ts";
import { readSecret } from "../terminal/ask.ts";
import { alignColumns } from "../text-table.ts";

/** Keeps a router under a name, once it has taken the token. A profile of that name is replaced. */
export async function addProfile(name: string, url: string): Promise<Outcome> {
  if (!PROFILE_NAME.test(name)) {
    const detail = "A profile's name has up to 64 letters, digits, dots, hyphens and underscores.";
    return complain({ reason: "name_invalid", detail }, 2, false);
  }
  const origin = parseRouterUrl(url);
  if (!origin.ok) return complain(origin, 2, false);
  const file = profilesFile(process.env);
  const profiles = readProfiles(file);
  if (!profiles.ok) return complain(profiles, 2, false);
  const token = await readSecret(`The token for ${origin.value}`);
  if (token === undefined) return complain({ reason: "token_missing", detail: "No token was given." }, 2, false);
  const known = await isTaken(origin.value, token);
  if (known instanceof RouterError) return complainOf(known.complaint, known.exitCode, false);
  writeProfiles(file, { ...profiles.value, [name]: { url: origin.value, token } });
  return answer(`Kept in ${file}. Use it with --profile ${name}, or SIGNALBOX_PROFILE=${name}.`);
}

/** Whether the router knows the token; one that lacks a scope is known. */
async function isTaken(origin: string, token: string): Promise<true | RouterError> {
  try {
    await answerOf(createAdmin(origin, token, { headers: accessHeaders(process.env) }).table.$get());
    return true;
  } catch (error) {
    if (!(error instanceof RouterError)) throw error;
    return error.complaint.reason === "scope_missing" ? true : error;
  }
}

/** The profiles with their URLs; never their tokens. */
export function listProfiles(json: boolean | undefined): Outcome {
  const profiles = readProfiles(profilesFile(process.env));
  if (!profiles.ok) return complain(profiles, 2, json);
  const listed = Object.entries(profiles.value).map(([name, { url }]) => ({ name, url }));
  if (json) return answer(toJson({ profiles: listed }));
  return answer(alignColumns([["PROFILE", "URL"], ...listed.map(({ name, url }) => [name, url])]).join("\n"));
}

/** Forgets a profile. */
export function removeProfile(name: string): Outcome {
  const file = profilesFile(process.env);
  const rest = without(readProfiles(file), name);
  if (!rest.ok) return complain(rest, rest.reason === "profile_unknown" ? 1 : 2, false);
  writeProfiles(file, rest.value);
  return answer(`Forgotten: ${name}. The router still takes its token; signalbox token delete ends that.`);
}

function without(
  profiles: Result<Profiles, "profiles_unreadable">,
  name: string,
): Result<Profiles, "profiles_unreadable" | "profile_unknown"> {
  if (!profiles.ok) return profiles;
  if (!Object.hasOwn(profiles.value, name)) return failure("profile_unknown", `There is no profile ${name}.`);
  const { [name]: _, ...rest } = profiles.value;
  return success(rest);
}
