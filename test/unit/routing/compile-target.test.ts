// Targets that use a recipe: what they may say, what they become, and how the recipe judges answers.

import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { AuthenticationSchema } from "../../../src/delivery/authentication.ts";
import type { Issue } from "../../../src/issues.ts";
import { RECIPES } from "../../../src/recipes/registry.ts";
import { compileTable } from "../../../src/routing/compile.ts";
import type { CompiledTarget } from "../../../src/routing/compile-target.ts";
import { renderDelivery } from "../../../src/routing/render-delivery.ts";
import type { RenderedText, SecretPart } from "../../../src/translation/rendered.ts";
import { exampleSendout } from "../../../src/voucherify/examples.ts";
import { normalise } from "../../../src/voucherify/normalise.ts";
import { bytes } from "../bytes.ts";

type Use = Readonly<Record<string, unknown>>;

function compile(target: Use): { ok: true; target: CompiledTarget } | { ok: false; issues: Issue[] } {
  const compiled = compileTable({ inlets: {}, targets: { it: target }, routes: [] });
  if (!compiled.ok) return compiled;
  const only = compiled.value.targets.get("it");
  if (only === undefined) throw new Error("the table has no target");
  return { ok: true, target: only };
}

/** What is wrong with a target, a line each. */
function issuesOf(target: Use): string[] {
  const compiled = compile(target);
  return compiled.ok ? [] : compiled.issues.map(({ path, message }) => `${path}: ${message}`);
}

/** A target that is fine. */
function accepted(target: Use): CompiledTarget {
  const compiled = compile(target);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues));
  return compiled.target;
}

/** The request for an example, secrets as `<NAME>`, in JSON between quotes. */
async function render(target: Use, type = "redemption.succeeded") {
  const received = bytes(JSON.stringify(exampleSendout(type)));
  const event = normalise(received);
  if (!event.ok) throw new Error(event.detail);
  const source = { event: event.value, received, receivedAt: 0, sendoutId: "so_1", route: "all" };
  const rendered = await renderDelivery(accepted(target), source);
  if (!rendered.ok) return { refused: rendered.reason };
  const write = (text: RenderedText) => text.map((part) => (typeof part === "string" ? part : named(part))).join("");
  const { url, body = [] } = rendered.value;
  const read: unknown = JSON.parse(write(body));
  return { url: write(url), body: read };
}

function named({ $secret, as }: SecretPart): string {
  return as === "json" ? JSON.stringify(`<${$secret}>`) : `<${$secret}>`;
}

const BRAZE = { recipe: "braze", settings: { instance: "EU-01" } };
const SLACK = { recipe: "slack", settings: { channel: "C024BE91L" } };

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

