// What is wrong with an authentication beside its shape: found when a table is published, before anything is sent. Pure.

import type { Issue } from "../issues.ts";
import { headerNameIssue } from "../translation/headers.ts";
import { authenticationHeaders, tokenUrlOf, type Authentication, type ClientCredentials } from "./authentication.ts";
import { reservedHeaderIssue } from "./reserved-headers.ts";

/** Parameters of a token request that are its own. */
const OWN_PARAMETERS: ReadonlySet<string> = new Set([
  "grant_type",
  "client_id",
  "client_secret",
  "client_assertion",
  "client_assertion_type",
  "scope",
  "audience",
]);

/** What does not fit, by its place. `path` is where the authentication stands: `targets.crm.auth`. */
export function authenticationIssues(auth: Authentication, path: string): Issue[] {
  const issues = specialIssues(auth, path);
  const tokenUrl = tokenUrlOf(auth);
  const message = tokenUrl === undefined ? undefined : tokenUrlIssue(tokenUrl);
  if (message !== undefined) issues.push({ path: `${path}.tokenUrl`, message });
  return issues;
}

/** Headers that a request template sets although the authentication or Signalbox does. */
export function doubledHeaders(
  auth: Authentication,
  headers: Readonly<Record<string, unknown>>,
  path: string,
): Issue[] {
  const own = new Set(authenticationHeaders(auth));
  return Object.keys(headers).flatMap((name) => {
    const message = own.has(name.toLowerCase()) ? "auth sets this header already" : reservedHeaderIssue(name);
    return message === undefined ? [] : [{ path: `${path}.${name}`, message }];
  });
}

function specialIssues(auth: Authentication, path: string): Issue[] {
  switch (auth.type) {
    case "header":
      return headerIssues(auth.name, `${path}.name`);
    case "hmac": {
      const { header, timestampHeader, signs = [] } = auth;
      const issues = headerIssues(header, `${path}.header`);
      if (timestampHeader !== undefined) issues.push(...headerIssues(timestampHeader, `${path}.timestampHeader`));
      if (timestampHeader?.toLowerCase() === header.toLowerCase())
        issues.push({ path: `${path}.timestampHeader`, message: "this header carries the signature" });
      if (signs.includes("timestamp") && timestampHeader === undefined)
        issues.push({ path: `${path}.timestampHeader`, message: "what signs a timestamp sends it in a header" });
      return issues;
    }
    case "oauth2_client_credentials":
      return clientIssues(auth, path);
    case "standard_webhooks":
      return new Set(auth.secrets).size === auth.secrets.length
        ? []
        : [{ path: `${path}.secrets`, message: "a secret signs once" }];
    case "none":
    case "bearer":
    case "basic":
    case "query":
    case "google_service_account":
    case "aws_sigv4":
      return [];
  }
}

function headerIssues(name: string, path: string): Issue[] {
  const message =
    name.toLowerCase() === "content-type"
      ? "this header says what the body is"
      : (headerNameIssue(name) ?? reservedHeaderIssue(name));
  return message === undefined ? [] : [{ path, message }];
}

function clientIssues(auth: ClientCredentials, path: string): Issue[] {
  const asserts = auth.clientAuthentication === "private_key_jwt";
  const issues: Issue[] = [];
  const [needed, unused] = asserts
    ? (["privateKey", "clientSecret"] as const)
    : (["clientSecret", "privateKey"] as const);
  const kind = auth.clientAuthentication ?? "client_secret_basic";
  if (auth[needed] === undefined) issues.push({ path: `${path}.${needed}`, message: `${kind} needs it` });
  if (auth[unused] !== undefined) issues.push({ path: `${path}.${unused}`, message: `${kind} does not use it` });
  for (const name of Object.keys(auth.parameters ?? {})) {
    if (!OWN_PARAMETERS.has(name)) continue;
    issues.push({ path: `${path}.parameters.${name}`, message: "this parameter is part of the request already" });
  }
  return issues;
}

function tokenUrlIssue(tokenUrl: string): string | undefined {
  const plain = "expected https://host/… written out, without user, password, fragment or expressions";
  if (!/^https?:\/\/[^\s\\]+$/i.test(tokenUrl) || !URL.canParse(tokenUrl)) return plain;
  const { username, password, hash } = new URL(tokenUrl);
  return username + password + hash === "" && !tokenUrl.includes("{{") ? undefined : plain;
}
