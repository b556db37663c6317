// The builder, by clicks and keys: from nothing to a delivered message, with what goes wrong on the way.

import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { Page } from "playwright-core";
import { SECRETS, startSignalbox, type Signalbox } from "../integration/signalbox.ts";
import { startTarget, type Target } from "../integration/target.ts";
import { withKeys } from "../integration/vault.ts";
import { findGrave } from "./axe.ts";
import { inBrowser, useBrowser } from "./browser.ts";
import { createToken } from "./dashboard.ts";

const token = SECRETS.SIGNALBOX_ADMIN_TOKEN;
const INLETS = { voucherify: { auth: { secrets: ["VOUCHERIFY_SECRET"] } } };

/** Writes into an editor, behind what is there. */
async function write(page: Page, name: string, text: string): Promise<void> {
  await page.getByRole("textbox", { name, exact: true }).click();
  await page.keyboard.press("Control+End");
  await page.keyboard.type(text);
}

const request = (page: Page) => page.getByRole("textbox", { name: "Body as it is sent" });

inBrowser("the builder", () => {
  let signalbox: Signalbox;
  let target: Target;
  const open = useBrowser();

  beforeAll(async () => {
    [signalbox, target] = await Promise.all([startSignalbox(withKeys("old")), startTarget()]);
  });

  beforeEach(async () => {
    await signalbox.publish({ inlets: INLETS, targets: {}, routes: [] });
  });

  afterAll(async () => {
    await Promise.all([signalbox.stop(), target.stop()]);
  });

  it("leads from nothing to a delivered message in Slack's shape", async () => {
    const page = await open({ origin: signalbox.url, path: "/builder", token });
    await page.getByRole("button", { name: "Any other API" }).click();
    await write(page, "URL", `${target.url}/slack`);
    await write(page, "Body", '{ "text": "Hello ');
    await page.getByRole("treeitem", { name: /^name/ }).click();
    await request(page).getByText("Hello Mira Halvorsen").waitFor();

    await page.getByRole("button", { name: "Save as a target" }).click();
    await page.getByLabel("Name of the target").fill("team");
    await page.getByRole("button", { name: "Add a condition" }).click();
    await page.getByLabel("Condition 1, field").fill("customer.name");
    await page.getByLabel("Condition 1, value").fill("Mira Halvorsen");
    await page.getByText("The router takes it.").waitFor();
    await page.getByRole("button", { name: "Publish" }).click();
    await page.getByRole("heading", { name: "team is in force" }).waitFor();
    await page.getByRole("button", { name: "Send an example" }).click();
    await page.getByRole("dialog").getByText("delivered", { exact: true }).waitFor();
    expect(target.to("/slack").map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { text: "Hello Mira Halvorsen" },
    ]);
    await page.getByRole("button", { name: "Done" }).click();
    await page.getByRole("button", { name: "Any other API" }).waitFor(); // the next one begins with nothing
  });

  it("completes expressions by keyboard, and Tab goes on to what comes next", async () => {
    const page = await open({ origin: signalbox.url, path: "/builder?recipe=slack-webhook", token });
    await write(page, "Text", "Code {{voucher.co");
    await page.getByRole("option", { name: /^voucher\.code/ }).waitFor();
    await page.keyboard.press("Enter");
    await request(page).getByText("Code AUTUMN-15").waitFor();
    await page.keyboard.press("Tab");
    expect(await page.getByRole("textbox", { name: "Text" }).evaluate((text) => text.matches(":focus"))).toBe(false);
  });

  it("shows what somebody has written apart from what a recipe brings along", async () => {
    const page = await open({ origin: signalbox.url, path: "/builder?recipe=slack-webhook", token });
    const trace = page.getByRole("region", { name: "What each expression gave" });
    await trace.getByText("3 expressions that the recipe brings along").waitFor();
    expect(await trace.getByText("$title").isVisible()).toBe(false);
    await trace.getByText("3 expressions that the recipe brings along").click();
    expect(await trace.getByText("$title").isVisible()).toBe(true);
    await write(page, "Text", "For {{customer.name}}");
    await trace.getByRole("heading", { name: "1 expression" }).waitFor();
    expect(await trace.getByRole("listitem").allInnerTexts()).toEqual([
      expect.stringMatching(/^customer\.name\s+"Mira/),
    ]);
  });

  it("puts a recipe's secret into the vault, under the name that is proposed", async () => {
    const page = await open({ origin: signalbox.url, path: "/builder?recipe=slack-webhook", token });
    const path = page.getByRole("group", { name: "Path" });
    await path.getByText("SLACK_WEBHOOK_PATH is not set here").waitFor();
    await path.getByRole("button", { name: "Set" }).click();
    await page.getByRole("dialog").getByLabel("Value").fill("T0/B0/of-a-channel-4c1f");
    await page.keyboard.press("Enter");
    await path.getByText("SLACK_WEBHOOK_PATH is set, in the vault").waitFor();
    expect(await page.content()).not.toContain("of-a-channel");
    await path.getByText("Keep it under another name").click();
    await path.getByLabel("Name of the secret").fill("team_path");
    await path.getByText("TEAM_PATH is not set here").waitFor();
  });

  it("says what is wrong at its place, and keeps the last good request until it is right again", async () => {
    const page = await open({ origin: signalbox.url, path: "/builder", token, expects: [422] });
    await page.getByRole("button", { name: "Any other API" }).click();
    await write(page, "URL", `${target.url}/wrong`);
    await write(page, "Body", '{ "a": "good" ');
    await request(page).getByText("good").waitFor();
    await write(page, "Body", ' "b": 1');
    await page.getByText("The body is no JSON yet.").waitFor();
    await page.getByRole("textbox", { name: "Body", exact: true }).press("Control+a");
    await page.keyboard.insertText('{ "a": "{{ $nope(1) }}" }');
    await page.getByText("Body: there is no function $nope").waitFor();
    expect(await page.getByRole("button", { name: "Save as a target" }).getAttribute("aria-disabled")).toBe("true");
    expect(await page.locator(".cm-lintRange-error").allTextContents()).toEqual(["$nope"]);
    expect(await request(page).textContent()).toContain("good");
  });

  it("takes a field that is dragged into a text", async () => {
    const page = await open({ origin: signalbox.url, path: "/builder?recipe=slack-webhook", token });
    await write(page, "Text", "Mail: ");
    await page.getByRole("treeitem", { name: /^email/ }).dragTo(page.getByRole("textbox", { name: "Text" }));
    await request(page).getByText("Mail: mira@example.com").waitFor();
  });

  it("says that somebody has published another version of what is edited", async () => {
    const publish = async (path: string) =>
      signalbox.publish({
        inlets: INLETS,
        targets: { crm: { request: { url: `${target.url}/${path}` } } },
        routes: [{ id: "all", events: ["customer.created"], to: ["crm"] }],
      });
    await publish("before");
    const page = await open({ origin: signalbox.url, path: "/builder/crm", token });
    page.on("dialog", (dialog) => void dialog.accept());
    await expect.poll(() => page.getByRole("combobox", { name: "Event" }).inputValue()).toBe("customer.created");
    await page.getByLabel("Method").selectOption("PUT");
    await publish("after");
    await page.reload();
    await page.getByText("Somebody has published another crm since you began.").waitFor();
    await page.getByRole("button", { name: "Start over" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Start over" }).click();
    await page.getByText(`${target.url}/after`).first().waitFor();
  });

  it("takes a template of the Payload designer, and sends a test after asking", async () => {
    const page = await open({ origin: signalbox.url, path: "/builder", token });
    await page.getByRole("button", { name: "A Payload-designer template" }).click();
    await page.getByRole("textbox", { name: "Template" }).fill('{ "name": {{customer.name}}, }');
    await page.getByText("a comma behind the last one is not part of JSON").waitFor();
    await page.getByRole("button", { name: "Use it as the body" }).click();
    await write(page, "URL", `${target.url}/designer`);
    await request(page).getByText("Mira Halvorsen").waitFor();

    await page.getByRole("button", { name: "Send a test" }).click();
    expect(target.to("/designer")).toHaveLength(0);
    await page.getByRole("button", { name: "Send it" }).click();
    await page.getByRole("dialog").getByText("delivered", { exact: true }).waitFor();
    expect(target.to("/designer").map(({ body }) => JSON.parse(body) as unknown)).toEqual([{ name: "Mira Halvorsen" }]);
  });

  it("keeps a draft over a reload, without the event it was tried with", async () => {
    const page = await open({ origin: signalbox.url, path: "/builder?recipe=slack-webhook", token });
    page.on("dialog", (dialog) => void dialog.accept());
    await write(page, "Text", "Kept");
    await request(page).getByText("Kept").waitFor();
    await page.reload();
    await request(page).getByText("Kept").waitFor();
    expect(await page.evaluate(() => JSON.stringify(sessionStorage))).not.toContain("Mira");
    await page.goto("/builder?recipe=teams");
    await page.getByText("You are going on with a draft from before.").waitFor();
    await request(page).getByText("Kept").waitFor();
  });

  it("edits a target that is there, and leaves its route and whatever the form does not show as they are", async () => {
    await signalbox.publish({
      inlets: INLETS,
      targets: { crm: { request: { url: `${target.url}/crm`, body: { a: 1 } }, retry: "short" } },
      routes: [{ id: "all", events: ["*"], to: ["crm"] }],
    });
    const page = await open({ origin: signalbox.url, path: "/builder/crm", token });
    await page.getByRole("heading", { name: "Builder: crm" }).waitFor();
    await page.getByLabel("Method").selectOption("PUT");
    await page.getByRole("button", { name: "Save the target" }).click();
    await page.getByText("The router takes it.").waitFor();
    await page.getByRole("button", { name: "Publish" }).click();
    await page.getByRole("heading", { name: "crm is in force" }).waitFor();
    const { table } = (await (await signalbox.admin("GET", "/table")).json()) as {
      table: { targets: unknown; routes: unknown };
    };
    expect(table.targets).toEqual({
      crm: { request: { method: "PUT", url: `${target.url}/crm`, body: { a: 1 } }, retry: "short" },
    });
    expect(table.routes).toEqual([{ id: "all", events: ["*"], to: ["crm"] }]);
  });

  it("shows a viewer events and recipes, and why there is no more", async () => {
    const viewer = await createToken(signalbox, { name: "Vera", scopes: ["read"] });
    const page = await open({ origin: signalbox.url, path: "/builder?recipe=slack-webhook", token: viewer });
    await page.getByText("seeing it needs payload, which you do not have.").waitFor();
    await page.getByRole("treeitem", { name: /^name/ }).waitFor();
    expect(await page.getByRole("button", { name: "Save as a target" }).getAttribute("aria-disabled")).toBe("true");
  });

  it.each([
    [1440, "light"],
    [390, "dark"],
  ] as const)("has nothing that shuts people out at %i px, %s", async (width, scheme) => {
    const page = await open({ origin: signalbox.url, path: "/builder?recipe=slack-webhook", width, scheme, token });
    await page.getByRole("treeitem", { name: /^name/ }).waitFor();
    if (width === 390) await page.getByText("Template", { exact: true }).click();
    await page.getByRole("textbox", { name: "Text" }).waitFor();
    expect(await findGrave(page)).toEqual([]);
    if (width === 390) return;
    await page.getByRole("button", { name: "Save as a target" }).click();
    await page.getByText("What changes in the table").click();
    await page.getByRole("textbox", { name: "What changes in the table" }).waitFor();
    expect(await findGrave(page)).toEqual([]);
  });
});
