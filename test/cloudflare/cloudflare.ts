// Cloudflare's API on this machine, as far as the pinned wrangler uses it for a deploy. It was written down by running
// that wrangler against a server that only logged, and answering what it asked. It keeps what is made, so that a second
// deploy finds it, and fails where a test says so. A call that it does not know is an error and is remembered.

import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { createAccount, type Account } from "./account.ts";
import { refuse } from "./answers.ts";
import { assets } from "./assets.ts";
import { people } from "./people.ts";
import { queues } from "./queues.ts";
import { storage } from "./storage.ts";
import { workers } from "./workers.ts";

/** A call that fails. */
export interface Trouble {
  /** `POST /queues`, without what stands before the account's own path. */
  call: RegExp;
  status: ContentfulStatusCode;
  code: number;
  message: string;
  /** Whether the call does its work first, and only its answer is lost. */
  isDoneAnyway?: boolean;
}

/** A running fake. */
export interface Cloudflare {
  /** For CLOUDFLARE_API_BASE_URL. */
  url: string;
  token: string;
  account: Account;
  /** Every call since the last `forget`, as `METHOD /path`, without what stands before the account's own path. */
  calls: string[];
  /** Calls that the fake does not know. */
  unknown: string[];
  /** Fails from now on; the first that fits a call does. */
  troubles: Trouble[];
  stop(): Promise<void>;
}

const BASE = "/client/v4";

/** Starts a fake with one account, and with others that its token may see as well. */
export async function startCloudflare(others: readonly string[] = []): Promise<Cloudflare> {
  const account = createAccount("Acme");
  const fake: Fake = { token: `token-${account.id}`, account, calls: [], unknown: [], troubles: [] };
  const api = createApi(fake, [account, ...others.map(createAccount)]);
  const server = createServer((request, response) => void answer(api, request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // it listens on a port
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  return Object.assign(fake, { url: `http://127.0.0.1:${port}${BASE}`, stop });
}

type Fake = Pick<Cloudflare, "token" | "account" | "calls" | "unknown" | "troubles">;

function createApi(fake: Fake, accounts: readonly Account[]): Hono {
  const { account, token } = fake;
  const api = new Hono().basePath(BASE);
  api.use(async (c, next) => {
    const call = `${c.req.method} ${c.req.path.slice(BASE.length).replace(`/accounts/${account.id}`, "")}`;
    fake.calls.push(call);
    // Files are uploaded with a token of their own, which stands for what they belong to.
    if (c.req.header("authorization") !== `Bearer ${token}` && call !== "POST /workers/assets/upload")
      return refuse(c, 401, 10000, "Authentication error");
    const trouble = fake.troubles.find((one) => one.call.test(call));
    if (trouble === undefined || trouble.isDoneAnyway) await next();
    if (trouble !== undefined) c.res = refuse(c, trouble.status, trouble.code, trouble.message);
    return undefined;
  });
  api.route("/", people(accounts));
  const mine = `/accounts/${account.id}`;
  api.route(mine, storage(account)).route(mine, queues(account)).route(mine, assets(account));
  api.route(mine, workers(account));
  api.all("*", (c) => {
    fake.unknown.push(`${c.req.method} ${c.req.url}`);
    return refuse(c, 404, 7003, `The fake knows no ${c.req.method} ${c.req.path}`);
  });
  return api;
}

/** One request of Node's by a Hono app. */
async function answer(api: Hono, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = "GET", url = "/" } = request;
  const body = method === "GET" ? undefined : await buffer(request);
  const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)]);
  const answered = await api.fetch(
    new Request(new URL(url, "http://fake.invalid"), { method, headers, ...(body !== undefined && { body }) }),
  );
  response.writeHead(answered.status, Object.fromEntries(answered.headers));
  response.end(new Uint8Array(await answered.arrayBuffer()));
}
