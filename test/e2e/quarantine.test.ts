// Quarantine in a browser: what could not be read is looked into, corrected, replayed to a real target, or discarded.

import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { createSendout } from "../fixtures/sendout.ts";
import { isSettled, SECRETS, type Signalbox } from "../integration/signalbox.ts";
import type { Target } from "../integration/target.ts";
import { findGrave } from "./axe.ts";
import { inBrowser, useBrowser } from "./browser.ts";
import { createToken, startRouter } from "./dashboard.ts";

const token = SECRETS.SIGNALBOX_ADMIN_TOKEN;

inBrowser("the page of quarantine", () => {
  let signalbox: Signalbox;
  let target: Target;
  const open = useBrowser();

  beforeAll(async () => {
    [signalbox, target] = await startRouter((url) => ({
      targets: { crm: { request: { url: `${url}/crm`, body: { type: "{{ $webhook.type }}" } } } },
      routes: [{ id: "all", events: ["*"], to: ["crm"] }],
    }));
  });

  afterAll(async () => {
    await Promise.all([signalbox.stop(), target.stop()]);
  });

  it("corrects what is no JSON, says so while it is none, and sends it", async () => {
    const { id } = await signalbox.accept('{"email": "ada@example.com", "note": "<script>document.title=1</script>"');
    const page = await open({ origin: signalbox.url, path: "/quarantine", token });
    await page.getByRole("link", { name: /It is not JSON/ }).click();
    await page.getByText("nobody can tell what in it is personal").waitFor();
    expect(await page.getByText("ada@example.com").count()).toBe(0);

    await page.getByRole("button", { name: "Correct…" }).click();
    await page.getByText("The audit log notes that you have seen this one.").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Reveal" }).click();
    await page.getByLabel("What arrived").getByText("ada@example.com").waitFor();
    const editor = page.getByRole("textbox", { name: "Corrected text" });
    await page.getByText("It is not JSON: ").waitFor();
    expect(await page.getByRole("button", { name: "Replay the corrected text" }).getAttribute("aria-disabled")).toBe(
      "true",
    );
    expect(await findGrave(page)).toEqual([]);

    await editor.fill(JSON.stringify(createSendout({ event: { type: "test.corrected" } })));
    await page.getByText("what arrived is kept beside it").waitFor();
    await page.getByRole("button", { name: "Replay the corrected text" }).click();
    await page.getByText("1 delivery planned.").waitFor();
    await page.getByRole("link", { name: "see what became of it" }).waitFor();
    expect(await signalbox.sendout(id, isSettled)).toMatchObject({
      deliveries: [{ target: "crm", state: "delivered" }],
    });
    expect(target.to("/crm").map(({ body }) => body)).toEqual(['{"type":"test.corrected"}']);
    expect(await page.title()).toBe("Quarantine · Signalbox");
  });

  it("replays and discards many, and keeps what was said of those that were refused", async () => {
    const ids: string[] = [];
    for (const body of ["[1]", "[2]"]) ids.push((await signalbox.accept(body)).id);
    const page = await open({
      origin: signalbox.url,
      path: "/quarantine?reason=body_not_object",
      token,
      expects: [422],
    });
    await page.getByLabel("Select all").check();
    await page.getByText("2 selected").waitFor();
    await page.getByRole("button", { name: "Replay" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Replay 2 sendouts" }).click();
    await page.getByText("Done: 2 of 2, 2 refused").waitFor();
    for (const id of ids) await page.getByText(`${id} The sendout stays where it is`).waitFor();

    await page.getByLabel("Select all").check();
    await page.getByRole("button", { name: "Discard" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Discard 2 sendouts" }).click();
    await dialog.getByText("Say why").waitFor();
    await dialog.getByLabel("Why, for whoever looks later").fill("a scanner");
    await dialog.getByRole("button", { name: "Discard 2 sendouts" }).click();
    await page.getByText("There is none of that").waitFor();
    await vi.waitFor(async () => expect(await countOpen(signalbox)).toBe(0));
    await page.getByRole("link", { name: "Discarded" }).click();
    await page
      .getByRole("link", { name: /It is JSON, but not an object/ })
      .first()
      .click();
    await page.getByText("a scanner").waitFor();
  });

  it("goes through the list by keys, and Back shows what was there", async () => {
    const { id } = await signalbox.accept("{}");
    const page = await open({ origin: signalbox.url, path: "/quarantine?state=all", token });
    await page.getByRole("link", { name: /It does not say which event/ }).waitFor();
    await page.keyboard.press("j");
    await page.waitForURL(`**/quarantine/${id}?state=all`);
    await page.getByRole("button", { name: "Discard…" }).waitFor();
    await page.keyboard.press("Escape");
    await page.waitForURL("**/quarantine?state=all");
    await page.goBack();
    await page.waitForURL(`**/quarantine/${id}?state=all`);
  });

  it("lets a viewer see what there is, and neither read nor change it", async () => {
    const { id } = await signalbox.accept('{"customer": {"email": "ada@example.com"}}');
    const viewer = await createToken(signalbox, { name: "Vera", scopes: ["read"] });
    const page = await open({ origin: signalbox.url, path: `/quarantine/${id}`, token: viewer });
    await page.getByText("Needs payload, which you do not have. So it is hidden.").waitFor();
    for (const name of ["Replay as it is", "Correct…", "Discard…", "Reveal"])
      expect(await page.getByRole("button", { name }).getAttribute("aria-disabled")).toBe("true");
  });

  it.each([
    [1440, "light"],
    [1440, "dark"],
    [390, "light"],
    [390, "dark"],
  ] as const)("has nothing that shuts people out at %i px, %s", async (width, scheme) => {
    const page = await open({ origin: signalbox.url, path: "/quarantine", token, width, scheme });
    await page
      .getByRole("link", { name: /It does not say which event/ })
      .first()
      .waitFor();
    expect(await findGrave(page)).toEqual([]);
    await page
      .getByRole("link", { name: /It does not say which event/ })
      .first()
      .click();
    await page.getByRole("button", { name: "Replay as it is" }).waitFor();
    expect(await findGrave(page)).toEqual([]);
  });
});

async function countOpen(signalbox: Signalbox): Promise<number> {
  const answer = await signalbox.admin("GET", "/quarantine");
  return ((await answer.json()) as { open: number }).open; // our own API
}
