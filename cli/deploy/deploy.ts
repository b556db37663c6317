// What `signalbox deploy` does, from an account with nothing in it to a router that has been looked over. Every step finds
// out what is there already, so that a deploy can be repeated, and goes on where one before was cut off.

import { ADMIN_TOKEN_NAME } from "../../src/secret-names.ts";
import { accessHeaders } from "../client/access-headers.ts";
import { createAdmin } from "../client/admin.ts";
import { findAll, type Finding } from "../operate/doctor.ts";
import type { Outcome } from "../outcome.ts";
import { parseRouterUrl } from "../router/choose-router.ts";
import { canAsk } from "../terminal/ask.ts";
import { chooseAccount } from "./account.ts";
import { awaitRouter } from "./await-router.ts";
import { DeployError } from "./deploy-error.ts";
import { readFiles, type FileNames, type Files } from "./files.ts";
import { findWorker } from "./find-worker.ts";
import { keepProfile } from "./keep-profile.ts";
import { publishTable } from "./publish-table.ts";
import { planSecrets, type SecretPlan, type SecretSources } from "./secret-values.ts";
import { setSecrets } from "./set-secrets.ts";
import type { Steps, Taken } from "./steps.ts";
import { uploadWorker } from "./upload-worker.ts";
import { wantedSecrets } from "./wanted-secrets.ts";
import { createWrangler, type Wrangler } from "./wrangler.ts";

/** What is asked for. */
export interface DeployOptions extends FileNames {
  /** Where the router is reached, where wrangler does not say. */
  url?: string;
  /** Publishes the table over one that is in force. */
  apply?: boolean;
  newToken?: boolean;
  /** Whether the router is looked over in the end. */
  doctor: boolean;
  /** How long the doctor's test sendout may take, in seconds. */
  patience: number;
  dryRun?: boolean;
}

/** What a deploy came to. */
export interface Deployed {
  exitCode: Outcome["exitCode"];
  /** Where the router is; null when nothing was deployed. */
  router: string | null;
  /** Whether there was none before, or none that anybody could have got into. */
  isFirst: boolean;
  /** What the doctor found; nothing where it did not look. */
  findings: Finding[];
  files: Files;
}

/** What the steps after the first ones go by. */
interface Deploy {
  options: DeployOptions;
  steps: Steps;
  environment: NodeJS.ProcessEnv;
  files: Files;
  wrangler: Wrangler;
  isNew: boolean;
  isFirst: boolean;
  plan: SecretPlan;
}

/**
 * Deploys.
 *
 * @throws DeployError or RouterError when a step fails, which the steps have told
 */
export async function deploy(options: DeployOptions, steps: Steps, environment: NodeJS.ProcessEnv): Promise<Deployed> {
  const begun = await begin(options, steps, environment);
  const { files, isFirst } = begun;
  const url = await upload(begun);
  if (url === undefined) return { exitCode: 0, router: null, isFirst, findings: [], files };
  return { router: url, isFirst, files, ...(await lookOver(begun, url)) };
}

/** Everything that changes nothing: files, account, what is there, and what its secrets shall be. */
async function begin(options: DeployOptions, steps: Steps, environment: NodeJS.ProcessEnv): Promise<Deploy> {
  const files = await steps.take("files", async () => readFiles(options, environment));
  const { project } = files;
  const named = environment["CLOUDFLARE_ACCOUNT_ID"] || project.accountId;
  const unbound = createWrangler(project.configPath, environment, named);
  const account = await steps.take("account", async () => chooseAccount(unbound, named));
  const wrangler = createWrangler(project.configPath, environment, account);
  const sources = {
    wanted: wantedSecrets(files.table?.compiled),
    given: files.given,
    environment,
    keptToken: files.profile.kept?.token,
    isTokenReplaced: options.newToken === true,
    mayMake: !isCloudflaresBuild(environment),
    mayAsk: canAsk() && options.dryRun !== true,
  };
  const found = async (): Promise<Taken<ReadonlySet<string> | undefined>> => {
    const worker = await findWorker(wrangler, project);
    if (environment["CI"] && sources.mayMake) checkTokenIsKnown({ ...sources, present: worker.value ?? new Set() });
    return worker;
  };
  const present = await steps.take("found", found, "looking at what is there");
  const plan = await planSecrets({ ...sources, present: present ?? new Set() });
  const isFirst = present?.has(ADMIN_TOKEN_NAME) !== true;
  return { options, steps, environment, files, wrangler, isNew: present === undefined, isFirst, plan };
}

