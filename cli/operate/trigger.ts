// What `signalbox trigger` answers: signed examples, posted to an inlet as Voucherify would, and what became of them.

import { randomBytes } from "node:crypto";
import { EVENT_TYPES, findEvent } from "../../src/voucherify/catalogue.ts";
import type { PayloadVersion } from "../../src/voucherify/catalogue/definition.ts";
import { exampleSendout } from "../../src/voucherify/examples.ts";
import { nearestPath } from "../../src/voucherify/nearest-path.ts";
import type { JsonObject } from "../../src/voucherify/read-json.ts";
import { failure, success, type Result } from "../../src/result.ts";
import { DEFAULT_INLET_SECRET_NAME } from "../../src/secret-names.ts";
import { postSendout, type SenderProof } from "../client/inlet.ts";
import { RouterError } from "../client/router-error.ts";
import { settledSendout, type SendoutRecord } from "../client/sendout.ts";
import { errorColours } from "../colours.ts";
import { answer, complain, toJson, type Outcome } from "../outcome.ts";
import { complainOf, type RouterInReach } from "../router/with-router.ts";
import { pageAnswer } from "./masked-page.ts";
import { sendoutPage } from "./sendout-page.ts";
import { parseSetting, withSettings } from "./set-value.ts";

/** Which example, where to, and whether to stay. */
export interface TriggerOptions {
  version?: PayloadVersion;
  source?: "webhook" | "distribution";
  set?: string[];
  count: number;
  inlet: string;
  secretEnv?: string;
  pathTokenEnv?: string;
  /** `<header>=<variable>`. */
  headerEnv?: string;
  wait?: boolean;
  json?: boolean;
  quiet?: boolean;
}

/** How long `--wait` waits for each sendout's first outcomes, in milliseconds. */
const PATIENCE_MS = 30_000;

/** How many are posted at a time. */
const POSTED_AT_A_TIME = 6;

/** Posts examples of an event type, each with ids of its own. With `wait`, one that is not delivered is a no. */
export async function answerTrigger(router: RouterInReach, type: string, options: TriggerOptions): Promise<Outcome> {
  const { count, inlet, json, quiet } = options;
  const proof = proofFor(router, options);
  if (!proof.ok) return complain(proof, 2, json);
  const bodies: Uint8Array<ArrayBuffer>[] = [];
  for (let made = 0; made < count; made += 1) {
    const body = createBody(type, options);
    if (!body.ok) return complain(body, 2, json);
    bodies.push(new TextEncoder().encode(JSON.stringify(body.value)));
  }
  const posted = await postAll(bodies, async (body) => postSendout(router.origin, inlet, body, proof.value));
  if (posted.refused !== undefined) return tellRefused(posted.ids, posted.refused, json ?? false);
  if (options.wait) return waitFor(router, posted.ids, json);
  if (json) return answer(toJson({ accepted: posted.ids }));
  const hint = errorColours.dim(`Accepted. What becomes of it: signalbox show ${posted.ids.at(-1)}`);
  return { ...answer(posted.ids.join("\n")), ...(!quiet && { complaint: hint }) };
}

interface Posted {
  /** What was accepted, in order. */
  ids: string[];
  /** Why the next ones were not. */
  refused?: RouterError;
}

/** Posts some at a time, until one is not accepted. */
async function postAll<T>(bodies: readonly T[], postOne: (body: T) => Promise<string>): Promise<Posted> {
  const ids: string[] = [];
  for (let next = 0; next < bodies.length; next += POSTED_AT_A_TIME) {
    const posted = await Promise.allSettled(bodies.slice(next, next + POSTED_AT_A_TIME).map(postOne));
    for (const one of posted) if (one.status === "fulfilled") ids.push(one.value);
    const failed = posted.find((one) => one.status === "rejected");
    if (failed?.reason instanceof RouterError) return { ids, refused: failed.reason };
    if (failed !== undefined) throw failed.reason;
  }
  return { ids };
}

/** What was accepted is told even so: it is on its way to the targets. */
function tellRefused(ids: readonly string[], { complaint, exitCode }: RouterError, json: boolean): Outcome {
  const refused = complainOf(complaint, exitCode, json);
  if (ids.length === 0) return refused;
  return { ...refused, answer: json ? toJson({ accepted: ids }) : ids.join("\n") };
}

/** What the inlet wants to see: each from the environment, or of the router on this machine. */
function proofFor(
  router: RouterInReach,
  { secretEnv = DEFAULT_INLET_SECRET_NAME, pathTokenEnv, headerEnv }: TriggerOptions,
): Result<SenderProof, "secret_missing"> {
  const secret = readVariable(router, secretEnv, "Name the one that has the inlet's secret: --secret-env <name>.");
  if (!secret.ok) return secret;
  const proof: SenderProof = { secret: secret.value };
  if (pathTokenEnv !== undefined) {
    const token = readVariable(router, pathTokenEnv, "It is to have the token of the inlet's URL.");
    if (!token.ok) return token;
    proof.pathToken = token.value;
  }
  const [, name, variable] = /^([^=]+)=(.+)$/.exec(headerEnv ?? "") ?? [];
  if (name !== undefined && variable !== undefined) {
    const value = readVariable(router, variable, `It is to have the value of the header ${name}.`);
    if (!value.ok) return value;
    proof.header = { name, value: value.value };
  }
  return success(proof);
}

function readVariable({ localSecrets }: RouterInReach, name: string, remedy: string): Result<string, "secret_missing"> {
  const value = process.env[name] || localSecrets[name];
  return value ? success(value) : failure("secret_missing", `The variable ${name} has no secret in it. ${remedy}`);
}

function createBody(
  type: string,
  { version, source, set = [] }: TriggerOptions,
): Result<JsonObject, "type_unknown" | "version_unknown" | "set_invalid"> {
  const definition = findEvent(type);
  if (definition === undefined) {
    const nearest = nearestPath(type, EVENT_TYPES);
    const hint = nearest === undefined ? "`signalbox events` lists those that are." : `Did you mean ${nearest}?`;
    return failure("type_unknown", `${type} is not in the catalogue. ${hint}`);
  }
  const now = new Date();
  const fresh = { now, ids: (prefix: string) => prefix + randomBytes(9).toString("hex") };
  const example = exampleSendout(type, { ...fresh, ...(version && { version }), ...(source && { source }) });
  if (example === undefined) {
    const detail = `${definition.type} is not sent in ${version}, only in ${definition.versions.join(" and ")}.`;
    return failure("version_unknown", detail);
  }
  const settings = [];
  for (const text of set) {
    const setting = parseSetting(text);
    if (!setting.ok) return setting;
    settings.push(setting.value);
  }
  return success(withSettings(example, settings));
}

async function waitFor({ admin }: RouterInReach, ids: readonly string[], json: boolean | undefined): Promise<Outcome> {
  const records: SendoutRecord[] = [];
  for (const id of ids) {
    const record = await settledSendout(admin, id, PATIENCE_MS);
    if (record !== undefined) records.push(record);
  }
  const missing = ids.length - records.length;
  const exitCode = missing === 0 && records.every(isDelivered) ? 0 : 1;
  if (json) return answer(toJson({ accepted: ids, sendouts: records }), exitCode);
  const late = missing === 0 ? [] : [`${missing} accepted, but not in the ledger yet.`];
  return pageAnswer([...records.map(sendoutPage), ...late].join("\n\n"), exitCode);
}

/** Routed, and every delivery has arrived. */
function isDelivered({ deliveries }: SendoutRecord): boolean {
  return deliveries.length > 0 && deliveries.every(({ state }) => state === "delivered");
}
