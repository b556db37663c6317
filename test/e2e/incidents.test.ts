// Incidents in a browser: what is wrong in words, and the word of whoever has looked.

import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { createSendout } from "../fixtures/sendout.ts";
import { isSettled, SECRETS, type Signalbox } from "../integration/signalbox.ts";
import { status, type Target } from "../integration/target.ts";
import { findGrave } from "./axe.ts";
import { inBrowser, useBrowser } from "./browser.ts";
import { createToken, startRouter } from "./dashboard.ts";

const token = SECRETS.SIGNALBOX_ADMIN_TOKEN;

inBrowser("the page of incidents", () => {
  let signalbox: Signalbox;
  let target: Target;
  const open = useBrowser();

  beforeAll(async () => {
    [signalbox, target] = await startRouter((url) => ({
      targets: { crm: { request: { url: `${url}/crm` } } },
      routes: [{ id: "all", events: ["*"], to: ["crm"] }],
    }));
    target.behave((res) => void res.writeHead(422).end("<script>document.title = 'owned'</script>"));
    await signalbox.accept(JSON.stringify(createSendout()), isSettled);
    target.behave(status(200));
    await vi.waitFor(async () => expect(await countOpen(signalbox)).toBe(1), { timeout: 20_000 });
  });

  afterAll(async () => {
    await Promise.all([signalbox.stop(), target.stop()]);
  });

  it.each([
    [1440, "light"],
    [1440, "dark"],
    [390, "light"],
    [390, "dark"],
  ] as const)("says what is wrong, what helps and where to look, at %i px, %s", async (width, scheme) => {
    const page = await open({ origin: signalbox.url, path: "/incidents", token, width, scheme });
    const card = page.getByRole("article");
    await card.getByRole("heading", { name: 'Deliveries to "crm" failed for good' }).waitFor();
    await card.getByText("Put the cause right").waitFor();
    expect(await card.getByRole("link", { name: "Target crm" }).getAttribute("href")).toBe("/table/targets/crm");
    const address = await card.getByRole("link", { name: "Deliveries affected" }).getAttribute("href");
    expect(address).toContain("/sendouts?target=crm&deliveryState=failed&reason=target_rejected&status=422");
    await card.getByRole("button", { name: "Who was told" }).click();
    await card.getByText("Nobody was told").waitFor();
    expect(await page.title()).toBe("Incidents · Signalbox");
    expect(await findGrave(page)).toEqual([]);
  });

  it("lets a viewer see and not change", async () => {
    const viewer = await createToken(signalbox, { name: "Vera", scopes: ["read"] });
    const page = await open({ origin: signalbox.url, path: "/incidents", token: viewer });
    const acknowledge = page.getByRole("button", { name: "Acknowledge" });
    await acknowledge.click({ force: true });
    expect(await acknowledge.getAttribute("aria-disabled")).toBe("true");
    expect(await page.getByRole("dialog").count()).toBe(0);
  });

  it("is acknowledged and resolved with a note and the name of who did", async () => {
    const operator = await createToken(signalbox, { name: "Olga", scopes: ["read", "replay"] });
    const page = await open({ origin: signalbox.url, path: "/incidents", token: operator });
    await page.getByRole("button", { name: "Acknowledge" }).click();
    await page.getByRole("dialog").getByLabel("What others should know").fill("asking their <i>support</i>");
    await page.getByRole("dialog").getByRole("button", { name: "Acknowledge" }).click();
    await page.getByText("Olga is at it since").waitFor();
    await page.getByText("asking their <i>support</i>").waitFor();
    expect(await page.getByRole("button", { name: "Acknowledge" }).count()).toBe(0);

    await page.getByRole("link", { name: "Acknowledged" }).click();
    await page.getByRole("button", { name: "Resolve" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Resolve" }).click();
    await page.getByText("No incident is acknowledged").waitFor();
    await page.goBack();
    await page.getByText("Nothing is open").waitFor();
    await page.getByRole("link", { name: "Resolved" }).click();
    await page.getByText("Resolved by Olga").waitFor();
    await page.reload();
    await page.getByText("Resolved by Olga").waitFor();
    expect(await page.getByRole("button", { name: "Resolve" }).count()).toBe(0);
  });

  it("shows one incident to whom a message has sent there, whatever became of it", async () => {
    const page = await open({ origin: signalbox.url, path: "/incidents?kind=deliveries_failed", token });
    await page.getByText("Resolved by Olga").waitFor();
    await page.getByRole("link", { name: "Show all" }).click();
    await page.getByText("Nothing is open").waitFor();
  });
});

async function countOpen(signalbox: Signalbox): Promise<number> {
  const answer = await signalbox.admin("GET", "/incidents?state=open");
  return ((await answer.json()) as { incidents: unknown[] }).incidents.length; // our own API
}
