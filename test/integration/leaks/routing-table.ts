// The table of the leak proof: a target for each way to prove oneself, and settings for everything that has secrets.

import type { Target } from "../target.ts";

/** Where everything is. */
export interface Places {
  crm: Target;
  tokens: Target;
  alerts: Target;
  /** Where nobody listens. */
  nobody: string;
  /** Voucherify's Management API, and the project it is asked about. */
  voucherify: { origin: string; project: string };
}

/** What each kind of target proves itself with. */
function authentications({ tokens }: Places): Record<string, object> {
  return {
    bearer: { type: "bearer", secret: "BEARER_KEY" },
    basic: { type: "basic", username: "signalbox", password: "BASIC_PASSWORD" },
    header: { type: "header", name: "x-api-key", secret: "HEADER_KEY", prefix: "Key " },
    query: { type: "query", name: "api_key", secret: "QUERY_KEY" },
    hmac: { type: "hmac", secret: "HMAC_KEY", header: "x-signature" },
    webhooks: { type: "standard_webhooks", secrets: ["WEBHOOK_KEY"] },
    oauth: {
      type: "oauth2_client_credentials",
      tokenUrl: `${tokens.url}/oauth`,
      clientId: "OAUTH_ID",
      clientSecret: "OAUTH_SECRET",
    },
    posted: {
      type: "oauth2_client_credentials",
      tokenUrl: `${tokens.url}/oauth-posted`,
      clientId: "OAUTH_ID",
      clientSecret: "OAUTH_SECRET",
      clientAuthentication: "client_secret_post",
    },
    google: { type: "google_service_account", key: "GOOGLE_KEY", scopes: ["pubsub"], tokenUrl: `${tokens.url}/google` },
    aws: {
      type: "aws_sigv4",
      service: "events",
      region: "eu-central-1",
      accessKeyId: "AWS_ID",
      secretAccessKey: "AWS_KEY",
      sessionToken: "AWS_SESSION",
    },
    vault: { type: "bearer", secret: "VAULT_KEY" },
    long: { type: "bearer", secret: "LONG_KEY" },
  };
}

/** What every request says, and where else it says it. */
const BODY = {
  email: "{{ customer.email }}",
  phone: "{{ customer.metadata.phone }}",
  name: "{{ customer.name }}",
  code: "{{ voucher.code }}",
};
const QUERY = { email: "{{ customer.email }}" };

/** The names of the targets that every redemption goes to. */
export function targetsOfAll(places: Places): string[] {
  return [...Object.keys(authentications(places)), "template", "path"];
}

/** The table. */
export function createTable(places: Places): Record<string, unknown> {
  const { crm, tokens, alerts, nobody, voucherify } = places;
  const target = (name: string, request: object, auth?: object) => ({
    request: { url: `${crm.url}/${name}`, query: QUERY, body: BODY, ...request },
    ...(auth !== undefined && { auth }),
    retry: [1],
  });
  const proven = Object.entries(authentications(places)).map(([name, auth]) => [name, target(name, {}, auth)]);
  const refusedClient = { type: "oauth2_client_credentials", clientId: "OAUTH_ID", clientSecret: "OAUTH_SECRET" };
  const inPlace = { $secret: "TEMPLATE_KEY" };
  return {
    inlets: {
      voucherify: { auth: { secrets: ["VOUCHERIFY_SECRET"] } },
      shop: {
        auth: { secrets: ["VOUCHERIFY_SECRET"] },
        requires: { pathToken: "SHOP_PATH_TOKEN", header: { name: "x-shop-key", secret: "SHOP_HEADER" } },
      },
    },
    targets: {
      ...Object.fromEntries(proven),
      template: target("template", {
        headers: { "x-key": inPlace },
        query: { key: inPlace },
        body: { ...BODY, key: inPlace },
      }),
      path: target("path", { url: `${crm.url}/path/`, query: {}, pathSecret: "PATH_KEY" }),
      failing: target("failing", { body: { count: "{{ $number(customer.metadata.note) }}" } }),
      refused: target("refused", {}, { ...refusedClient, tokenUrl: `${tokens.url}/refused` }),
      unreachable: target(
        "unreachable",
        { url: `${nobody}/{{ voucher.code }}` },
        { type: "bearer", secret: "BEARER_KEY" },
      ),
      passing: { ...target("passing", {}), payload: "as received", request: { url: `${crm.url}/passing` } },
      ordered: target("ordered", { body: { email: BODY.email } }),
    },
    routes: [
      {
        id: "redemptions",
        events: ["redemption.succeeded"],
        when: ["{{ $contains(customer.email, '@') }}"],
        to: targetsOfAll(places),
      },
      { id: "failures", events: ["redemption.failed"], to: ["failing", "unreachable", "refused"] },
      { id: "customers", events: ["customer.updated"], order: { by: "customer.email" }, to: ["ordered"] },
      { id: "vouchers", events: ["voucher.*", "customer.publication.*", "campaign.*"], to: ["passing"] },
    ],
    settings: {
      voucherify: {
        api: voucherify.origin,
        project: voucherify.project,
        managementId: "MANAGEMENT_ID",
        managementToken: "MANAGEMENT_TOKEN",
        inlet: "voucherify",
      },
      alerts: {
        channels: {
          team: { type: "slack", secret: "SLACK_PATH", least: "info" },
          duty: { type: "webhook", url: `${alerts.url}/alerts`, secrets: ["ALERTS_KEY"], least: "info" },
        },
        origin: "https://signalbox.example",
      },
    },
  };
}
