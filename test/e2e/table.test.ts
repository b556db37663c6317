// Routes and targets by clicks, through the built Worker: a route edited, checked, compared, run dry, published and rolled
// back; what happens when two people edit; pausing; who may only look.

import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { createSendout } from "../fixtures/sendout.ts";
import { isSettled, SECRETS, startSignalbox, type Signalbox } from "../integration/signalbox.ts";
import { startTarget, type Target } from "../integration/target.ts";
import { findGrave } from "./axe.ts";
import { inBrowser, useBrowser } from "./browser.ts";
import { createToken } from "./dashboard.ts";

const token = SECRETS.SIGNALBOX_ADMIN_TOKEN;

/** What every test begins with. `novelty` stands for whatever the form does not know. */
function tableFor(target: Target) {
  return {
    inlets: { voucherify: { auth: { secrets: ["VOUCHERIFY_SECRET"] } } },
    targets: {
      crm: {
        request: {
          url: `${target.url}/crm`,
          headers: { "x-team": "loyalty" },
          body: { type: "{{ $webhook.event.type }}" },
        },
        limits: { perSecond: 50 },
      },
      chat: { request: { url: `${target.url}/chat`, body: { text: "{{ $webhook.event.type }}" } } },
    },
    routes: [{ id: "vouchers", events: ["voucher.enabled"], to: ["crm"] }],
  };
}

function sendoutOf(type: string): string {
  return JSON.stringify(createSendout({ event: { type } }));
}

async function inForce(signalbox: Signalbox): Promise<{ version: number; table: ReturnType<typeof tableFor> }> {
  const answer = await signalbox.admin("GET", "/table");
  return (await answer.json()) as { version: number; table: ReturnType<typeof tableFor> }; // what was published here
}

/** Types into a field of the form without a pause between the letters, none of which is lost. */
async function typeInto(page: Page, field: string, text: string): Promise<void> {
  const input = page.getByRole("combobox", { name: field });
  await input.click();
  await page.keyboard.type(text);
  expect(await input.inputValue()).toBe(text);
}

/** Adds one of those there are to a list of the form. */
async function addTo(page: Page, field: string, text: string): Promise<void> {
  await typeInto(page, field, text);
  await page.getByRole("option", { name: text }).first().click();
  await page.getByRole("button", { name: `Take ${text} out` }).waitFor();
}

/** Adds what is none of those there are. */
async function addOtherTo(page: Page, field: string, text: string): Promise<void> {
  await typeInto(page, field, text);
  await page.getByText("Nothing has that in it.").waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: `Take ${text} out` }).waitFor();
}

