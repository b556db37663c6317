// The settings of a target's recipe: those that do not fit are refused at their own place, and hostile ones stay text.

import { describe, expect, it } from "vitest";
import { RECIPES } from "../../../src/recipes/registry.ts";
import { issuesOf, render, SLACK, type Use } from "./recipe-targets.ts";

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
