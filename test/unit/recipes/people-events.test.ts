// Whom the recipes for event systems and contacts name when an event lacks something of its customer, what becomes of
// values that are null, and what their ids and names are made of.

import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { applyRecipe } from "../../../src/recipes/apply.ts";
import { FAMILIES, familyOf, typesOf } from "../../../src/recipes/families.ts";
import type { Recipe } from "../../../src/recipes/recipe.ts";
import { findRecipe } from "../../../src/recipes/registry.ts";
import type { Issue } from "../../../src/issues.ts";
import { compileRequest, renderRequest } from "../../../src/translation/request.ts";
import { EVENT_TYPES } from "../../../src/voucherify/catalogue.ts";
import { exampleSendout } from "../../../src/voucherify/examples.ts";
import { normalise } from "../../../src/voucherify/normalise.ts";
import type { JsonObject } from "../../../src/voucherify/read-json.ts";
import { goldenSettings, renderRecipe } from "../../recipes/render.ts";

/** Changes to an event's data, by key. */
type Change = Readonly<Record<string, JsonObject | null>>;

function recipeOf(id: string): Recipe {
  const recipe = findRecipe(id);
  if (recipe === undefined) throw new Error(`there is no recipe ${id}`);
  return recipe;
}

function changed(type: string, change: Change): JsonObject {
  const sendout = exampleSendout(type);
  const data = v.parse(v.record(v.string(), v.unknown()), sendout?.["data"]);
  const changes = Object.entries(change).map(([key, value]) => {
    const old = v.parse(v.record(v.string(), v.unknown()), data[key] ?? {});
    return [key, value === null ? null : { ...old, ...value }] as const;
  });
  return { ...sendout, data: { ...data, ...Object.fromEntries(changes) } };
}

/** The URL and body that a recipe sends for a changed example, or why it sends nothing. */
async function send(id: string, type: string, change: Change, settings: Record<string, string> = {}) {
  const recipe = { ...recipeOf(id), authentication: { type: "none" } as const };
  const issues: Issue[] = [];
  const use = { settings: { ...goldenSettings(recipe), ...settings }, secrets: {} };
  const source = applyRecipe(recipe, use, id, issues).requests.get(familyOf(type));
  expect(issues).toEqual([]);
  const compiled = source === undefined ? undefined : compileRequest(source, id);
  if (compiled?.ok !== true) throw new Error(JSON.stringify(compiled));
  const event = normalise(new TextEncoder().encode(JSON.stringify(changed(type, change))));
  if (!event.ok) throw new Error(event.detail);
  const at = event.value.occurredAt ?? 0;
  const rendered = await renderRequest(compiled.value, {
    event: event.value.envelope,
    seed: "so_1|route",
    happenedAt: at,
    receivedAt: at,
  });
  if (!rendered.ok) return { refused: `${rendered.reason}: ${rendered.detail}` };
  const write = (parts: readonly unknown[]) =>
    parts.map((part) => (typeof part === "string" ? part : '"secret"')).join("");
  return { url: write(rendered.value.url), body: JSON.parse(write(rendered.value.body ?? [])) as unknown };
}

const SOURCE_ID = "crm-20417";
const EMAIL = "mira@example.com";
const CUSTOMER_ID = /^cust_[0-9a-f]{18}$/;

