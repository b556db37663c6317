// What a payload cannot do by way of a recipe: ping people, make links, become a formula, add form fields, leave its
// place in a path. And what whoever fills settings in cannot do: send to another host.

import { describe, expect, it } from "vitest";
import { applyRecipe } from "../../../src/recipes/apply.ts";
import { escapeValues } from "../../../src/recipes/escape-values.ts";
import type { Family } from "../../../src/recipes/families.ts";
import type { Recipe } from "../../../src/recipes/recipe.ts";
import type { Issue } from "../../../src/issues.ts";
import { compileRequest, renderRequest } from "../../../src/translation/request.ts";
import type { JsonObject } from "../../../src/voucherify/read-json.ts";
import { recipeOf } from "../../recipes/all-sent.ts";
import { exampleEvent, goldenSettings, goldenType } from "../../recipes/render.ts";

interface Case {
  family?: Family;
  settings?: Record<string, string>;
  /** What stands in the event's data in place of the example's. */
  data?: JsonObject;
}

/** What a recipe sends, secrets as their names. */
async function sent(id: string, { family = "redemption", settings = {}, data = {} }: Case) {
  const recipe = recipeOf(id);
  const open: Recipe = { ...recipe, authentication: { type: "none" } };
  const issues: Issue[] = [];
  const use = { settings: { ...goldenSettings(recipe), ...settings }, secrets: {} };
  const source = applyRecipe(open, use, "targets.it", issues).requests.get(family);
  const compiled = source === undefined ? undefined : compileRequest(source, "targets.it.request");
  if (compiled?.ok !== true) throw new Error(JSON.stringify(issues));
  const { envelope } = exampleEvent(goldenType(family));
  const rendered = await renderRequest(compiled.value, {
    event: { ...envelope, data: { ...envelope.data, ...data } },
    seed: "so_1|all",
    happenedAt: 0,
    receivedAt: 0,
  });
  if (!rendered.ok) throw new Error(`${rendered.reason}: ${rendered.detail}`);
  const text = (parts: readonly (string | { $secret: string })[]) =>
    parts.map((part) => (typeof part === "string" ? part : part.$secret)).join("");
  return { url: text(rendered.value.url), body: text(rendered.value.body ?? []) };
}

/** A customer with a name of somebody else's choosing. */
function named(name: string): JsonObject {
  return { customer: { source_id: "crm-1", name, email: "mira@example.com" } };
}

describe("escapeValues", () => {
  it("changes what values say and nothing of the template's own text", () => {
    expect(escapeValues("<b> {{ a }} & {{ $money(b) }}", [["&", "&amp;"]])).toBe(
      '<b> {{ $replace(a, "&", "&amp;") }} & {{ $replace($money(b), "&", "&amp;") }}',
    );
  });

  it("cuts values behind the replacements", () => {
    expect(escapeValues("{{ a }}", [['"', "\\"]], 9)).toBe('{{ $substring($replace(a, "\\"", "\\\\"), 0, 9) }}');
  });
});

describe("a customer's name in a message", () => {
  it.each(["slack", "slack-webhook"])("pings nobody and makes no link in %s", async (id) => {
    const { body } = await sent(id, { data: named("<!channel> & <https://evil.example|a prize>") });
    expect(JSON.parse(body)).toMatchObject({
      text: "Redemption Succeeded: AUTUMN-15-K7QP by &lt;!channel&gt; &amp; &lt;https://evil.example|a prize&gt;",
    });
  });

  it("is as somebody's own text for Slack has it, who may want a link", async () => {
    const settings = { text: "<https://shop.example|{{ customer.name }}>" };
    const { body } = await sent("slack", { settings, data: named("Mira") });
    expect(JSON.parse(body)).toMatchObject({ text: "<https://shop.example|Mira>" });
  });

  it("pings nobody and makes no link in Discord", async () => {
    const { body } = await sent("discord", { data: named("@everyone **win** [a prize](https://evil.example) \\[") });
    expect(JSON.parse(body)).toEqual({
      content:
        "Redemption Succeeded: AUTUMN-15-K7QP by @everyone \\*\\*win\\*\\* \\[a prize\\](https://evil.example) \\\\\\[",
      allowed_mentions: { parse: [] },
    });
  });

  it("does not make a message too long for Discord", async () => {
    const { body } = await sent("discord", {
      data: { ...named("*".repeat(3_000)), voucher: { code: "x".repeat(3_000) } },
    });
    const { content } = JSON.parse(body);
    expect(content).toContain("x".repeat(400));
    expect(content.length).toBeLessThanOrEqual(2_000);
  });

  it("stands in Teams' text runs as it is, where no markdown is read", async () => {
    const name = "[a prize](https://evil.example) <at>everybody</at>";
    const { body } = await sent("teams", { data: named(name) });
    expect(body).not.toContain('"type":"TextBlock"');
    expect(body).toContain(JSON.stringify(`Redemption Succeeded: AUTUMN-15-K7QP by ${name}`).slice(1, -1));
  });

  it("adds no field to Twilio's form", async () => {
    const data = {
      ...named("Mira&To=+15550100&MediaUrl=https://evil.example"),
      publication: { customer: { phone: "+4755501234" } },
    };
    const { body } = await sent("twilio", { family: "publication", data });
    const fields = Array.from(new URLSearchParams(body));
    expect(fields.map(([field]) => field)).toEqual(["To", "MessagingServiceSid", "Body", "ValidityPeriod"]);
    expect(fields[0]?.[1]).toBe("+4755501234");
    expect(fields[2]?.[1]).toBe("Hi Mira&To=+15550100&MediaUrl=https://evil.example, your code is AUTUMN-15-K7QP.");
  });
});

