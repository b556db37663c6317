// Which router a command talks to, and with which token: the options', a profile's, the environment's, or the one that
// `npm start` runs in this folder. A token is only ever used with the URL that it was given for.

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { failure, success, type Failure, type Result } from "../../src/result.ts";
import { ADMIN_TOKEN_NAME } from "../../src/secret-names.ts";
import { isLoopback } from "../client/loopback.ts";
import { parseVars } from "../local/dev-vars.ts";
import { LOCAL_PORT } from "../local/port.ts";
import { readProfiles, profilesFile } from "./profiles.ts";

/** Where `npm start` runs a router unless it is told otherwise. */
export const LOCAL_URL = `http://127.0.0.1:${LOCAL_PORT}`;

/** The options that say which router. */
export interface RouterChoice {
  url?: string;
  token?: string;
  profile?: string;
}

/** A router that was chosen. */
export interface ChosenRouter {
  /** Scheme, host and port. */
  origin: string;
  token: string | undefined;
  /** Who said so, for people. */
  chosenBy: string;
  /** `.dev.vars` of a router on this machine; empty for others, whose secrets are elsewhere. */
  localSecrets: Readonly<Record<string, string>>;
}

type Reason = "url_invalid" | "url_insecure" | "router_ambiguous" | "profile_unknown" | "profiles_unreadable";

/** The file `.dev.vars` here, or in the folder of Signalbox itself, where `npm start` keeps it. */
export function varsFile(folder: string): string {
  const here = join(folder, ".dev.vars");
  return existsSync(here) ? here : resolve(fileURLToPath(new URL("../..", import.meta.url)), ".dev.vars");
}

/** Chooses a router. Options go before the environment, and that before what lies in the folder. */
export function chooseRouter(
  { url, token, profile }: RouterChoice,
  environment: NodeJS.ProcessEnv,
  folder: string,
): Result<ChosenRouter, Reason> {
  if (url !== undefined && profile !== undefined) {
    return failure("router_ambiguous", "Give --url or --profile: a profile has a URL of its own.");
  }
  const name = profile ?? (url === undefined ? filled(environment["SIGNALBOX_PROFILE"]) : undefined);
  if (name !== undefined) return fromProfile(name, token, environment);
  const asked = url ?? filled(environment["SIGNALBOX_URL"]);
  const origin = parseRouterUrl(asked ?? LOCAL_URL);
  if (!origin.ok) return origin;
  const localSecrets = isLoopback(new URL(origin.value).hostname) ? parseVars(varsFile(folder)) : {};
  return success({
    origin: origin.value,
    token: token ?? filled(environment[ADMIN_TOKEN_NAME]) ?? localSecrets[ADMIN_TOKEN_NAME],
    chosenBy: url !== undefined ? "--url" : asked === undefined ? "the router of this machine" : "SIGNALBOX_URL",
    localSecrets,
  });
}

function fromProfile(
  name: string,
  token: string | undefined,
  environment: NodeJS.ProcessEnv,
): Result<ChosenRouter, Reason> {
  const profiles = readProfiles(profilesFile(environment));
  if (!profiles.ok) return profiles;
  const found = Object.hasOwn(profiles.value, name) ? profiles.value[name] : undefined;
  if (found === undefined) {
    const known = Object.keys(profiles.value).join(", ") || "none yet; signalbox profile add makes one";
    return failure("profile_unknown", `There is no profile ${name}. Those there are: ${known}.`);
  }
  const origin = parseRouterUrl(found.url);
  if (!origin.ok) return origin;
  return success({ origin: origin.value, token: token ?? found.token, chosenBy: `profile ${name}`, localSecrets: {} });
}

/** The origin of a router's URL, over which a token may travel. */
export function parseRouterUrl(text: string): Result<string, "url_invalid" | "url_insecure"> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.href !== `${url.origin}/`) return INVALID;
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    return failure("url_insecure", `The token would travel to ${url.host} for all to read. Use https.`);
  }
  return success(url.origin);
}

const INVALID: Failure<"url_invalid"> = failure(
  "url_invalid",
  "A router's URL is scheme and host alone, like https://signalbox.example.workers.dev.",
);

function filled(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