describe("a customer", () => {
  const noId = { customer: { source_id: null }, holder: null, redemption: null, publication: null };
  const noEmail = { customer: { email: null }, holder: null, redemption: null, publication: null };
  const nobody = { customer: { source_id: null, email: null }, holder: null, redemption: null, publication: null };
  const holder = { customer: null, holder: {} };

  it.each([
    ["klaviyo", noId, { email: EMAIL }],
    ["klaviyo", noEmail, { external_id: SOURCE_ID }],
    ["klaviyo", holder, { email: EMAIL, external_id: SOURCE_ID }],
  ])("of %s changed by %j has the profile %j", async (id, change, attributes) => {
    expect(await send(id, "redemption.succeeded", change)).toMatchObject({
      body: { data: { attributes: { profile: { data: { type: "profile", attributes } } } } },
    });
  });

  it.each([
    ["segment", {}, { userId: SOURCE_ID }, ["anonymousId"]],
    ["segment", noId, { anonymousId: expect.stringMatching(CUSTOMER_ID) }, ["userId"]],
    ["mparticle", noId, { user_identities: { email: EMAIL } }, []],
    ["mparticle", noEmail, { user_identities: { customer_id: SOURCE_ID } }, []],
    ["iterable-events", {}, { userId: SOURCE_ID }, ["email"]],
    ["bloomreach", holder, { customer_ids: { registered: SOURCE_ID } }, []],
    ["posthog", noId, { distinct_id: expect.stringMatching(CUSTOMER_ID) }, []],
    ["posthog", holder, { distinct_id: SOURCE_ID }, []],
    ["attentive", noId, { user: { email: EMAIL, externalIdentifiers: {} } }, []],
    ["attentive", noEmail, { user: { externalIdentifiers: { clientUserId: SOURCE_ID } } }, []],
    ["intercom", {}, { user_id: SOURCE_ID }, ["email"]],
    ["intercom", noId, { email: EMAIL }, ["user_id"]],
    ["hubspot-event", holder, { email: EMAIL }, []],
    ["ga4", noId, { client_id: expect.stringMatching(CUSTOMER_ID) }, ["user_id"]],
  ])("of %s changed by %j is named by %j, without %j", async (id, change, named, absent) => {
    const { body } = await send(id, "redemption.succeeded", change);
    expect(body).toMatchObject(named);
    for (const key of absent) expect(body).not.toHaveProperty(key);
  });

  it("of Amplitude without a source_id goes by a device", async () => {
    const { body } = await send("amplitude", "redemption.succeeded", noId);
    expect(body).toMatchObject({ events: [{ device_id: expect.stringMatching(CUSTOMER_ID) }] });
    expect(body).not.toHaveProperty("events.0.user_id");
  });

  it.each([
    ["braze", noId, "source_id"],
    ["klaviyo", nobody, "neither source_id nor email"],
    ["mparticle", nobody, "neither source_id nor email"],
    ["iterable-events", noId, "source_id"],
    ["iterable-trigger", noId, "source_id"],
    ["customerio", noId, "source_id"],
    ["bloomreach", noId, "source_id"],
    ["onesignal-event", noId, "source_id"],
    ["onesignal-notification", noId, "source_id"],
    ["attentive", nobody, "neither source_id nor email"],
    ["intercom", nobody, "neither source_id nor email"],
    ["hubspot-event", noEmail, "email"],
    ["hubspot-contact", noEmail, "email"],
    ["activecampaign", noEmail, "email"],
  ])("that %s could not name, changed by %j, is refused: %s", async (id, change, what) => {
    const { refused } = await send(id, "redemption.succeeded", change);
    expect(refused).toMatch(/^template_value_required: /);
    expect(refused).toContain(what);
  });

  it.each(["segment", "posthog", "mixpanel", "amplitude", "ga4"])(
    "who is not there is the project's id in %s",
    async (id) => {
      const { body } = await send(id, "campaign.created", {});
      expect(JSON.stringify(body)).toMatch(/"(?:anonymousId|distinct_id|device_id|client_id)":"proj_/);
    },
  );

  it("of Iterable can be known by email in both recipes", async () => {
    const byEmail = { identifier: "email" };
    const event = await send("iterable-events", "redemption.succeeded", noId, byEmail);
    const message = await send("iterable-trigger", "redemption.succeeded", noId, byEmail);
    expect(event.body).toMatchObject({ email: EMAIL });
    expect(event.body).not.toHaveProperty("userId");
    expect(message.body).toMatchObject({ recipientEmail: EMAIL, campaignId: 1_234_567 });
    expect(message.body).not.toHaveProperty("recipientUserId");
  });

  it.each(["email", "push", "sms", "inApp", "webPush"])("of Iterable gets a campaign by %s", async (channel) => {
    const { url } = await send("iterable-trigger", "redemption.succeeded", {}, { channel });
    expect(url).toBe(`https://api.iterable.com/api/${channel}/target`);
  });

  it("of Customer.io keeps a + and an @ of its id out of the URL's grammar", async () => {
    const { url } = await send("customerio", "redemption.succeeded", { customer: { source_id: "a+b/c@example.com" } });
    expect(url).toBe("https://track.customer.io/api/v1/customers/a%2Bb%2Fc%40example.com/events");
  });

  it("of Attentive has a telephone number when a setting says where", async () => {
    const phone = { phone: "{{ $e164(customer.metadata.phone, '47') }}" };
    const change = { customer: { metadata: { phone: "555 01 234" } } };
    const { body } = await send("attentive", "redemption.succeeded", change, phone);
    expect(body).toMatchObject({ user: { phone: "+4755501234", email: EMAIL } });
  });
});

describe("a null", () => {
  const nulls = { voucher: { expiration_date: null }, campaign: { name: null }, publication: { channel: null } };

  it.each(["braze", "bloomreach", "onesignal-event", "attentive", "ga4", "intercom", "mparticle", "hubspot-event"])(
    "reaches %s as nothing, neither as null nor as a text",
    async (id) => {
      const { body } = await send(id, "voucher.published", nulls);
      expect(JSON.stringify(body)).not.toMatch(/null|expires_at|channel/);
    },
  );

  it("is what Segment, which takes it, is sent", async () => {
    const { body } = await send("segment", "voucher.published", nulls);
    expect(body).toMatchObject({ properties: { expires_at: null, channel: null } });
  });
});

describe("a contact", () => {
  it("that has left its tier is in none", async () => {
    expect(await send("hubspot-contact", "customer.loyalty.tier.left", {})).toMatchObject({
      body: { inputs: [{ properties: { voucherify_tier: "" } }] },
    });
  });

  it("with one name has a first name only", async () => {
    const { body } = await send("hubspot-contact", "customer.updated", { customer: { name: "Mira" } });
    expect(body).toMatchObject({ inputs: [{ properties: { firstname: "Mira" } }] });
    expect(body).not.toHaveProperty("inputs.0.properties.lastname");
  });

  it("keeps what an event does not know", async () => {
    const noBalance = { voucher: { loyalty_card: null } };
    const { body } = await send("activecampaign", "customer.rewarded.loyalty_points", noBalance);
    expect(body).toMatchObject({
      contact: { fieldValues: [{ field: "4", value: "customer.rewarded.loyalty_points" }] },
    });
  });

  it("of ActiveCampaign has no value for a field whose id is 0", async () => {
    const none = { code_field: "0", event_field: "0" };
    const { body } = await send("activecampaign", "redemption.succeeded", {}, none);
    expect(body).toEqual({ contact: { email: EMAIL, fieldValues: [] } });
  });
});

describe("an id or a name", () => {
  it("of Customer.io begins with the time of the event", async () => {
    const { body } = await send("customerio", "redemption.succeeded", {});
    const { id, timestamp } = v.parse(v.object({ id: v.pipe(v.string(), v.ulid()), timestamp: v.number() }), body);
    const ms = Array.from(id.slice(0, 10)).reduce(
      (value, letter) => value * 32 + "0123456789ABCDEFGHJKMNPQRSTVWXYZ".indexOf(letter),
      0,
    );
    expect(Math.floor(ms / 1_000)).toBe(timestamp);
  });

  it("of Google Analytics is another one for every event type", async () => {
    const names = new Set<string>();
    for (const family of FAMILIES) {
      for (const type of typesOf(family)) {
        const { body } = await renderRecipe(recipeOf("ga4"), family, type);
        const { events } = v.parse(v.object({ events: v.tuple([v.object({ name: v.string() })]) }), body);
        names.add(events[0].name);
      }
    }
    expect(names.size).toBe(EVENT_TYPES.length);
  });

  it("of HubSpot is the setting's for every family when there is one", async () => {
    const { body } = await send("hubspot-event", "redemption.succeeded", {}, { event: "voucherify" });
    expect(body).toMatchObject({ eventName: "pe1234567_voucherify" });
  });
});

describe("a host of one's own", () => {
  it.each([
    ["bloomreach", "api.exponea.com", true],
    ["bloomreach", "lantern-api.bloomreach.co", true],
    ["bloomreach", "exponea.com.example.com", false],
    ["bloomreach", "example.com/exponea.com", false],
    ["bloomreach", "exponea.com", false],
    ["activecampaign", "lantern.api-us1.com", true],
    ["activecampaign", "lantern.activehosted.com", true],
    ["activecampaign", "lantern.api-us1.com.example.com", false],
    ["activecampaign", "example.com#.api-us1.com", false],
  ])("of %s: %s is the vendor's: %s", (id, host, isTheirs) => {
    const recipe = recipeOf(id);
    const issues: Issue[] = [];
    applyRecipe(recipe, { settings: { ...goldenSettings(recipe), host }, secrets: {} }, "targets.t", issues);
    expect(issues.map(({ path }) => path)).toEqual(isTheirs ? [] : ["targets.t.settings.host"]);
  });
});
