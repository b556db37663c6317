// A router whose every answer, log line, queue message and command is on record, with the systems around it.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { vi } from "vitest";
import { signBody } from "../../../src/voucherify/signature.ts";
import { startRouter, type Router } from "../../../cli/local/router.ts";
import { startManagementApi } from "../../voucherify/management-api.ts";
import { runInProcess, type Ended } from "../shell.ts";
import type { SendoutView } from "../signalbox.ts";
import { startTarget } from "../target.ts";
import { createVoucherify } from "../voucherify.ts";
import { echo, giveToken } from "./echo.ts";
import { ALERTS, ANSWERS, COMMANDS, createRecording, LOG, QUEUES, type Recording } from "./recording.ts";
import type { Places } from "./routing-table.ts";
import { secret, secretsBefore, WORKER_SECRETS, type Sought } from "./values.ts";

/** How a call is made, and how its answer is put on record. */
export interface How {
  /** Who calls: the token to show; the admin token when left out. Null shows none. */
  token?: string | null;
  headers?: Record<string, string>;
  /** What the answer may show of payloads; by the token and `reveal=true` when left out. */
  shows?: keyof typeof ANSWERS;
  /** A secret that the answer shows, this once. */
  gives?: (json: Json) => string;
}

/** An answer of the router, of which the run looks at some. */
export type Json = Record<string, unknown>;

/** A router under observation. */
export interface Observed {
  record: Recording;
  places: Places;
  voucherify: ReturnType<typeof createVoucherify>;
  /** Every secret there is by now. */
  secrets: Sought[];
  /** Tokens that were made, by what they are for. */
  tokens: Record<string, string>;
  url: string;
  ask: (
    method: string,
    path: string,
    body?: unknown,
    how?: How,
  ) => Promise<{ status: number; json: Json; cookie: string }>;
  /** Posts a body to an inlet, signed. */
  post: (body: string, path?: string, headers?: Record<string, string>) => Promise<{ status: number; id: string }>;
  /** Waits until a sendout is on record, and its deliveries as wanted. */
  found: (id: string, until?: (view: SendoutView) => boolean) => Promise<SendoutView>;
  /** Runs a command line; what it prints may show payloads where it asks to. */
  run: (
    line: string,
    how?: { input?: string; shows?: keyof typeof COMMANDS; gives?: (ended: Ended) => string },
  ) => Promise<Ended>;
  cron: () => Promise<void>;
  /** Where commands are run and files are; the router's storage is in `state`. */
  folder: string;
  state: string;
  /** Ends everything, and puts on record what people were told. */
  stop: () => Promise<void>;
  /** Removes every file. */
  remove: () => void;
}

