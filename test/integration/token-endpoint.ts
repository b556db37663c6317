// A real token endpoint and a target that takes its tokens, with a Worker that sends.

import type { IncomingHttpHeaders } from "node:http";
import type { Authentication } from "../../src/delivery/authentication.ts";
import { startSender, type Sent } from "./send-in-workerd.ts";
import { startTarget, status, type Behaviour, type Target } from "./target.ts";

/** The secret of every client, with signs that forms and headers have to escape. */
export const CLIENT_SECRET = "s3cret/+&=~ ü";

/** What tokens are asked for and sent with. */
export interface Tokens {
  target: Target;
  endpoint: Target;
  /** Makes an attempt at the target. */
  send: (auth: Authentication, path?: string) => Promise<Sent>;
  /** An authentication whose tokens no other test has: they are kept for as long as the Worker lives. */
  client: (more?: object) => Authentication;
  /** The token requests of an authentication, as forms. */
  asked: (auth: Authentication) => TokenRequest[];
  /** Has the endpoint give tokens and the target take them. */
  behave: () => void;
  stop: () => Promise<void>;
}

/** A request for a token. */
interface TokenRequest {
  headers: IncomingHttpHeaders;
  form: Record<string, string>;
}

/** Starts endpoint, target and Worker, which has these secrets beside the client's. */
export async function startTokens(secrets: Record<string, string> = {}): Promise<Tokens> {
  const [target, endpoint] = [await startTarget(), await startTarget()];
  const bindings = { SIGNALBOX_LOCAL_TARGETS: "allow", CLIENT_ID: "client:1", CLIENT_SECRET, ...secrets };
  const sender = await startSender(bindings);
  let clients = 0;
  return {
    target,
    endpoint,
    send: async (auth, path = "/hook") => sender.send({ url: target.url + path, auth }),
    client: (more = {}) => ({
      type: "oauth2_client_credentials",
      tokenUrl: `${endpoint.url}/token/${++clients}`,
      clientId: "CLIENT_ID",
      clientSecret: "CLIENT_SECRET",
      ...more,
    }),
    asked: (auth) => {
      if (!("tokenUrl" in auth) || auth.tokenUrl === undefined) throw new Error("it has no token endpoint");
      return endpoint
        .to(new URL(auth.tokenUrl).pathname)
        .map(({ headers, body }) => ({ headers, form: Object.fromEntries(new URLSearchParams(body)) }));
    },
    behave: () => {
      endpoint.behave(giveTokens());
      target.behave(status(200));
    },
    stop: async () => {
      await sender.stop();
      await endpoint.stop();
      await target.stop();
    },
  };
}

/** Gives tokens, each one another, that live for an hour unless told otherwise. */
export function giveTokens(more: object = { expires_in: 3_600 }): Behaviour {
  return (res, _request, count) =>
    void res
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify({ access_token: `token-${count}`, token_type: "Bearer", ...more }));
}
