import { describe, expect, it } from "vitest";
import { compileTable } from "../../../src/routing/compile.ts";
import { secretUses } from "../../../src/routing/secret-uses.ts";
import { DEFAULT_TABLE } from "../../../src/routing/table.ts";

function usesIn(document: object) {
  const compiled = compileTable({ inlets: {}, routes: [], ...document });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues));
  return Object.fromEntries(secretUses(compiled.value));
}

describe("secretUses", () => {
  it("has the secrets of inlets, authentications and templates, each once, with who needs it", () => {
    const uses = usesIn({
      inlets: {
        a: { auth: { secrets: ["IN_NEW", "IN_OLD"] }, requires: { pathToken: "TOKEN" } },
        b: { auth: "none" },
        c: { auth: { secrets: ["IN_OLD"] } },
      },
      targets: {
        crm: {
          request: {
            url: "https://crm.example.com/a",
            body: { k: { $secret: "CRM_BODY" }, l: { $secret: "CRM_KEY" } },
          },
          auth: { type: "bearer", secret: "CRM_KEY" },
        },
        mail: {
          request: { url: "https://mail.example.com:443/b" },
          auth: { type: "basic", username: "u", password: "CRM_KEY" },
        },
      },
    });
    expect(uses).toEqual({
      IN_NEW: { targets: [], inlets: ["a"], settings: [], hosts: [] },
      IN_OLD: { targets: [], inlets: ["a", "c"], settings: [], hosts: [] },
      TOKEN: { targets: [], inlets: ["a"], settings: [], hosts: [] },
      CRM_KEY: {
        targets: ["crm", "mail"],
        inlets: [],
        settings: [],
        hosts: ["https://crm.example.com", "https://mail.example.com"],
      },
      CRM_BODY: { targets: ["crm"], inlets: [], settings: [], hosts: ["https://crm.example.com"] },
    });
  });

  it("counts the place that tokens come from, the usual one of Google included", () => {
    const request = { url: "https://api.example.com/x" };
    const client = { type: "oauth2_client_credentials", clientId: "ID", clientSecret: "SECRET" };
    const google = { type: "google_service_account", key: "KEY", scopes: ["s"] };
    const uses = usesIn({
      targets: {
        a: { request, auth: { ...client, tokenUrl: "https://login.example.com:8443/token" } },
        b: { request, auth: google },
      },
    });
    expect(uses["ID"]?.hosts).toEqual(["https://api.example.com", "https://login.example.com:8443"]);
    expect(uses["SECRET"]).toEqual(uses["ID"]);
    expect(uses["KEY"]?.hosts).toEqual(["https://api.example.com", "https://oauth2.googleapis.com"]);
  });

  it("counts every request of a recipe's target", () => {
    const uses = usesIn({
      targets: { chat: { recipe: "slack-webhook", secrets: { path: "SLACK_PATH" }, settings: {} } },
    });
    expect(uses["SLACK_PATH"]?.hosts).toEqual(["https://hooks.slack.com"]);
  });

  it("has the secrets of the settings, with the one host that they go to", () => {
    const uses = usesIn({
      inlets: { shop: { auth: "none" } },
      targets: {},
      settings: {
        voucherify: {
          api: "https://us1.api.voucherify.io/",
          project: "proj_1",
          managementId: "MANAGEMENT_ID",
          managementToken: "MANAGEMENT_TOKEN",
          inlet: "shop",
        },
      },
    });
    const hosts = ["https://us1.api.voucherify.io"];
    expect(uses).toEqual({
      MANAGEMENT_ID: { targets: [], inlets: [], settings: ["settings.voucherify.managementId"], hosts },
      MANAGEMENT_TOKEN: { targets: [], inlets: [], settings: ["settings.voucherify.managementToken"], hosts },
    });
  });

  it("knows the inlet that is there before any table was published", () => {
    expect(usesIn(DEFAULT_TABLE)).toEqual({
      VOUCHERIFY_SECRET: { targets: [], inlets: ["voucherify"], settings: [], hosts: [] },
    });
  });
});
