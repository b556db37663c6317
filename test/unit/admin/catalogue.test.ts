// The catalogue and the recipes as the admin API shows them: what there is to route, and where to.

import { beforeEach, describe, expect, it } from "vitest";
import { RECIPES } from "../../../src/recipes/registry.ts";
import { compileTable } from "../../../src/routing/compile.ts";
import { EVENT_TYPES } from "../../../src/voucherify/catalogue.ts";
import { startOver } from "../start-over.ts";
import { callAdmin } from "./call-admin.ts";

beforeEach(startOver);

describe("the events", () => {
  it("are listed, each with what it means, its family and the versions that have it", async () => {
    const { json } = await callAdmin("GET /events");
    const events = json["events"] as { type: string; meaning: string }[];
    expect(events.map(({ type }) => type)).toEqual(EVENT_TYPES);
    expect(events.filter(({ meaning }) => meaning === "")).toEqual([]);
    expect(events.find(({ type }) => type === "redemption.succeeded")).toMatchObject({
      family: "redemption",
      versions: ["v2024-01-01", "v2018-08-01"],
      selectable: { project: true },
    });
  });

  it("are each shown with an example in either version and with every field that can be read", async () => {
    const { json } = await callAdmin("GET /events/redemption.succeeded");
    expect(json).toMatchObject({
      type: "redemption.succeeded",
      data: expect.arrayContaining([expect.objectContaining({ key: "redemption" })]),
      fields: expect.arrayContaining([
        expect.objectContaining({ path: "order.items[].price", kind: "amount", sample: expect.any(Number) }),
        expect.objectContaining({ path: "$webhook.event.type" }),
      ]),
      examples: {
        "v2024-01-01": { event: { type: "redemption.succeeded" }, source: { object: "webhook" } },
        "v2018-08-01": { object: "event", type: "redemption.succeeded" },
      },
    });
  });

  it("have examples of whoever is said to send them", async () => {
    const { json } = await callAdmin("GET /events/customer.publication.succeeded?source=distribution");
    expect(json).toMatchObject({ examples: { "v2024-01-01": { source: { object: "distribution" } } } });
    expect(await callAdmin("GET /events/redemption.succeeded?source=post")).toMatchObject({ status: 400 });
  });

  it("that are not there are told of, with what was probably meant", async () => {
    expect(await callAdmin("GET /events/redemption.suceeded")).toMatchObject({
      status: 404,
      json: { code: "not_found", detail: expect.stringContaining("Did you mean redemption.succeeded?") },
    });
    expect(await callAdmin("GET /events/constructor")).toMatchObject({ status: 404 });
  });

  it("can all be shown", async () => {
    const statuses = await Promise.all(
      EVENT_TYPES.map(async (type) => (await callAdmin(`GET /events/${type}`)).status),
    );
    expect(new Set(statuses)).toEqual(new Set([200]));
  });
});

describe("the recipes", () => {
  it("are listed", async () => {
    const { json } = await callAdmin("GET /recipes");
    expect((json["recipes"] as { id: string }[]).map(({ id }) => id)).toEqual(RECIPES.map(({ id }) => id));
  });

  it("say what they need and which requests they make", async () => {
    const { json } = await callAdmin("GET /recipes/braze");
    expect(json).toMatchObject({
      id: "braze",
      authentication: "bearer",
      repeats: "none",
      onAmbiguous: "retry",
      settings: [{ name: "instance", kind: "choice", required: true, choices: expect.arrayContaining(["EU-01"]) }],
      secrets: [{ name: "api_key", secret: "BRAZE_API_KEY" }],
      target: { recipe: "braze", settings: { instance: "US-01" } },
      requests: { redemption: { url: "https://<<instance>>/users/track" } },
    });
    expect((await callAdmin("GET /recipes/constructor")).status).toBe(404);
  });

  it.each(RECIPES.map(({ id }) => id))("%s has a target that a table takes as it stands", async (id) => {
    const { json } = await callAdmin(`GET /recipes/${id}`);
    const table = { inlets: {}, targets: { one: json["target"] }, routes: [] };
    expect(compileTable(table)).toMatchObject({ ok: true });
  });
});
