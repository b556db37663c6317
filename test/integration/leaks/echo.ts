// Targets that say all they have heard, in every form in which services do: in bodies, headers, errors and redirects.

import type { Behaviour, ReceivedRequest } from "../target.ts";
import { CUSTOMER, FETCHED_TOKENS, VAULT_VALUES, WORKER_SECRETS } from "./values.ts";

/** Answers with a status and an echo of the request. */
export function echo(status: number): Behaviour {
  return (res, request) => {
    const said = JSON.stringify({ ...request, body: parsed(request.body), credentials: credentialsOf(request) });
    const bytes = Buffer.from(said);
    const body = {
      message: `no contact ${nameIn(request.body).toLowerCase()} with this voucher`,
      error: said,
      debug: bytes.toString("base64"),
      trace: bytes.toString("hex"),
      url: encodeURIComponent(said),
      form: new URLSearchParams({ said }).toString(),
    };
    res.writeHead(status, echoHeaders(request)).end(JSON.stringify(body));
  };
}

/** Points elsewhere, with the credentials and the body in path and query. */
export const redirect: Behaviour = (res, request) => {
  const said = encodeURIComponent([...credentialsOf(request), request.body].join(" "));
  const location = `https://elsewhere.example/${said}?token=${said}#${said}`;
  res.writeHead(302, { ...echoHeaders(request), location }).end();
};

/** Says what it has heard so often that whoever reads has to stop in the middle of it. */
export const echoWithoutEnd: Behaviour = (res, request) => {
  res
    .writeHead(400, { "content-type": "text/plain" })
    .end(`${credentialsOf(request).join(" ")} `.repeat(1_000).slice(0, 300_000));
};

/** Hangs up. */
export const hangUp: Behaviour = (res) => void res.destroy();

/** Gives the tokens that belong to a path; at `/refused` none, but all that it was told. */
export const giveToken: Behaviour = (res, request, count) => {
  const { path } = request;
  if (path === "/refused") return echo(400)(res, request, count);
  const token = path === "/google" ? FETCHED_TOKENS.google : FETCHED_TOKENS.oauth;
  res
    .writeHead(200, { "content-type": "application/json" })
    .end(JSON.stringify({ access_token: token, expires_in: 3_600 }));
};

function echoHeaders(request: ReceivedRequest): Record<string, string> {
  const credentials = credentialsOf(request);
  const named = credentials.flatMap((value, index) => [
    [`x-echo-${index}`, value],
    [`x-coded-${index}`, Buffer.from(value).toString("base64")],
  ]);
  return {
    ...Object.fromEntries(named.slice(0, 12)),
    "content-type": "application/json",
    "set-cookie": `seen=${encodeURIComponent(credentials.join())}`,
    "www-authenticate": `Bearer error=${JSON.stringify(credentials.join())}`,
  };
}

/** The customer, as far as a body says who that is. */
function nameIn(body: string): string {
  return body.includes(CUSTOMER.name) ? CUSTOMER.name : "";
}

/** As most services repeat a body: the value, not its text. */
function parsed(body: string): unknown {
  return body.startsWith("{") ? JSON.parse(body) : body;
}

/** What a request proves its sender with, as the target understands it. */
function credentialsOf({ headers, path, body }: ReceivedRequest): string[] {
  const authorization = headers.authorization ?? "";
  const [, token = ""] = authorization.split(" ");
  const { searchParams, pathname } = new URL(path, "http://target.example");
  return [
    authorization,
    token,
    authorization.startsWith("Basic ") ? Buffer.from(token, "base64").toString() : "",
    String(headers["x-api-key"] ?? ""),
    String(headers["x-key"] ?? ""),
    String(headers["x-amz-security-token"] ?? ""),
    searchParams.get("api_key") ?? "",
    searchParams.get("key") ?? "",
    pathname.split("/").at(-1) ?? "",
    ...(String(headers["content-type"]).includes("form") ? new URLSearchParams(body).values() : []),
  ].filter((value) => value.length > 8);
}

/** The names of the secrets that targets have heard: what was never sent cannot have been kept back. */
export function heardSecrets(requests: readonly ReceivedRequest[]): string[] {
  const heard = requests.flatMap((request) => [...credentialsOf(request), ...textsOf(request)]).join("\n");
  const values = { ...WORKER_SECRETS, VAULT_KEY: VAULT_VALUES.second };
  return Object.entries(values).flatMap(([name, value]) => (heard.includes(value) ? [name] : []));
}

/** What a request says, as whoever reads it understands it. */
function textsOf({ path, headers, body }: ReceivedRequest): string[] {
  const clients = [headers.authorization ?? ""].filter((text) => text.startsWith("Basic "));
  const decoded = clients.map((text) => Buffer.from(text.slice(6), "base64").toString());
  const values = body.startsWith("{") ? Object.values(JSON.parse(body) as object) : [];
  return [
    path,
    ...decoded.flatMap((text) => [...new URLSearchParams(`v=${text}`).values(), decodeURIComponent(text)]),
    ...values.map(String),
  ];
}
