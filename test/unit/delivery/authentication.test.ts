import * as v from "valibot";
import { describe, expect, it } from "vitest";
import {
  authenticationHeaders,
  authenticationSecrets,
  AuthenticationSchema,
  tokenUrlOf,
  type Authentication,
} from "../../../src/delivery/authentication.ts";
import { authenticationIssues, doubledHeaders } from "../../../src/delivery/authentication-issues.ts";
import { staticProof, type StaticAuthentication } from "../../../src/delivery/authentication/static-proof.ts";

const SECRETS = new Map([
  ["CRM_KEY", "key-1234"],
  ["CRM_PASSWORD", "pass:word"],
  ["ODD_PASSWORD", 'pä"ss'],
]);

/** The proof of an authentication; a name that it did not announce is an error. */
function proofOf(authentication: StaticAuthentication) {
  const announced = authenticationSecrets(authentication);
  return staticProof(authentication, (name) => {
    const value = announced.includes(name) ? SECRETS.get(name) : undefined;
    if (value === undefined) throw new Error(`${name} was not announced`);
    return value;
  });
}

const OAUTH: Authentication & { type: "oauth2_client_credentials" } = {
  type: "oauth2_client_credentials",
  tokenUrl: "https://auth.example.com/token",
  clientId: "CLIENT_ID",
  clientSecret: "CLIENT_SECRET",
};
const HMAC: Authentication & { type: "hmac" } = { type: "hmac", secret: "CRM_KEY", header: "X-Signature" };
const SIGV4: Authentication & { type: "aws_sigv4" } = {
  type: "aws_sigv4",
  service: "events",
  region: "eu-central-1",
  accessKeyId: "AWS_ID",
  secretAccessKey: "AWS_KEY",
};

/** Each kind with the secrets it names, the headers it sets and where its tokens come from. */
const KINDS: [Authentication, string[], string[], string?][] = [
  [{ type: "none" }, [], []],
  [{ type: "bearer", secret: "CRM_KEY" }, ["CRM_KEY"], ["authorization"]],
  [{ type: "basic", username: "zoe", password: "CRM_PASSWORD" }, ["CRM_PASSWORD"], ["authorization"]],
  [{ type: "header", name: "X-Api-Key", secret: "CRM_KEY" }, ["CRM_KEY"], ["x-api-key"]],
  [{ type: "query", name: "key", secret: "CRM_KEY" }, ["CRM_KEY"], []],
  [HMAC, ["CRM_KEY"], ["x-signature"]],
  [{ ...HMAC, timestampHeader: "X-Time" }, ["CRM_KEY"], ["x-signature", "x-time"]],
  [
    { type: "standard_webhooks", secrets: ["NEW", "OLD"] },
    ["NEW", "OLD"],
    ["webhook-id", "webhook-timestamp", "webhook-signature"],
  ],
  [OAUTH, ["CLIENT_ID", "CLIENT_SECRET"], ["authorization"], "https://auth.example.com/token"],
  [
    { ...OAUTH, clientAuthentication: "private_key_jwt", privateKey: "CLIENT_KEY" },
    ["CLIENT_ID", "CLIENT_KEY"],
    ["authorization"],
    "https://auth.example.com/token",
  ],
  [
    { type: "google_service_account", key: "GOOGLE_KEY", scopes: ["a"] },
    ["GOOGLE_KEY"],
    ["authorization"],
    "https://oauth2.googleapis.com/token",
  ],
  [
    { ...SIGV4, sessionToken: "AWS_SESSION" },
    ["AWS_ID", "AWS_KEY", "AWS_SESSION"],
    ["authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256"],
  ],
];

describe.each(KINDS)("%j", (authentication, secrets, headers, tokenUrl) => {
  it("is what the table may say, with a client certificate too", () => {
    expect(v.parse(AuthenticationSchema, authentication)).toEqual(authentication);
    const withCertificate = { ...authentication, mtls: "MTLS_CRM" };
    expect(v.parse(AuthenticationSchema, withCertificate)).toEqual(withCertificate);
  });

  it("names its secrets, its headers and its token endpoint", () => {
    expect(authenticationSecrets(authentication)).toEqual(secrets);
    expect(authenticationHeaders(authentication)).toEqual(headers);
    expect(tokenUrlOf(authentication)).toBe(tokenUrl);
  });
});

describe("a proof that is a secret in its place", () => {
  it.each<[string, StaticAuthentication, ReturnType<typeof staticProof>]>([
    ["none", { type: "none" }, { headers: [], sensitive: [] }],
    [
      "a bearer token",
      { type: "bearer", secret: "CRM_KEY" },
      { headers: [["authorization", "Bearer key-1234"]], sensitive: ["key-1234"] },
    ],
    [
      "user and password, hiding the two together as well",
      { type: "basic", username: "zoe", password: "CRM_PASSWORD" },
      {
        headers: [["authorization", "Basic em9lOnBhc3M6d29yZA=="]],
        sensitive: ["pass:word", "em9lOnBhc3M6d29yZA=="],
      },
    ],
    [
      "user and password in UTF-8",
      { type: "basic", username: "zoë", password: "ODD_PASSWORD" },
      { headers: [["authorization", "Basic em/Dqzpww6Qic3M="]], sensitive: ['pä"ss', "em/Dqzpww6Qic3M="] },
    ],
    [
      "a header of the target's own, in small letters",
      { type: "header", name: "X-Api-Key", secret: "CRM_KEY", prefix: "Key " },
      { headers: [["x-api-key", "Key key-1234"]], sensitive: ["key-1234"] },
    ],
    [
      "a query parameter",
      { type: "query", name: "api_secret", secret: "CRM_KEY" },
      { headers: [], query: [["api_secret", "key-1234"]], sensitive: ["key-1234"] },
    ],
  ])("is %s", (_name, authentication, proof) => {
    expect(proofOf(authentication)).toEqual(proof);
  });
});

