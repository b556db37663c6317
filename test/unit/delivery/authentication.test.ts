import * as v from "valibot";
import { describe, expect, it } from "vitest";
import {
  authenticationHeader,
  authenticationSecrets,
  AuthenticationSchema,
  type Authentication,
} from "../../../src/delivery/authentication.ts";

const SECRETS = new Map([
  ["CRM_KEY", "key-1234"],
  ["CRM_PASSWORD", "pass:word"],
  ["ODD_PASSWORD", 'pä"ss'],
]);

/** The header of an authentication; a name that it did not announce is an error. */
function headerOf(authentication: Authentication) {
  const announced = authenticationSecrets(authentication);
  return authenticationHeader(authentication, (name) => {
    const value = announced.includes(name) ? SECRETS.get(name) : undefined;
    if (value === undefined) throw new Error(`${name} was not announced`);
    return value;
  });
}

describe("authenticationSecrets", () => {
  it.each<[Authentication, string[]]>([
    [{ type: "none" }, []],
    [{ type: "bearer", secret: "CRM_KEY" }, ["CRM_KEY"]],
    [{ type: "basic", username: "zoe", password: "CRM_PASSWORD" }, ["CRM_PASSWORD"]],
    [{ type: "header", name: "X-Api-Key", secret: "CRM_KEY" }, ["CRM_KEY"]],
  ])("names what %j needs", (authentication, names) => {
    expect(authenticationSecrets(authentication)).toEqual(names);
  });
});

describe("authenticationHeader", () => {
  it("is none when nothing authenticates", () => {
    expect(headerOf({ type: "none" })).toBeUndefined();
  });

  it("is a bearer token", () => {
    expect(headerOf({ type: "bearer", secret: "CRM_KEY" })).toEqual({
      name: "authorization",
      value: "Bearer key-1234",
      sensitive: ["key-1234"],
    });
  });

  it("is user and password, and hides the two together as well", () => {
    expect(headerOf({ type: "basic", username: "zoe", password: "CRM_PASSWORD" })).toEqual({
      name: "authorization",
      value: "Basic em9lOnBhc3M6d29yZA==",
      sensitive: ["pass:word", "em9lOnBhc3M6d29yZA=="],
    });
  });

  it("writes user and password in UTF-8", () => {
    expect(headerOf({ type: "basic", username: "zoë", password: "ODD_PASSWORD" })).toEqual({
      name: "authorization",
      value: "Basic em/Dqzpww6Qic3M=",
      sensitive: ['pä"ss', "em/Dqzpww6Qic3M="],
    });
  });

  it("is a header of the target's own, in small letters", () => {
    expect(headerOf({ type: "header", name: "X-Api-Key", secret: "CRM_KEY" })).toEqual({
      name: "x-api-key",
      value: "key-1234",
      sensitive: ["key-1234"],
    });
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
    ["an unknown key", { type: "none", secret: "CRM_KEY" }],
  ])("refuses %s", (_name, authentication) => {
    expect(v.safeParse(AuthenticationSchema, authentication).success).toBe(false);
  });
});
