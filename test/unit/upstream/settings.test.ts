// The table's settings for Voucherify: which addresses credentials may be sent to, and which names they may have.

import { describe, expect, it } from "vitest";
import { addressIssues, compileTable } from "../../../src/routing/compile.ts";

const GOOD = {
  api: "https://api.voucherify.io",
  project: "proj_TrlkLiH4",
  managementId: "MANAGEMENT_ID",
  managementToken: "MANAGEMENT_TOKEN",
  inlet: "shop",
};

function compile(voucherify: object) {
  return compileTable({
    inlets: { shop: { auth: "none" } },
    targets: {},
    routes: [],
    settings: { voucherify: { ...GOOD, ...voucherify } },
  });
}

describe("settings.voucherify", () => {
  it.each([
    "https://api.voucherify.io",
    "https://us1.api.voucherify.io/",
    "https://as1.api.voucherify.io:443",
    "https://acme.voucherify.io",
  ])("takes the address %s", (api) => {
    const compiled = compile({ api });
    const origin = new URL(api).origin;
    expect(compiled).toMatchObject({
      value: { source: { settings: { voucherify: { api: origin, reenable: "ask" } } } },
    });
    if (compiled.ok) expect(addressIssues(compiled.value, false)).toEqual([]);
  });

  it.each([
    "http://api.voucherify.io",
    "https://voucherify.io",
    "https://voucherify.io.example.com",
    "https://evilvoucherify.io",
    "https://api.voucherify.io:8443",
    "https://api.voucherify.io/management",
    "https://user@api.voucherify.io",
    "https://api.voucherify.io.",
    "https://example.com#.voucherify.io",
    "us1",
  ])("does not take the address %s", (api) => {
    expect(compile({ api })).toMatchObject({ issues: [{ path: "settings.voucherify.api" }] });
  });

  it("takes an address of this machine only where local targets are allowed", () => {
    const compiled = compile({ api: "http://127.0.0.1:4010" });
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues));
    expect(addressIssues(compiled.value, true)).toEqual([]);
    expect(addressIssues(compiled.value, false)).toMatchObject([{ path: "settings.voucherify.api" }]);
  });

  it.each([
    [{ inlet: "till" }, "inlet", 'there is no inlet "till"'],
    [{ inlet: "constructor" }, "inlet", 'there is no inlet "constructor"'],
    [{ managementToken: "SIGNALBOX_ADMIN_TOKEN" }, "managementToken", "belongs to Signalbox itself"],
    [{ managementId: "VOUCHERIFY_SECRET" }, "managementId", "belongs to Signalbox itself"],
    [{ managementToken: "7f0c-token-itself" }, "managementToken", "a secret's name has capitals"],
    [{ project: "../../v1" }, "project", "like proj_…"],
    [{ webhook: "distr_1" }, "webhook", "like wh_…"],
    [{ reenable: "always" }, "reenable", "expected"],
    [{ origin: "https://signalbox.example.com/in" }, "origin", "scheme and host alone"],
  ])("names what is wrong with %j", (part, key, message) => {
    const compiled = compile(part);
    const issues = compiled.ok ? [] : compiled.issues;
    expect(issues).toEqual([{ path: `settings.voucherify.${key}`, message: expect.stringContaining(message) }]);
    expect(JSON.stringify(issues)).not.toContain("token-itself");
  });
});
