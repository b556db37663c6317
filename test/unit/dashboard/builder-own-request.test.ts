import { expect, test } from "vitest";
import { draftOfRecipe, targetOf } from "../../../src/dashboard/pages/builder/draft.ts";
import { ownRequestOf } from "../../../src/dashboard/pages/builder/own-request.ts";

test("a recipe's request becomes one's own, settings and secrets written in, and the rest of the target stays", () => {
  const draft = {
    ...draftOfRecipe("slack-webhook"),
    settings: { text: "Hi {{ customer.name }}" },
    more: { retry: "short" },
  };
  const own = ownRequestOf(draft, "redemption");
  expect(own && targetOf(own)).toEqual({
    ok: true,
    target: {
      retry: "short",
      request: {
        url: "https://hooks.slack.com/services/",
        pathSecret: "SLACK_WEBHOOK_PATH",
        body: { text: "Hi {{ customer.name }}" },
      },
    },
  });
});

test("its authentication comes along", () => {
  const draft = { ...draftOfRecipe("braze"), settings: { instance: "EU-01" }, secrets: { api_key: "OWN_KEY" } };
  expect(ownRequestOf(draft, "redemption")?.auth).toEqual({ type: "bearer", secret: "OWN_KEY" });
});

test("there is none while a setting is missing", () => {
  expect(ownRequestOf(draftOfRecipe("braze"), "redemption")).toBeUndefined();
});