describe("authenticationIssues", () => {
  const reserved = (name: string) =>
    `the header ${name} is reserved: for Signalbox, for signatures, or for what stands between it and the target`;

  it.each(KINDS.filter(([auth]) => auth.type !== "oauth2_client_credentials"))("has none for %j", (authentication) => {
    expect(authenticationIssues(authentication, "auth")).toEqual([]);
  });

  it.each<[string, Authentication, [path: string, message: string][]]>([
    ["a client with its secret", OAUTH, []],
    [
      "a client without its secret",
      { ...OAUTH, clientSecret: undefined },
      [["clientSecret", "client_secret_basic needs it"]],
    ],
    [
      "a client with the wrong one of two",
      { ...OAUTH, clientAuthentication: "private_key_jwt" },
      [
        ["privateKey", "private_key_jwt needs it"],
        ["clientSecret", "private_key_jwt does not use it"],
      ],
    ],
    [
      "a parameter that is there already",
      { ...OAUTH, parameters: { resource: "x", grant_type: "password" } },
      [["parameters.grant_type", "this parameter is part of the request already"]],
    ],
    ...[
      "ftp://auth.example.com/",
      "https://user:pass@auth.example.com/",
      "https://auth.example.com/#a",
      "https://{{ host }}/",
      "https://auth.example.com/{{x}}",
      "//auth.example.com",
      "https:\\\\auth.example.com",
    ].map((tokenUrl): [string, Authentication, [string, string][]] => [
      `the token address ${tokenUrl}`,
      { ...OAUTH, tokenUrl },
      [["tokenUrl", "expected https://host/… written out, without user, password, fragment or expressions"]],
    ]),
    [
      "a signature in a header that says what the body is",
      { ...HMAC, header: "Content-Type" },
      [["header", "this header says what the body is"]],
    ],
    [
      "a signature in a reserved header",
      { ...HMAC, header: "Signalbox-Hops" },
      [["header", reserved("Signalbox-Hops")]],
    ],
    [
      "a signature over a time that is not sent",
      { ...HMAC, signs: ["timestamp", "body"] },
      [["timestampHeader", "what signs a timestamp sends it in a header"]],
    ],
    [
      "a time in the signature's place",
      { ...HMAC, timestampHeader: "x-signature" },
      [["timestampHeader", "this header carries the signature"]],
    ],
    [
      "a secret that signs twice",
      { type: "standard_webhooks", secrets: ["A", "A"] },
      [["secrets", "a secret signs once"]],
    ],
  ])("says of %s what is wrong", (_name, authentication, issues) => {
    expect(authenticationIssues(authentication, "auth")).toEqual(
      issues.map(([path, message]) => ({ path: `auth.${path}`, message })),
    );
  });

  it("finds headers that a template sets as well, or that nobody may set", () => {
    const headers = { Authorization: "x", "x-ok": "x", "X-Forwarded-For": "127.0.0.1", "webhook-id": "x" };
    expect(doubledHeaders(SIGV4, headers, "headers")).toEqual([
      { path: "headers.Authorization", message: "auth sets this header already" },
      { path: "headers.X-Forwarded-For", message: reserved("X-Forwarded-For") },
      { path: "headers.webhook-id", message: reserved("webhook-id") },
    ]);
    expect(doubledHeaders(SIGV4, { "X-Amz-Target": "AWSEvents.PutEvents" }, "headers")).toEqual([]);
  });
});

describe("AuthenticationSchema", () => {
  it.each([
    ["an unknown type", { type: "digest", secret: "CRM_KEY" }],
    ["no type", { secret: "CRM_KEY" }],
    ["a bearer without its secret", { type: "bearer" }],
    ["a basic without its user", { type: "basic", password: "CRM_KEY" }],
    ["a header without its name", { type: "header", secret: "CRM_KEY" }],
    ["a secret's value in place of its name", { type: "bearer", secret: "key-1234" }],
    ["no secret that signs", { type: "standard_webhooks", secrets: [] }],
    ["a binding that is no certificate's", { type: "none", mtls: "LEDGER" }],
    ["a hash that is none", { ...HMAC, algorithm: "md5" }],
    ["a signature over nothing", { ...HMAC, signs: [] }],
    ["a region that leads elsewhere", { ...SIGV4, region: "x.evil.example" }],
    ["an unknown key", { type: "none", secret: "CRM_KEY" }],
  ])("refuses %s", (_name, authentication) => {
    expect(v.safeParse(AuthenticationSchema, authentication).success).toBe(false);
  });
});
