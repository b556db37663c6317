// Which webhook is ours, how it differs, and what would put that right.

import { describe, expect, it } from "vitest";
import type { Webhook } from "../../../src/upstream/client.ts";
import {
  inletUrl,
  isInletUrl,
  shownInletUrl,
  shownTargetUrl,
  type InletAddress,
} from "../../../src/upstream/inlet-url.ts";
import { compareWebhook, findTwins, findWebhook, planWebhook } from "../../../src/upstream/webhook-plan.ts";

const ORIGIN = "https://signalbox.example.com";
const ADDRESS: InletAddress = { inlet: "shop", token: undefined, origin: ORIGIN };
const GUARDED: InletAddress = { ...ADDRESS, token: { name: "SHOP_TOKEN", value: "t0ken/with slash" } };
const EVENTS = ["redemption.succeeded", "voucher.gift.balance_added"];
const WANTED = { address: ADDRESS, events: EVENTS };

function webhook(overrides: Partial<Webhook> = {}): Webhook {
  return { id: "wh_1", targetUrl: `${ORIGIN}/in/shop`, events: EVENTS, active: true, ...overrides };
}

describe("an inlet's URL", () => {
  it("ends in its token, which is shown by name alone", () => {
    expect(inletUrl(GUARDED)).toBe(`${ORIGIN}/in/shop/t0ken%2Fwith%20slash`);
    expect(shownInletUrl(GUARDED)).toBe(`${ORIGIN}/in/shop/<SHOP_TOKEN>`);
    expect(shownTargetUrl(inletUrl(GUARDED) ?? "")).toBe(`${ORIGIN}/in/shop/…`);
  });

  it("is not known without its host or its token", () => {
    expect(inletUrl({ ...ADDRESS, origin: undefined })).toBeUndefined();
    expect(inletUrl({ ...GUARDED, token: { name: "SHOP_TOKEN", value: undefined } })).toBeUndefined();
  });

  it.each([
    [`${ORIGIN}/in/shop`, true],
    [`${ORIGIN}:443/in/shop`, true],
    [`${ORIGIN}/in/shop/`, false],
    [`${ORIGIN}/in/shop?a=1`, false],
    [`${ORIGIN}/in/till`, false],
    ["https://elsewhere.example.com/in/shop", false],
    ["https:/your.url.io", false],
    ["your_url", false],
  ])("is %s: %s", (url, is) => {
    expect(isInletUrl(url, ADDRESS)).toBe(is);
  });

  it("is any host's while its own is not known", () => {
    expect(isInletUrl("https://elsewhere.example.com/in/shop", { ...ADDRESS, origin: undefined })).toBe(true);
  });

  it("of somebody else is shown without what may be secret in it", () => {
    expect(shownTargetUrl("https://user:pass@hooks.example.com/a?key=secret#x")).toBe("https://hooks.example.com/a?…");
    expect(shownTargetUrl("your_url")).toBe("(not a URL)");
  });
});

describe("our webhook", () => {
  it("is the one with the id, wherever it posts to", () => {
    const moved = webhook({ id: "wh_2", targetUrl: "https://old.example.com/in/shop" });
    expect(findWebhook([webhook(), moved], ADDRESS, "wh_2")).toBe(moved);
  });

  it("is the one with the inlet's URL when the id is of none", () => {
    expect(findWebhook([webhook()], ADDRESS, "wh_gone")?.id).toBe("wh_1");
  });

  it("is one with the right token rather than an active one with another", () => {
    const other = webhook({ id: "wh_2", targetUrl: `${ORIGIN}/in/shop/old` });
    const right = webhook({ id: "wh_3", targetUrl: inletUrl(GUARDED) ?? "", active: false });
    expect(findWebhook([other, right], GUARDED, undefined)).toBe(right);
    expect(findWebhook([other], GUARDED, undefined)).toBe(other);
  });

  it("is none that posts elsewhere", () => {
    expect(
      findWebhook([webhook({ targetUrl: "https://crm.example.com/in/shop" })], ADDRESS, undefined),
    ).toBeUndefined();
  });

  it("has twins where other active ones post to the same inlet", () => {
    const all = [webhook(), webhook({ id: "wh_2" }), webhook({ id: "wh_3", active: false })];
    expect(findTwins(all, ADDRESS, all[0])).toEqual(["wh_2"]);
  });
});

describe("compareWebhook", () => {
  it("finds nothing where the API only spells otherwise", () => {
    const spelt = webhook({ events: ["voucher.gift.balance_aded", "redemption.succeeded"] });
    expect(compareWebhook(spelt, WANTED)).toEqual({ url: "same", missing: [], superfluous: [] });
  });

  it("names what is lacking, what is too much, and another URL", () => {
    const other = webhook({ targetUrl: "https://old.example.com/hook", events: ["campaign.vouchers.aded"] });
    expect(compareWebhook(other, WANTED)).toEqual({
      url: "other",
      missing: EVENTS,
      superfluous: ["campaign.vouchers.added"],
    });
    const { url } = compareWebhook(webhook({ targetUrl: `${ORIGIN}/in/shop/old` }), { ...WANTED, address: GUARDED });
    expect(url).toBe("token");
  });
});

describe("planWebhook", () => {
  it("creates one where there is none", () => {
    const draft = { targetUrl: `${ORIGIN}/in/shop`, events: EVENTS, active: true };
    expect(planWebhook(undefined, WANTED, false)).toEqual({ action: "create", draft });
  });

  it("does nothing where nothing differs, also about what is only too much", () => {
    expect(planWebhook(webhook(), WANTED, true)).toEqual({ action: "nothing" });
    const more = webhook({ events: [...EVENTS, "campaign.vouchers.aded"] });
    expect(planWebhook(more, WANTED, false)).toEqual({ action: "nothing" });
    expect(planWebhook(more, WANTED, true)).toMatchObject({ action: "update", draft: { events: EVENTS } });
  });

  it("adds what is lacking, keeps what is there, and does not enable what is disabled", () => {
    const ours = webhook({ events: ["campaign.vouchers.aded"], active: false });
    expect(planWebhook(ours, WANTED, false)).toEqual({
      action: "update",
      id: "wh_1",
      draft: { targetUrl: `${ORIGIN}/in/shop`, events: ["campaign.vouchers.added", ...EVENTS], active: false },
    });
  });

  it("unticks nothing when no route takes anything, and creates nothing then", () => {
    const nothing = { address: ADDRESS, events: [] };
    expect(planWebhook(webhook(), nothing, true)).toEqual({ action: "nothing" });
    expect(planWebhook(undefined, nothing, false)).toEqual({ action: "impossible", why: "no_events" });
  });

  it("is impossible while the URL is not known", () => {
    const unset = { ...GUARDED, token: { name: "SHOP_TOKEN", value: undefined } };
    const plan = planWebhook(webhook(), { address: unset, events: EVENTS }, false);
    expect(plan).toEqual({ action: "impossible", why: "url_unknown" });
  });
});
