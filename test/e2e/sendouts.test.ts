// The page of sendouts: what somebody finds, reads and repairs there, with real clicks and keys, over a real target.

import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { createSendout, type SendoutOverrides } from "../fixtures/sendout.ts";
import { SECRETS, type SendoutView, type Signalbox } from "../integration/signalbox.ts";
import { status, type Target } from "../integration/target.ts";
import { findGrave } from "./axe.ts";
import { inBrowser, useBrowser } from "./browser.ts";
import { createToken, startRouter } from "./dashboard.ts";

const token = SECRETS.SIGNALBOX_ADMIN_TOKEN;

const LONG_NAME = "warehouse-of-everything-in-the-north";

inBrowser("the page of sendouts", { timeout: 60_000 }, () => {
  let signalbox: Signalbox;
  let target: Target;
  const open = useBrowser();

  beforeAll(async () => {
    const body = { email: "{{ customer.email }}" };
    [signalbox, target] = await startRouter((url) => ({
      targets: {
        crm: { request: { url: `${url}/crm`, body }, auth: { type: "bearer", secret: "CRM_TOKEN" } },
        mail: { request: { url: `${url}/mail`, body }, retry: [] },
        [LONG_NAME]: { request: { url: `${url}/long`, body } },
      },
      routes: [
        { id: "to-crm", events: ["redemption.*"], to: ["crm"] },
        { id: "to-mail", events: ["test.mail"], to: ["mail"] },
        { id: "to-three", events: ["test.three"], to: ["crm", LONG_NAME, "mail"] },
        { id: "dear-ones", events: ["*"], when: [{ path: "order.amount", op: "gte", value: 1e9 }], to: ["mail"] },
      ],
    }));
  });

  beforeEach(() => target.behave((res) => void res.writeHead(200).end("fine")));

  afterAll(async () => {
    await Promise.all([signalbox.stop(), target.stop()]);
  });

  const accept = async (overrides: SendoutOverrides, state: string): Promise<SendoutView> =>
    signalbox.accept(JSON.stringify(createSendout(overrides)), ({ deliveries }) =>
      deliveries.every((delivery) => delivery.state === state),
    );

  /** A sendout that the target has refused. */
  const acceptRefused = async (overrides: SendoutOverrides = {}): Promise<SendoutView> => {
    target.behave(status(422));
    const refused = await accept({ ...overrides, event: { type: "test.mail" } }, "failed");
    target.behave((res) => void res.writeHead(200).end("fine"));
    return refused;
  };

  /** How often the audit log says that somebody has seen all of a sendout; `accept` is among them. */
  const revealsOf = async (id: string): Promise<number> => {
    const answer = await signalbox.admin("GET", "/audit?limit=200");
    const { entries } = (await answer.json()) as { entries: { subject: string; change: unknown }[] }; // the API's own
    const own = entries.filter(({ subject, change }) => subject === id && change !== null);
    return own.length;
  };

  it("finds by several fields, and shows the same after a reload, by a link and with Back", async () => {
    const group = "v-f1a2b3";
    const wanted = await accept({ event: { group_id: group } }, "delivered");
    await accept({ event: { type: "voucher.created", group_id: group } }, "none");
    const page = await open({ origin: signalbox.url, path: `/sendouts?group=${group}`, token });
    await rowOf(page, "voucher.created").waitFor();

    await page.getByRole("button", { name: "Filter" }).click();
    await page.getByRole("menuitem", { name: "Target" }).click();
    // Until the table is read there is nothing to choose, and what is typed is taken as it is.
    await page.getByRole("option", { name: "crm" }).waitFor();
    await page.getByRole("combobox", { name: "Target" }).pressSequentially("cr");
    await page.keyboard.press("Enter");
    await expect.poll(() => new URL(page.url()).search).toBe(`?target=crm&group=${group}`);
    await rowOf(page, "voucher.created").waitFor({ state: "detached" });
    await rowOf(page, "redemption.succeeded").click();
    await panelOf(page, "redemption.succeeded").waitFor();
    expect(new URL(page.url()).pathname).toBe(`/sendouts/${wanted.id}`);

    await page.reload();
    await panelOf(page, "redemption.succeeded").waitFor();
    await rowOf(page, "redemption.succeeded").waitFor();
    expect(await page.getByRole("row").count()).toBe(2); // its head, and the one
    await page.getByRole("button", { name: "Take off Target crm" }).click();
    await rowOf(page, "voucher.created").waitFor();
    await page.goBack();
    await panelOf(page, "redemption.succeeded").waitFor();
    expect(await findGrave(page)).toEqual([]);
  });

  it("cuts a long name beside an open sendout, and no short one for it", async () => {
    const { id } = await accept({ event: { type: "test.three" } }, "delivered");
    const page = await open({ origin: signalbox.url, path: `/sendouts/${id}`, token });
    const row = rowOf(page, "test.three");
    const isCut = async (name: string) =>
      row.getByText(name, { exact: true }).evaluate((shown) => shown.scrollWidth > shown.clientWidth);
    await row.waitFor();
    expect([await isCut("crm"), await isCut(LONG_NAME), await isCut("mail")]).toEqual([false, true, false]);
  });

  it("takes what is pasted for what it is", async () => {
    const { id } = await accept({}, "delivered");
    const page = await open({ origin: signalbox.url, path: "/sendouts", token, expects: [409] });
    await page.getByRole("grid").waitFor();
    await page.keyboard.press("/");
    await page.getByRole("searchbox").fill(`${id}.crm`);
    await page.getByRole("button", { name: `Open the sendout ${id}` }).waitFor();
    await page.keyboard.press("Enter");
    await panelOf(page, "redemption.succeeded").waitFor();
    expect(new URL(page.url()).pathname).toBe(`/sendouts/${id}`);

    await page.keyboard.press("/");
    await page.getByRole("searchbox").fill("ada@example.com");
    await page.keyboard.press("Enter");
    expect(new URL(page.url()).search).toBe("?customer=ada%40example.com");
    // Without a search key nobody can be found by who they are: the page says what to set.
    expect(await page.getByRole("alert").textContent()).toContain("SIGNALBOX_SEARCH_KEY");
  });

  it("leads from the list to a retry by keys alone", async () => {
    const refused = await acceptRefused();
    const page = await open({ origin: signalbox.url, path: "/sendouts?deliveryState=failed", token });
    await rowOf(page, "test.mail").waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await panelOf(page, "test.mail").waitFor();
    await page.getByRole("article", { name: "Delivery to mail" }).getByText("failed", { exact: true }).waitFor();
    await page.keyboard.press("r");
    await page.getByRole("dialog", { name: "Retry 1 delivery?" }).waitFor();
    for (const name of ["Close", "Cancel", "Retry"]) {
      await page.keyboard.press("Tab");
      await page.getByRole("dialog").locator(":focus").and(page.getByRole("button", { name })).waitFor();
    }
    await page.keyboard.press("Enter");
    await page.getByRole("article", { name: "Delivery to mail" }).getByText("retried by hand").waitFor();
    await page.getByRole("article", { name: "Delivery to mail" }).getByText("delivered", { exact: true }).waitFor();
    await signalbox.sendout(refused.id, ({ deliveries }) => deliveries[0]?.state === "delivered");
    await page.keyboard.press("Escape");
    await page.getByRole("complementary", { name: "Sendout" }).waitFor({ state: "detached" });
    expect(new URL(page.url()).search).toBe("?deliveryState=failed");
  });

  it("masks until somebody reveals, which the audit log has once", async () => {
    const { id } = await accept({}, "delivered");
    const before = await revealsOf(id);
    const page = await open({ origin: signalbox.url, path: `/sendouts/${id}?view=data`, token });
    await page.getByText(/^Masked in \d+ places/).waitFor();
    await page.getByRole("searchbox", { name: "Search in the payload" }).fill("email");
    await page.getByRole("treeitem", { name: /email/ }).first().waitFor();
    expect(await page.getByRole("treeitem", { name: /@/ }).count()).toBe(0);
    await page.getByRole("button", { name: "Reveal" }).click();
    await page.getByText("The audit log notes that you have seen them.").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Reveal" }).click();
    await page.getByRole("treeitem", { name: /@/ }).first().waitFor();

    await page.getByRole("tab", { name: /^Deliveries/ }).click();
    await page.getByText("Request as sent").click();
    await page.getByRole("article").getByText("Idempotency-Key").waitFor();
    await page.getByRole("article").getByText("@").first().waitFor();
    expect(await revealsOf(id)).toBe(before + 1);
  });

  it("says of each route why it was taken or not", async () => {
    const { id } = await accept({}, "delivered");
    const page = await open({ origin: signalbox.url, path: `/sendouts/${id}?view=decisions`, token });
    await page.getByRole("listitem").filter({ hasText: "to-crm matched" }).waitFor();
    await page.getByRole("listitem").filter({ hasText: "to-mail not taken: no event pattern covers" }).waitFor();
    await page.getByRole("listitem").filter({ hasText: "dear-ones not taken: " }).waitFor();
  });

  it("shows a viewer what happened, and lets them change and see nothing more", async () => {
    const refused = await acceptRefused();
    const viewer = await createToken(signalbox, { name: "Vera", scopes: ["read"] });
    const page = await open({ origin: signalbox.url, path: `/sendouts/${refused.id}`, token: viewer });
    await page.getByText("The request is not shown: it needs the scope payload").waitFor();
    for (const name of ["Retry", "Reveal"]) {
      const button = page.getByRole("button", { name, exact: true });
      expect(await button.getAttribute("aria-disabled")).toBe("true");
      await button.click({ force: true });
    }
    await page.getByRole("grid").focus();
    await page.keyboard.press("r");
    await page.getByRole("tab", { name: "Data" }).click();
    await page.getByText("for people with the scope payload").waitFor();
    expect(await page.getByRole("dialog").count()).toBe(0);
    expect((await signalbox.sendout(refused.id)).deliveries[0]?.state).toBe("failed");
  });

  it("has what arrives wait above what is read", async () => {
    const page = await open({ origin: signalbox.url, path: "/sendouts?event=test.arriving", token });
    await page.getByText("No sendout fits").waitFor();
    await accept({ event: { type: "test.arriving", group_id: "v-first" } }, "none");
    await rowOf(page, "v-first").waitFor();
    await accept({ event: { type: "test.arriving", group_id: "v-second" } }, "none");
    await page.getByRole("button", { name: "1 new" }).waitFor();
    expect(await rowOf(page, "v-second").count()).toBe(0);
    await page.getByRole("button", { name: "1 new" }).click();
    await rowOf(page, "v-second").waitFor();
    expect(await page.getByRole("row").nth(1).textContent()).toContain("v-second");
  });

  it("shows what is written to break pages as the text that it is", async () => {
    const hostile = `<img src=x onerror="document.title='taken'"><script>document.title='taken'</script>`;
    target.behave((res) => void res.writeHead(422, { "x-said": hostile }).end(hostile));
    const { id } = await accept(
      { event: { type: "test.mail", group_id: hostile }, data: { customer: { object: "customer", name: hostile } } },
      "failed",
    );
    target.behave((res) => void res.writeHead(200).end("fine"));
    const page = await open({ origin: signalbox.url, path: `/sendouts/${id}`, token });
    await page.getByRole("button", { name: "Reveal" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Reveal" }).click();
    await page.getByText("Answer", { exact: true }).click();
    await page.getByRole("article").getByText(hostile).first().waitFor();
    await page.getByRole("tab", { name: "Data" }).click();
    await page.getByRole("searchbox", { name: "Search in the payload" }).fill("onerror");
    await page
      .getByRole("treeitem", { name: /onerror/ })
      .first()
      .waitFor();
    await page.goto(`/sendouts?event=${encodeURIComponent(hostile)}`);
    await page.getByRole("button", { name: /^Event type <img/ }).waitFor();
    expect(await page.title()).toBe("Sendouts · Signalbox");
  });

  it("replays what a filter finds: a plan, a run, its end", async () => {
    const group = "v-replayed";
    for (let count = 0; count < 3; count++) await acceptRefused({ event: { group_id: group } });
    const before = target.to("/mail").length;
    const page = await open({ origin: signalbox.url, path: "/sendouts?target=mail&deliveryState=failed", token });
    await rowOf(page, "test.mail").first().waitFor();
    await page.getByRole("checkbox", { name: "Select" }).first().click();
    await page.getByText("1 sendout", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Select all that the filter finds" }).click();
    await page.getByRole("status").getByRole("button", { name: "Replay…" }).click();
    expect(await page.getByRole("button", { name: "Make the plan" }).getAttribute("aria-disabled")).toBe("true");
    await page.getByRole("radio", { name: "As then" }).check();
    expect(await findGrave(page)).toEqual([]);
    await page.getByRole("button", { name: "Make the plan" }).click();

    await page.getByRole("heading", { name: "Replay as then" }).waitFor();
    await page.getByText("may be seen twice").waitFor();
    expect(target.to("/mail")).toHaveLength(before);
    expect(await findGrave(page)).toEqual([]);
    await page.getByRole("button", { name: /^Send \d+ deliveries$/ }).click();
    await page.getByRole("heading", { name: /^(\d+) of \1 sent$/ }).waitFor();
    await page
      .getByRole("status")
      .getByText(/delivered$/)
      .waitFor();
    await vi.waitFor(() => expect(target.to("/mail").length).toBeGreaterThanOrEqual(before + 3));
    await page.getByRole("link", { name: "All replays" }).click();
    await page.getByRole("row").filter({ hasText: "as then" }).waitFor();
    expect(await findGrave(page)).toEqual([]);
  });

  it("takes back what a stopped replay has not sent", async () => {
    const sendouts: string[] = [];
    for (let count = 0; count < 4; count++) sendouts.push((await acceptRefused()).id);
    const before = target.to("/mail").length;
    const page = await open({ origin: signalbox.url, path: "/sendouts?event=test.mail&deliveryState=failed", token });
    await rowOf(page, "test.mail").first().waitFor();
    await page.getByRole("grid").focus();
    await page.keyboard.press("Home");
    await page.keyboard.press("x");
    for (let count = 1; count < sendouts.length; count++) await page.keyboard.press("j");
    await page.keyboard.press("X");
    await page.getByText("4 sendouts", { exact: true }).waitFor();
    await page.keyboard.press("r");
    await page.getByRole("radio", { name: "As then" }).check();
    await page.getByLabel("Deliveries a second").fill("0");
    await page.getByText("A whole number from 1 to 50.").waitFor();
    await page.getByLabel("Deliveries a second").fill("1");
    await page.getByRole("button", { name: "Make the plan" }).click();
    await page.getByRole("button", { name: "Send 4 deliveries" }).click();
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Stop" }).click();
    await page.getByText("stopped", { exact: true }).waitFor();
    await page.getByText(/^\d taken back$/).waitFor();
    const states = await Promise.all(sendouts.map(async (id) => (await signalbox.sendout(id)).deliveries[0]?.state));
    expect(states).toContain("failed");
    expect(target.to("/mail").length).toBeLessThan(before + sendouts.length);
  });
});

function rowOf(page: Page, text: string) {
  return page.getByRole("row").filter({ hasText: text });
}

function panelOf(page: Page, event: string) {
  return page.getByRole("complementary", { name: "Sendout" }).getByRole("heading", { name: event });
}