describe("a setting that does not fit is refused at its own place, once", () => {
  const INSTANCES =
    "US-01, US-02, US-03, US-04, US-05, US-06, US-07, US-08, US-09, US-10, EU-01, EU-02, AU-01, ID-01, JP-01, KR-01";
  const CHANNEL = "The channel's id, from its details in Slack, or its name; a member's id for a direct message";

  it.each<[string, Use, string]>([
    ["missing", { recipe: "braze" }, "settings.instance: this is missing: The instance your dashboard is on"],
    [
      "a choice there is not",
      { recipe: "braze", settings: { instance: "EU-09" } },
      `settings.instance: expected one of ${INSTANCES}: The instance your dashboard is on`,
    ],
    [
      "a choice's value in place of its name",
      { recipe: "braze", settings: { instance: "rest.fra-01.braze.eu" } },
      `settings.instance: expected one of ${INSTANCES}: The instance your dashboard is on`,
    ],
    [
      "a name of JavaScript's own",
      { recipe: "braze", settings: { instance: "toString" } },
      `settings.instance: expected one of ${INSTANCES}: The instance your dashboard is on`,
    ],
    [
      "unknown",
      { recipe: "braze", settings: { instance: "EU-01", region: "EU" } },
      "settings.region: this recipe has no such setting; it has instance",
    ],
    [
      "unknown, of a recipe without settings",
      { recipe: "slack-webhook", settings: { channel: "C024BE91L" } },
      "settings.channel: this recipe has no such setting; it has text",
    ],
    [
      "another text",
      { recipe: "slack", settings: { channel: "general" } },
      `settings.channel: expected something like C024BE91L: ${CHANNEL}`,
    ],
    [
      "a text with a line break behind it",
      { recipe: "slack", settings: { channel: "C024BE91L\n" } },
      `settings.channel: expected something like C024BE91L: ${CHANNEL}`,
    ],
    [
      "a template that cannot be read",
      { ...SLACK, settings: { ...SLACK.settings, text: "Hello {{ customer." } },
      "settings.text: character 7: this {{ has no }}; write \\{{ for a literal {{",
    ],
  ])("%s", (_name, target, issue) => {
    expect(issuesOf(target)).toEqual([`targets.it.${issue}`]);
  });

  it("is no text at all", () => {
    const [issue, ...more] = issuesOf({ recipe: "braze", settings: { instance: 1 } });
    expect(issue).toMatch(/^targets\.it\.settings\.instance: /);
    expect(more).toEqual([]);
  });

  it("with every other problem of the target", () => {
    expect(
      issuesOf({ recipe: "slack", settings: { text: "{{", chanel: "x" }, secrets: { token: "SLACK_TOKEN" } }).map(
        (line) => line.split(":")[0],
      ),
    ).toEqual([
      "targets.it.settings.chanel",
      "targets.it.settings.channel",
      "targets.it.settings.text",
      "targets.it.secrets.token",
    ]);
  });
});

describe("a hostile setting", () => {
  const MANDRILL = { recipe: "mandrill", settings: { from: "shop@example.com" } };

  it.each([
    ["an expression", "{{ $webhook.id }}"],
    ["half an expression", "{{"],
    ["an expression behind a backslash", "\\{{ customer.email }}"],
    ["three braces", "{{{ customer.email }}}"],
    ["quotes of an expression", "' & $webhook.id & '"],
    ["a backslash at its end", "Shop\\"],
  ])("that is a text stays text: %s", async (_name, name) => {
    const settings = { ...MANDRILL.settings, from_name: name };
    const issues = issuesOf({ ...MANDRILL, settings });
    expect(issues).toEqual([]);
    const sent = await render({ ...MANDRILL, settings }, "redemption.succeeded");
    expect(JSON.stringify(sent)).toContain(JSON.stringify(name));
  });

  it("that is a template reads the event and no other setting", async () => {
    const text = "<<channel>> <<text>> <<text|{{ customer.name }}>>";
    expect(await render({ ...SLACK, settings: { ...SLACK.settings, text } })).toMatchObject({
      body: { text: expect.stringMatching(/^<<channel>> <<text>> <<text\|.+>>$/) },
    });
  });

  it("that is a template has a secret's node only as text", async () => {
    const text = '{"$secret":"CRM_KEY"}';
    expect(await render({ ...SLACK, settings: { ...SLACK.settings, text } })).toMatchObject({ body: { text } });
  });

  const HOSTILE = [
    "evil.example.com/",
    "evil.example.com#",
    "evil.example.com?",
    "evil.example.com\\",
    "user@evil.example.com",
    "evil.example.com:8443",
    "{{ customer.email }}",
    "<<text>>",
    "a b",
    "a\tb",
    "",
    "127.0.0.1",
    "..",
  ];
  const inHosts = RECIPES.flatMap((recipe) =>
    Object.entries(recipe.settings).flatMap(([name, setting]) =>
      setting.kind === "text" &&
      Object.values(recipe.requests).some(({ url }) => url.slice(8).split("/")[0]?.includes(`<<${name}>>`))
        ? [[recipe.id, name] as const]
        : [],
    ),
  );
  it("can stand in the host of some recipes", () => expect(inHosts.length).toBeGreaterThan(5));
  it.each(inHosts)("of a host is refused: %s, %s", (recipe, name) => {
    for (const value of HOSTILE) {
      const places = issuesOf({ recipe, settings: { [name]: value } }).map((line) => line.split(":")[0]);
      expect([value, ...places]).toContain(`targets.it.settings.${name}`);
    }
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