/**
 * Whether Cloudflare itself builds, as after its deploy button: secrets are set on its pages, and what is found of the
 * router nobody reads (https://developers.cloudflare.com/workers/ci-cd/builds/configuration/, read 2026-11).
 */
function isCloudflaresBuild(environment: NodeJS.ProcessEnv): boolean {
  return environment["WORKERS_CI"] === "1";
}

/** A token that a pipeline made would be gone with its machine, and with it the way into the router. */
function checkTokenIsKnown({ present, given, environment, keptToken }: TokenSources): void {
  const isKnown = [given[ADMIN_TOKEN_NAME], environment[ADMIN_TOKEN_NAME], keptToken].some((token) => token);
  if (present.has(ADMIN_TOKEN_NAME) || isKnown) return;
  const detail = `The Worker has no ${ADMIN_TOKEN_NAME} yet, and one that is made in a pipeline would be lost with it.`;
  const remedy = `Give it in the variable ${ADMIN_TOKEN_NAME}, as a secret of the pipeline: openssl rand -hex 24 makes one.`;
  throw new DeployError({ reason: "token_missing", detail, remedy }, 2);
}

type TokenSources = Pick<SecretSources, "present" | "given" | "environment" | "keptToken">;

/** The Worker and its secrets. Gives where the router is; undefined when nothing was to be deployed. */
async function upload({
  options,
  steps,
  environment,
  files,
  wrangler,
  isNew,
  plan,
}: Deploy): Promise<string | undefined> {
  const { project, profile } = files;
  const { dryRun: isDryRun = false } = options;
  const work = async (): Promise<Taken<string | undefined>> => uploadWorker(wrangler, { project, isNew, isDryRun });
  const found = await steps.take("worker", work, isDryRun ? "building the Worker" : "uploading the Worker");
  const url = isDryRun ? undefined : urlOf(options.url ?? found);
  const { token } = plan;
  if (url !== undefined && token !== undefined && !environment[ADMIN_TOKEN_NAME]) {
    await steps.take("profile", async () => keepProfile(profile, { url, token }, environment));
  }
  await steps.take("secrets", async () => setSecrets(wrangler, plan, isDryRun), "setting secrets");
  return url;
}

function urlOf(text: string | undefined): string {
  const remedy = "Say where it is reached with --url, like https://signalbox.example.com.";
  if (text === undefined) {
    const detail = "The Worker is deployed, but has no address of its own: wrangler.toml gives it routes alone.";
    throw new DeployError({ reason: "url_missing", detail, remedy }, 2);
  }
  const url = parseRouterUrl(text);
  if (!url.ok) throw new DeployError({ reason: url.reason, detail: url.detail, remedy }, 2);
  return url.value;
}

/** The router itself: whether it answers, has its table, and is well. */
async function lookOver(
  { options, steps, environment, files, plan }: Deploy,
  url: string,
): Promise<Pick<Deployed, "exitCode" | "findings">> {
  const { token } = plan;
  if (token === undefined) {
    if (!options.doctor || isCloudflaresBuild(environment)) return { exitCode: 0, findings: [] };
    await steps.take("router", async () => TOKEN_UNKNOWN);
    return { exitCode: 1, findings: [] };
  }
  const admin = createAdmin(url, token, { headers: accessHeaders(environment) });
  const isTokenNew = plan.values[ADMIN_TOKEN_NAME] !== undefined;
  await steps.take("router", async () => awaitRouter(admin, url, isTokenNew), "waiting for the router");
  await steps.take("table", async () => publishTable(admin, files.table?.source, options.apply === true));
  if (!options.doctor) return { exitCode: 0, findings: [] };
  return findAll(admin, { send: true, patience: options.patience });
}

const TOKEN_UNKNOWN: Taken<undefined> = {
  state: "warning",
  detail: "it is deployed, but nobody here knows its admin token, so it was not looked at",
  remedy: `Give the token in ${ADMIN_TOKEN_NAME}, keep it with signalbox profile add, or have a new one made: signalbox deploy --new-token.`,
  value: undefined,
};
