// Recipes that send the whole event as JSON within JSON, for events that are longer than most: the request's own limit
// counts, not that of texts which expressions make.

import { describe, expect, it } from "vitest";
import { applyRecipe } from "../../../src/recipes/apply.ts";
import { compileRequest, renderRequest } from "../../../src/translation/request.ts";
import { recipeOf } from "../../recipes/all-sent.ts";
import { exampleEvent, goldenSettings } from "../../recipes/render.ts";
import { textOf } from "../translation/text-of.ts";

/** What a recipe sends for a redemption whose customer's metadata has so many characters. */
async function send(id: string, characters: number) {
  // Whatever proves the sender is the delivery's business.
  const recipe = { ...recipeOf(id), authentication: { type: "none" } as const };
  const { requests } = applyRecipe(recipe, { settings: goldenSettings(recipe), secrets: {} }, id, []);
  const source = requests.get("redemption");
  const compiled = source === undefined ? undefined : compileRequest(source, id);
  if (compiled?.ok !== true) throw new Error(`${id} does not compile`);
  const { envelope } = exampleEvent("redemption.succeeded");
  const event = { ...envelope, data: { ...Object(envelope.data), note: "x".repeat(characters) } };
  const rendered = await renderRequest(compiled.value, { event, seed: "so_1|all", happenedAt: 0, receivedAt: 0 });
  return { event, rendered };
}

/** Where the event stands in the body. */
const PLACES: Readonly<Record<string, (body: unknown) => unknown>> = {
  eventbridge: (body) => Object(body).Entries[0].Detail,
  sqs: (body) => Object(body).MessageBody,
  bigquery: (body) => Object(body).rows[0].json.payload,
};

describe.each(Object.entries(PLACES))("%s", (id, placeOf) => {
  it.each([1_000, 250_000, 1_500_000])("sends an event with a text of %i characters", async (characters) => {
    const { event, rendered } = await send(id, characters);
    if (!rendered.ok) throw new Error(rendered.detail);
    const body: unknown = JSON.parse(textOf({ ok: true, value: rendered.value.body ?? [] }));
    expect(JSON.parse(String(placeOf(body)))).toEqual(event);
  });

  it("fails with the body's own reason for more than a body may have", async () => {
    const { rendered } = await send(id, 2_100_000);
    expect(rendered).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/^template_(?:body_too_large|budget_exceeded)$/),
    });
  });
});

describe("salesforce-event", () => {
  it("sends what $json takes, which is more than the field does", async () => {
    expect(await send("salesforce-event", 150_000)).toMatchObject({ rendered: { ok: true } });
    expect(await send("salesforce-event", 250_000)).toMatchObject({
      rendered: { ok: false, reason: "template_budget_exceeded" },
    });
  });
});