async function publish(page: Page, note: string): Promise<void> {
  await page.getByRole("button", { name: "Publish" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Why (stands in the list of versions)").fill(note);
  await dialog.getByRole("button", { name: "Publish" }).click();
}

inBrowser("routes and targets", () => {
  let signalbox: Signalbox;
  let target: Target;
  const open = useBrowser();

  beforeAll(async () => {
    [signalbox, target] = await Promise.all([startSignalbox(), startTarget()]);
  });

  beforeEach(async () => signalbox.publish(tableFor(target)));

  afterAll(async () => {
    await Promise.all([signalbox.stop(), target.stop()]);
  });

  it("takes a route from an edit to a delivery, and back", async () => {
    await signalbox.accept(sendoutOf("voucher.enabled"), isSettled);
    const page = await open({ origin: signalbox.url, path: "/table", token });
    await page.getByRole("link", { name: /^vouchers/ }).click();

    await addOtherTo(page, "Add an event or a family", "voucher..");
    await addTo(page, "Add a target", "chat");
    await page.getByText("2 changes, not published").waitFor();
    await page.getByRole("button", { name: "Check" }).click();
    await page.getByText("1: an event pattern is an event type").waitFor();
    await page.getByRole("tab", { name: "JSON" }).click();
    await page.getByLabel("Definition of vouchers").getByText('"voucher.."').waitFor();
    await page.getByRole("tab", { name: "Form" }).click();
    await page.getByRole("button", { name: "Take voucher.. out" }).click();
    await addTo(page, "Add an event or a family", "voucher.disabled");
    await page.getByRole("button", { name: "Check" }).click();
    await page.getByText("Checked: it can be published").waitFor();

    await page.getByRole("link", { name: "Review and publish" }).click();
    await page.getByText('["crm","chat"]').waitFor();
    expect(await findGrave(page)).toEqual([]);
    await page.getByRole("tab", { name: "Dry run" }).click();
    await page.getByRole("button", { name: "Run" }).click();
    await page.getByText(/compared: all there are\./).waitFor();
    const row = page.getByRole("row", { name: "vouchers chat" });
    expect(await row.getByRole("cell").allTextContents()).toEqual(["chat", "0", expect.stringMatching(/^[1-9]/)]);
    expect(await findGrave(page)).toEqual([]);

    await page.getByRole("tab", { name: "Changes" }).click();
    const before = (await inForce(signalbox)).version;
    await publish(page, "chat hears of vouchers");
    await page.getByRole("link", { name: `Version ${before + 1}` }).waitFor();
    const { table } = await inForce(signalbox);
    expect(table).toEqual({
      ...tableFor(target),
      routes: [{ id: "vouchers", events: ["voucher.enabled", "voucher.disabled"], to: ["crm", "chat"] }],
    });
    await signalbox.accept(sendoutOf("voucher.disabled"), isSettled);
    expect(target.to("/chat")).toHaveLength(1);

    await page.getByRole("link", { name: "Versions" }).click();
    await page.getByText("chat hears of vouchers").waitFor();
    expect(await findGrave(page)).toEqual([]);
    await page.getByRole("link", { name: String(before), exact: true }).click();
    await page.getByRole("button", { name: "Put it in force again" }).click();
    await page.getByRole("dialog").getByText('["crm","chat"]').waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Put in force" }).click();
    await page.getByText(`Version ${before + 2} is in force.`).waitFor();
    expect((await inForce(signalbox)).table).toEqual(tableFor(target));
  });

  it("keeps what the form does not know, and a draft over a reload", async () => {
    const page = await open({ origin: signalbox.url, path: "/table/targets/crm", token });
    await page.getByLabel("Calls a second").fill("");
    await page.getByLabel("Calls a minute").fill("600");
    await page.reload();
    expect(await page.getByLabel("Calls a minute").inputValue()).toBe("600");
    await page.getByRole("link", { name: "Review and publish" }).click();
    await publish(page, "");
    await page.getByText(/is in force\. What was accepted before/).waitFor();
    const { crm } = (await inForce(signalbox)).table.targets;
    expect(crm).toEqual({ ...tableFor(target).targets.crm, limits: { perMinute: 600 } });
  });

  it("is in nobody's way who publishes meanwhile: both changes end up in the table", async () => {
    const page = await open({ origin: signalbox.url, path: "/table/targets/crm", token, expects: [409] });
    await page.getByLabel("Calls a minute").fill("600");
    await page.getByRole("link", { name: "Review and publish" }).click();
    await page.getByRole("button", { name: "Publish" }).click();
    const table = tableFor(target);
    await signalbox.publish({ ...table, routes: [...table.routes, { id: "theirs", events: ["*"], to: ["chat"] }] });
    await page.getByRole("dialog").getByRole("button", { name: "Publish" }).click();
    await page.getByRole("dialog").getByText("table_conflict").waitFor();
    await page.keyboard.press("Escape");
    await page.getByText("Route theirs is new").waitFor();
    await page.getByRole("button", { name: /^Put the draft on top/ }).click();
    await publish(page, "on top");
    await page.getByText(/is in force\. What was accepted before/).waitFor();
    const now = (await inForce(signalbox)).table;
    expect(now.routes.map(({ id }) => id)).toEqual(["vouchers", "theirs"]);
    expect(now.targets.crm.limits).toEqual({ perSecond: 50, perMinute: 600 });
  });

  it("adds, renames, copies and removes parts, and says why one cannot go", async () => {
    const page = await open({ origin: signalbox.url, path: "/table", token });
    await page.getByRole("button", { name: "Add" }).click();
    await page.getByRole("menuitem", { name: "A route" }).click();
    await page.getByLabel("Name of the route").fill("New route");
    await page.keyboard.press("Enter");
    await page.getByText("A name has 1 to 40 lowercase letters").waitFor();
    await page.getByLabel("Name of the route").fill("news");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 2, name: "news" }).waitFor();

    await page.goto("/table/targets/crm");
    await page.getByRole("button", { name: "What to do with crm" }).click();
    const remove = page.getByRole("menuitem", { name: "Remove" });
    expect(await remove.getAttribute("title")).toBe("Used by vouchers: take it out of there first.");
    await page.getByRole("menuitem", { name: "Rename…" }).click();
    await page.getByLabel("Name of the target").fill("contacts");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 2, name: "contacts" }).waitFor();
    await page.getByRole("link", { name: "vouchers", exact: true }).click();
    await page.getByRole("button", { name: "Take contacts out" }).waitFor();

    await page.goto("/table/targets/chat");
    await page.getByRole("button", { name: "What to do with chat" }).click();
    await page.getByRole("menuitem", { name: "Remove" }).click();
    await page.getByText("The draft removes it").waitFor();
    await page.getByRole("button", { name: "Put it back" }).click();
    await page.getByLabel("URL").waitFor();
  });

  it("pauses a target and resumes it, at once and beside the draft", async () => {
    const page = await open({ origin: signalbox.url, path: "/table/targets/crm", token });
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByLabel("Why (for your colleagues)").fill("<img src=x onerror=alert(1)>");
    await page.getByRole("dialog").getByRole("button", { name: "Pause" }).click();
    await page.getByText("<img src=x onerror=alert(1)>").waitFor();
    const held = await signalbox.accept(sendoutOf("voucher.enabled"), ({ deliveries }) =>
      deliveries.some(({ state }) => state === "held"),
    );
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Resume" }).click();
    await page.getByRole("button", { name: "Pause" }).waitFor();
    expect((await signalbox.sendout(held.id, isSettled)).deliveries).toMatchObject([{ state: "delivered" }]);
  });

  it("edits the whole table as JSON, and takes nothing that is no table", async () => {
    const page = await open({ origin: signalbox.url, path: "/table/draft?tab=json", token });
    const editor = page.getByRole("textbox", { name: "The whole table" });
    await editor.click();
    await page.keyboard.press("Control+a");
    await page.keyboard.insertText('{"inlets": {}');
    await page.getByText("This is no JSON yet, so nothing is changed.").waitFor();
    await page.keyboard.insertText("}");
    await page.getByText("A table has inlets and targets by name").waitFor();
    expect(await page.getByText("not published").count()).toBe(0);
    await page.keyboard.press("Control+a");
    await page.keyboard.insertText('{"inlets": {}, "targets": {}, "routes": []}');
    await page.getByText("4 changes, not published").waitFor();
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download signalbox.jsonc" }).click(),
    ]);
    expect(file.suggestedFilename()).toBe("signalbox.jsonc");
    expect(JSON.parse(await readFile(await file.path(), "utf8"))).toEqual({ inlets: {}, targets: {}, routes: [] });
  });

  it("draws many routes as few, finds one, and keeps what is looked for in the URL", async () => {
    const many = Array.from({ length: 60 }, (_, number) => ({ id: `r${number}`, events: ["*"], to: ["chat"] }));
    await signalbox.publish({ ...tableFor(target), routes: [...tableFor(target).routes, ...many] });
    const page = await open({ origin: signalbox.url, path: "/table", token });
    await page.getByRole("button", { name: /^60 routes/ }).click();
    await page.getByRole("link", { name: /^r59/ }).waitFor();
    await page.getByLabel("Find an inlet, route, target or event").fill("r42");
    await page.reload();
    expect(await page.getByLabel("Find an inlet, route, target or event").inputValue()).toBe("r42");
    await page.getByRole("button", { name: /^60 routes/ }).click();
    await page.getByRole("link", { name: /^r42/ }).click();
    await page.getByRole("heading", { level: 2, name: "r42" }).waitFor();
    expect(await page.getByRole("link", { name: /^r41/ }).count()).toBe(0);
    expect(new URL(page.url()).search).toBe("?find=r42");
    await page.keyboard.press("Escape");
    await page.getByRole("heading", { level: 2, name: "r42" }).waitFor({ state: "detached" });
    expect(new URL(page.url())).toMatchObject({ pathname: "/table", search: "?find=r42" });
  });

  it("is to be read only for whoever may not change it", async () => {
    const viewer = await createToken(signalbox, { name: "Vera", scopes: ["read"] });
    const page = await open({ origin: signalbox.url, path: "/table/targets/crm", token: viewer });
    await page.getByText("You can look at everything here and change nothing.").waitFor();
    expect(await page.getByLabel("URL").isDisabled()).toBe(true);
    expect(await page.getByRole("button", { name: "Pause" }).getAttribute("aria-disabled")).toBe("true");
    await page.getByRole("button", { name: "What to do with crm" }).click();
    expect(await page.getByRole("menuitem", { name: "Rename…" }).getAttribute("aria-disabled")).toBe("true");
    await page.keyboard.press("Escape");
    await page.goto("/table/versions/0");
    const button = page.getByRole("button", { name: "Put it in force again" });
    expect(await button.getAttribute("aria-disabled")).toBe("true");
  });

  it.each([
    [1440, "light"],
    [1440, "dark"],
    [390, "light"],
    [390, "dark"],
  ] as const)("has nothing that shuts people out at %i px, %s", async (width, scheme) => {
    const page = await open({ origin: signalbox.url, path: "/table", token, width, scheme });
    for (const path of ["/table", "/table/routes/vouchers", "/table/targets/crm", "/table/inlets/voucherify"]) {
      await page.goto(path);
      await page.getByRole("heading", { level: 2 }).first().waitFor();
      await page.getByText(/^Lines are|^Nothing has gone/).waitFor({ state: "attached" });
      expect(await findGrave(page), path).toEqual([]);
    }
  });
});
