// Targets that use a recipe: what they become, what they may say beside it, and what the recipe says for them.

import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { AuthenticationSchema } from "../../../src/delivery/authentication.ts";
import { RECIPES } from "../../../src/recipes/registry.ts";
import { accepted, BRAZE, issuesOf, render, SLACK, type Use } from "./recipe-targets.ts";

describe("a target with a recipe", () => {
  it("becomes the recipe's requests, by family of events, with its policy kept", () => {
    const target = accepted({ ...BRAZE, retry: "short", timeoutMs: 500, payload: "v2024-01-01" });
    expect(target).toMatchObject({ id: "it", retry: "short", timeoutMs: 500, payload: "v2024-01-01" });
    expect([...target.requests.keys()]).toEqual([...target.sources.keys()]);
    expect(target.requests.has("redemption")).toBe(true);
    expect(target.requests.has("any")).toBe(false);
  });

  it("is sent to the host that its choice stands for", async () => {
    expect(await render(BRAZE)).toMatchObject({ url: "https://rest.fra-01.braze.eu/users/track" });
    expect(await render({ ...BRAZE, settings: { instance: "US-08" } })).toMatchObject({
      url: "https://rest.iad-08.braze.com/users/track",
    });
  });

  it("is refused an event that the recipe has no request for", async () => {
    const sid = "0".repeat(32);
    const target = { recipe: "twilio", settings: { account: `AC${sid}`, user: `SK${sid}`, service: `MG${sid}` } };
    expect(await render(target, "campaign.updated")).toEqual({ refused: "recipe_without_request" });
  });

  it("takes the recipe's own words where a setting is left out or empty, and somebody's where it is not", async () => {
    const text = { body: { text: expect.stringMatching(/^Redemption Succeeded: /) } };
    expect(await render(SLACK)).toMatchObject(text);
    expect(await render({ ...SLACK, settings: { ...SLACK.settings, text: "" } })).toMatchObject(text);
    expect(
      await render({ ...SLACK, settings: { ...SLACK.settings, text: "{{ $webhook.event.type }}!" } }),
    ).toMatchObject({ body: { channel: "C024BE91L", text: "redemption.succeeded!" } });
  });
});

describe("what a recipe knows of its destination's limits", () => {
  const ALERTS = { recipe: "slack", settings: { channel: "C024BE91L" } };

  it("holds where the target says nothing", () => {
    expect(accepted(ALERTS)).toMatchObject({ limits: { perSecond: 1 }, onAmbiguous: "hold" });
    expect(
      accepted({ recipe: "mailchimp-event", settings: { data_centre: "us21", audience: "a1b2c3d4e5" } }),
    ).toMatchObject({ limits: { concurrency: 10 } });
    const attentive = accepted({ recipe: "attentive" });
    expect(attentive).toMatchObject({ limits: { perSecond: 150 }, maxAgeSeconds: 43_200 });
    expect(attentive).not.toHaveProperty("onAmbiguous");
  });

  it("gives way to what the target says", () => {
    const own = { limits: { perSecond: 5, concurrency: 2 }, onAmbiguous: "retry", maxAgeSeconds: 60 };
    expect(accepted({ ...ALERTS, ...own })).toMatchObject(own);
  });

  it("is no more than a gate admits", () => {
    expect(RECIPES.find(({ id }) => id === "iterable-events")?.limits.ratePerSecond).toBe(2_000);
    expect(accepted({ recipe: "iterable-events" }).limits).toEqual({ perSecond: 1_000 });
  });
});

describe("a recipe's secrets", () => {
  it("have names of their own when nobody says", async () => {
    expect(accepted(BRAZE)).toMatchObject({ auth: { type: "bearer", secret: "BRAZE_API_KEY" } });
    expect([...accepted(BRAZE).secrets]).toEqual(["BRAZE_API_KEY"]);
    expect([...accepted({ recipe: "slack-webhook" }).secrets]).toEqual(["SLACK_WEBHOOK_PATH"]);
    expect(await render({ recipe: "slack-webhook" })).toMatchObject({
      url: "https://hooks.slack.com/services/<SLACK_WEBHOOK_PATH>",
    });
  });

  it("are the Worker secrets that the target names", async () => {
    const target = { recipe: "slack-webhook", secrets: { path: "TEAM_HOOK" } };
    expect([...accepted(target).secrets]).toEqual(["TEAM_HOOK"]);
    expect(await render(target)).toMatchObject({ url: "https://hooks.slack.com/services/<TEAM_HOOK>" });
    expect(accepted({ ...BRAZE, secrets: { api_key: "OTHER" } })).toMatchObject({ auth: { secret: "OTHER" } });
  });

  it("that it can do without count only when the target names them", () => {
    const target = { recipe: "webhook", settings: { host: "hooks.shop.example", path: "events" } };
    expect(accepted(target).auth).toEqual({ type: "standard_webhooks", secrets: ["WEBHOOK_SIGNING_KEY"] });
    const rotating = accepted({ ...target, secrets: { previous_signing_key: "OLD_KEY" } });
    expect(rotating.auth).toEqual({ type: "standard_webhooks", secrets: ["WEBHOOK_SIGNING_KEY", "OLD_KEY"] });
    expect([...rotating.secrets]).toEqual(["WEBHOOK_SIGNING_KEY", "OLD_KEY"]);
  });

  it.each<[string, Use, string]>([
    ["unknown", { ...BRAZE, secrets: { token: "A" } }, "secrets.token: this recipe has no such secret; it has api_key"],
    [
      "Signalbox's own",
      { ...BRAZE, secrets: { api_key: "SIGNALBOX_ADMIN_TOKEN" } },
      "secrets.api_key: SIGNALBOX_ADMIN_TOKEN belongs to Signalbox and is never sent to a target",
    ],
    [
      "Signalbox's own, in every request",
      { recipe: "slack-webhook", secrets: { path: "VOUCHERIFY_SECRET" } },
      "secrets.path: VOUCHERIFY_SECRET belongs to Signalbox and is never sent to a target",
    ],
  ])("are refused at their own place, once: %s", (_name, target, issue) => {
    expect(issuesOf(target)).toEqual([`targets.it.${issue}`]);
  });

  it("that are values are refused and not repeated", () => {
    const [issue, ...more] = issuesOf({ ...BRAZE, secrets: { api_key: "xoxb-pasted-secret" } });
    expect(issue).toMatch(/^targets\.it\.secrets\.api_key: /);
    expect(issue).not.toContain("pasted");
    expect(more).toEqual([]);
  });
});