describe("a value from the payload", () => {
  it("is no formula in Google Sheets, where values are raw", async () => {
    const code = '=IMPORTXML("https://evil.example", "//a")';
    const { url, body } = await sent("google-sheets", { data: { voucher: { code } } });
    expect(new URL(url).searchParams.get("valueInputOption")).toBe("RAW");
    expect(JSON.parse(body).values[0][4]).toBe(code);
  });

  it("moves no other cell when it is missing in Google Sheets", async () => {
    const { body } = await sent("google-sheets", {
      data: { customer: null, holder: null, voucher: null, order: null },
    });
    const [row] = JSON.parse(body).values;
    expect(row.slice(2)).toEqual([null, null, null, "Autumn lights", null, expect.stringMatching(/^whs_/)]);
  });

  it("stays in its place of Salesforce's path", async () => {
    const data = { customer: { source_id: "../../Account/1?x=1#", email: "mira@example.com" } };
    const { url } = await sent("salesforce-upsert", { data });
    expect(url).toMatch(/\/Contact\/Voucherify_Source_Id__c\/\.\.%2F\.\.%2FAccount%2F1%3Fx%3D1%23$/);
  });

  it("stays out of Shopify's query, which is always the same", async () => {
    const code = '"}) { shop { id } } #';
    const [usual, hostile] = [await sent("shopify", {}), await sent("shopify", { data: { voucher: { code } } })];
    expect(JSON.parse(hostile.body).query).toBe(JSON.parse(usual.body).query);
    expect(JSON.parse(hostile.body).variables.metafields[2].value).toBe(code);
  });

  it("is hashed in lowercase for Mailchimp", async () => {
    const addresses = ["Mira@Example.COM", "mira@example.com"];
    const urls = await Promise.all(
      addresses.map(async (email) => (await sent("mailchimp-event", { data: { customer: { email } } })).url),
    );
    expect(urls[0]).toBe(urls[1]);
  });
});

describe("a queue of SQS", () => {
  it("is told what removes repeats when its name ends with .fifo, and only then", async () => {
    const first = JSON.parse((await sent("sqs", { settings: { queue: "events.fifo" } })).body);
    const other = JSON.parse((await sent("sqs", { settings: { queue: "events" } })).body);
    expect(Object.keys(first)).toEqual(["QueueUrl", "MessageBody", "MessageDeduplicationId", "MessageGroupId"]);
    expect(first.MessageGroupId).toBe("cust_cee8e5bc2267eed92b");
    expect(Object.keys(other)).toEqual(["QueueUrl", "MessageBody"]);
  });
});

describe("a setting that is part of a host or path", () => {
  it.each([
    ["salesforce-upsert", "host", "evil.example"],
    ["salesforce-upsert", "host", "lantern.my.salesforce.com.evil.example"],
    ["salesforce-event", "host", "evil.example/.my.salesforce.com"],
    ["teams", "host", "logic.azure.com.evil.example"],
    ["teams", "host", "evil.example?.logic.azure.com"],
    ["kafka-rest", "host", "confluent.cloud"],
    ["kafka-rest", "host", "evil.example#x.confluent.cloud"],
    ["kafka-rest", "topic", "../topics"],
    ["zendesk", "subdomain", "evil.example/"],
    ["zendesk", "agent", "me@shop.example:secret"],
    ["shopify", "shop", "evil.example#"],
    ["mailchimp-member", "data_centre", "us21.evil"],
    ["mailchimp-event", "audience", "a1b2c3/../x"],
    ["commercetools", "region", "evil"],
    ["commercetools", "project", "shop/../other"],
    ["sqs", "queue", "events', $webhook) & ('"],
    ["sqs", "region", "evil"],
    ["eventbridge", "source", "aws.ec2"],
    ["make", "zone", "evil.example"],
    ["n8n", "host", "127.0.0.1"],
    ["n8n", "host", "localhost"],
    ["webhook", "host", "user@evil.example"],
    ["webhook", "host", "hooks.shop.example:8443"],
    ["webhook", "path", "/events"],
    ["google-sheets", "sheet", "Events!A1:Z9"],
    ["twilio", "account", "AC1/../AC2"],
  ])("%s refuses the %s %s", (id, setting, value) => {
    const recipe = recipeOf(id);
    const issues: Issue[] = [];
    const use = { settings: { ...goldenSettings(recipe), [setting]: value }, secrets: {} };
    applyRecipe({ ...recipe, authentication: { type: "none" } }, use, "targets.it", issues);
    expect(issues.map(({ path }) => path)).toEqual([`targets.it.settings.${setting}`]);
  });
});