/** Starts everything. */
export async function observe(): Promise<Observed> {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-leaks-"));
  const record = createRecording();
  const [crm, tokens, alerts, nobody] = await Promise.all([startTarget(), startTarget(), startTarget(), startTarget()]);
  await nobody.stop();
  crm.behave(echo(200));
  tokens.behave(giveToken);
  const router = await start(folder, record, alerts.url);
  const voucherify = createVoucherify({
    targetUrl: `${router.url}/in/voucherify`,
    secret: WORKER_SECRETS.VOUCHERIFY_SECRET,
  });
  const credentials = { id: WORKER_SECRETS.MANAGEMENT_ID, token: WORKER_SECRETS.MANAGEMENT_TOKEN };
  const api = await startManagementApi({ registry: voucherify.registry, credentials });
  const project = voucherify.registry.projectId;
  const places = { crm, tokens, alerts, nobody: nobody.url, voucherify: { origin: api.origin, project } };
  const observed = {
    record,
    places,
    voucherify,
    secrets: secretsBefore(),
    tokens: {},
    url: router.url,
    folder,
    state: join(folder, "state"),
  };
  const calls = createCalls(observed);
  let isStopped = false;
  return {
    ...observed,
    ...calls,
    cron: async () => router.runCron(),
    stop: async () => {
      if (isStopped) return;
      isStopped = true;
      await router.stop();
      await Promise.all([crm.stop(), tokens.stop(), alerts.stop(), api.stop()]);
      for (const { path, body } of alerts.requests)
        record.add(ALERTS, path.startsWith("/services/") ? body : path + body);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function start(folder: string, record: Recording, slackOrigin: string): Promise<Router> {
  const configPath = join(folder, "wrangler.toml");
  const main = resolve("test/unit/workers/record-queues.ts");
  writeFileSync(configPath, readFileSync("wrangler.toml", "utf8").replace("src/index.ts", main));
  return startRouter({
    configPath,
    port: 0,
    bindings: {
      ...WORKER_SECRETS,
      SIGNALBOX_LOCAL_TARGETS: "allow",
      SIGNALBOX_JOURNAL: "on",
      SLACK_ORIGIN: slackOrigin,
    },
    stateDir: join(folder, "state"),
    onLog: (level, message) => record.add(message.startsWith("queued ") ? QUEUES : LOG, `${level} ${message}`),
  });
}

/** What calls are made of. */
type Around = Pick<Observed, "record" | "secrets" | "tokens" | "url" | "folder">;

function createCalls({ record, secrets, tokens, url, folder }: Around) {
  const ask: Observed["ask"] = async (method, path, body, how = {}) => {
    const { token = WORKER_SECRETS.SIGNALBOX_ADMIN_TOKEN, headers = {}, gives } = how;
    const answer = await fetch(url + path, {
      method,
      headers: { ...(token !== null && { authorization: `Bearer ${token}` }), ...headers },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    let text = await answer.text();
    const json = (text.startsWith("{") ? JSON.parse(text) : {}) as Json;
    if (gives !== undefined) {
      const value = gives(json);
      secrets.push(secret(`made by ${method} ${path}`, value));
      text = text.replace(value, "(shown this once)");
    }
    const cookie = answer.headers.getSetCookie()[0]?.split(";", 1)[0] ?? "";
    const [, session = ""] = cookie.split("=");
    if (session !== "") secrets.push(secret("session cookie", session));
    const headersShown = [...answer.headers].filter(([name]) => name !== "set-cookie");
    const shows =
      how.shows ?? (token === tokens["viewer"] ? "hidden" : path.includes("reveal=true") ? "revealed" : "masked");
    record.add(ANSWERS[shows], JSON.stringify([answer.status, headersShown]) + text);
    return { status: answer.status, json, cookie };
  };

  const post: Observed["post"] = async (body, path = "voucherify", headers = {}) => {
    const signature = await signBody(new TextEncoder().encode(body), WORKER_SECRETS.VOUCHERIFY_SECRET);
    const { status, json } = await ask("POST", `/in/${path}`, body, {
      token: null,
      headers: { "x-voucherify-signature": signature, ...headers },
      shows: "sender",
    });
    return { status, id: typeof json["id"] === "string" ? json["id"] : "" };
  };

  const found: Observed["found"] = async (id, until = isOver) =>
    vi.waitFor(
      async () => {
        const { json } = await ask("GET", `/admin/sendouts/${id}?reveal=true`);
        const view = json as unknown as SendoutView; // the API's own answer
        if (view.deliveries === undefined || !until(view))
          throw new Error(`not yet: ${JSON.stringify(statesOf(view))}`);
        return view;
      },
      { timeout: 20_000, interval: 100 },
    );

  const run: Observed["run"] = async (line, { input = "", shows = "masked", gives } = {}) => {
    const env = {
      SIGNALBOX_URL: url,
      SIGNALBOX_ADMIN_TOKEN: WORKER_SECRETS.SIGNALBOX_ADMIN_TOKEN,
      VOUCHERIFY_SECRET: WORKER_SECRETS.VOUCHERIFY_SECRET,
      NO_COLOR: "1",
    };
    const ended = await runInProcess(line.split(" "), { folder, input, env });
    let text = `${ended.out}\n${ended.err}`;
    if (gives !== undefined) {
      const value = gives(ended);
      secrets.push(secret("made by a command", value));
      text = text.replace(value, "(shown this once)");
    }
    record.add(COMMANDS[shows], text);
    return ended;
  };
  return { ask, post, found, run };
}

function statesOf({ deliveries }: Partial<SendoutView>): unknown {
  return deliveries?.map(({ target, state, reason }) => `${target} ${state} ${reason ?? ""}`);
}

/** Whether every delivery has come to its end, or waits for a person. */
export function isOver({ deliveries }: SendoutView): boolean {
  return deliveries.every(({ state }) => ["delivered", "failed", "held", "expired", "cancelled"].includes(state));
}