describe("what a target is made of", () => {
  const request = { url: "https://crm.example.com/" };

  it.each<[string, Use, string[]]>([
    ["neither request nor recipe", {}, ["targets.it: a target has a request or a recipe"]],
    [
      "a request beside its recipe",
      { ...BRAZE, request },
      ["targets.it.request: the recipe braze brings its own; print it with `signalbox recipes braze` to change it"],
    ],
    [
      "an authentication beside its recipe",
      { ...BRAZE, auth: { type: "bearer", secret: "KEY" } },
      ["targets.it.auth: the recipe braze brings its own; print it with `signalbox recipes braze` to change it"],
    ],
    [
      "settings and secrets without a recipe",
      { request, settings: { a: "b" }, secrets: { a: "B" } },
      ["targets.it.secrets: only a recipe has these"],
    ],
    [
      "an unknown recipe",
      { recipe: "pigeon" },
      ["targets.it.recipe: there is no such recipe; `signalbox recipes` lists those there are"],
    ],
  ])("is refused: %s", (_name, target, issues) => {
    expect(issuesOf(target)).toEqual(issues);
  });
});

describe("every recipe with its examples", () => {
  const settingsOf = (recipe: (typeof RECIPES)[number]) =>
    Object.fromEntries(
      Object.entries(recipe.settings).flatMap(([name, setting]) => {
        if (setting.kind === "template") return [];
        return [[name, setting.kind === "text" ? setting.example : Object.keys(setting.choices)[0]]];
      }),
    );

  it.each(RECIPES.map((recipe) => [recipe.id, recipe] as const))("is a target: %s", (id, recipe) => {
    expect(issuesOf({ recipe: id, settings: settingsOf(recipe) })).toEqual([]);
  });

  it.each<[string, object]>([
    [
      "salesforce-event",
      {
        type: "oauth2_client_credentials",
        tokenUrl: "https://lantern.my.salesforce.com/services/oauth2/token",
        clientId: "SALESFORCE_EVENT_CLIENT_ID",
        clientSecret: "SALESFORCE_EVENT_CLIENT_SECRET",
      },
    ],
    [
      "bigquery",
      {
        type: "google_service_account",
        key: "BIGQUERY_SERVICE_ACCOUNT",
        scopes: ["https://www.googleapis.com/auth/bigquery.insertdata"],
      },
    ],
    [
      "eventbridge",
      {
        type: "aws_sigv4",
        service: "events",
        region: "us-east-1",
        accessKeyId: "EVENTBRIDGE_ACCESS_KEY_ID",
        secretAccessKey: "EVENTBRIDGE_SECRET_ACCESS_KEY",
      },
    ],
  ])("brings its authentication along, settings filled in: %s", (id, auth) => {
    const recipe = RECIPES.find((one) => one.id === id);
    const settings = recipe === undefined ? {} : settingsOf(recipe);
    const compiled = accepted({ recipe: id, settings });
    expect(compiled.auth).toEqual(auth);
    expect(v.is(AuthenticationSchema, compiled.auth)).toBe(true);
  });

  it.each(RECIPES.map((recipe) => [recipe.id, recipe] as const))(
    "has an authentication that travels: %s",
    (id, recipe) => {
      expect(v.is(AuthenticationSchema, accepted({ recipe: id, settings: settingsOf(recipe) }).auth)).toBe(true);
    },
  );
});

describe("what a recipe knows of answers", () => {
  it("belongs to the target", () => {
    expect(accepted(BRAZE).answers).toEqual({
      success: [
        { path: "body.message", op: "eq", value: "success" },
        { path: "body.errors.0", op: "exists", value: false },
      ],
      retry: [],
      permanent: [],
    });
  });

  it("is nothing where the status says it all", () => {
    expect(accepted({ recipe: "slack-webhook" }).answers).toBeUndefined();
    expect(accepted({ request: { url: "https://crm.example.com/" } }).answers).toBeUndefined();
  });
});
