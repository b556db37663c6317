// Whoever can write to Voucherify, answer as a target, or name something writes what pages show: all of it is text there,
// whatever it says. The Content Security Policy is the second wall; no test here ever reaches it.

import { afterAll, beforeAll, expect, it } from "vitest";
import { createSendout } from "../fixtures/sendout.ts";
import { isSettled, SECRETS, startSignalbox, type SendoutView, type Signalbox } from "../integration/signalbox.ts";
import { startTarget, type Target } from "../integration/target.ts";
import { inBrowser, useBrowser } from "./browser.ts";
import { createToken } from "./dashboard.ts";
import { settle } from "./pages.ts";

const token = SECRETS.SIGNALBOX_ADMIN_TOKEN;

/** Markup and script in every way that has ever been taken for either. */
const EVIL = `"'><img src=/x onerror="window.hit=1"><script>window.hit=1</script><svg onload=window.hit=1>{{constructor}}`;
const EVIL_URL = "javascript:window.hit=1";

/** A part of it that is looked for in pages, as text. */
const SEEN = "<script>window.hit=1</script>";

inBrowser("what others have written", { timeout: 180_000 }, () => {
  let signalbox: Signalbox;
  let target: Target;
  let sent: SendoutView;
  let quarantined: SendoutView;
  const open = useBrowser();

  beforeAll(async () => {
    [signalbox, target] = await Promise.all([startSignalbox(), startTarget()]);
    target.behave((res) => {
      res.writeHead(422, { "x-evil": EVIL, "content-type": "text/html", link: `<${EVIL_URL}>; rel=next` });
      res.end(`<html><body>${EVIL}</body></html>`);
    });
    await signalbox.publish({
      inlets: { voucherify: { auth: { secrets: ["VOUCHERIFY_SECRET"] } } },
      targets: {
        crm: {
          request: {
            url: `${target.url}/crm`,
            headers: { "x-name": "{{ customer.name }}" },
            body: { name: "{{ customer.name }}", note: EVIL.replaceAll("{{", "{") },
          },
        },
      },
      routes: [{ id: "all", events: ["*"], to: ["crm"] }],
    });
    const { data } = createSendout();
    sent = await signalbox.accept(
      JSON.stringify(
        createSendout({
          event: { type: `evil.${EVIL}`, group_id: EVIL },
          data: {
            ...data,
            customer: {
              object: "customer",
              id: EVIL,
              source_id: EVIL,
              name: EVIL,
              email: EVIL,
              metadata: { [EVIL]: EVIL_URL },
            },
          },
        }),
      ),
      isSettled,
    );
    quarantined = await signalbox.accept(`{"id": ${JSON.stringify(EVIL)}, "data": ${JSON.stringify(EVIL)}}`);
    await signalbox.admin("POST", "/targets/crm/pause", { note: EVIL });
    const { incidents } = (await (await signalbox.admin("GET", "/incidents")).json()) as {
      incidents: { kind: string; subject: string }[]; // the API's own answer
    };
    for (const { kind, subject } of incidents) {
      const path = `/incidents/${encodeURIComponent(kind)}/${encodeURIComponent(subject)}/acknowledge`;
      await signalbox.admin("POST", path, { note: EVIL });
    }
    await createToken(signalbox, { name: EVIL.slice(0, 80), scopes: ["read"] });
    await signalbox.admin("PUT", `/routes/all?note=${encodeURIComponent(EVIL)}`, {
      id: "all",
      events: ["*"],
      to: ["crm"],
    });
  });

  afterAll(async () => {
    await Promise.all([signalbox.stop(), target.stop()]);
  });

  it("is text on every page", async () => {
    // The catalogue has no event of such a type.
    const page = await open({ origin: signalbox.url, token, expects: [404] });
    const paths = [
      "/",
      "/sendouts",
      `/sendouts/${sent.id}`,
      "/incidents",
      "/incidents?state=all",
      "/quarantine",
      `/quarantine/${quarantined.id}`,
      "/holds",
      "/table",
      "/table/targets/crm",
      "/table/versions",
      `/builder?sendout=${sent.id}`,
      "/builder/crm",
      "/migration",
      ...["inlets", "secrets", "tokens", "alerts", "retention", "health", "cost", "audit"].map(
        (one) => `/settings/${one}`,
      ),
    ];
    const showing: string[] = [];
    for (const path of paths) {
      await page.goto(path);
      await settle(page);
      if ((await page.locator("body").innerText()).includes(SEEN)) showing.push(path);
      expect(await page.evaluate(() => Reflect.get(window, "hit")), path).toBeUndefined();
      expect(await page.locator("img[src='/x'], svg[onload], main script").count(), path).toBe(0);
    }
    expect(showing).toEqual(expect.arrayContaining(["/sendouts", `/sendouts/${sent.id}`, "/incidents", "/holds"]));
  });

  it("is text once it is revealed", async () => {
    const page = await open({ origin: signalbox.url, path: `/sendouts/${sent.id}`, token });
    await settle(page);
    await page
      .getByRole("button", { name: /Reveal/ })
      .first()
      .click();
    const confirm = page.getByRole("dialog").getByRole("button", { name: /Reveal/ });
    await confirm.or(page.getByText(SEEN).first()).first().waitFor();
    if (await confirm.isVisible()) await confirm.click();
    await page.getByText(SEEN).first().waitFor();
    expect(await page.evaluate(() => Reflect.get(window, "hit"))).toBeUndefined();
  });

  it.each([
    ["a filter", `/sendouts?event=${encodeURIComponent(EVIL)}&customer=${encodeURIComponent(EVIL)}`],
    ["a sendout's id", `/sendouts/${encodeURIComponent(EVIL)}`],
    ["a target's name", `/table/targets/${encodeURIComponent(EVIL)}`],
    ["an incident's kind", `/incidents?kind=${encodeURIComponent(EVIL)}`],
    ["a time", `/?range=${encodeURIComponent(EVIL)}`],
    ["a page", `/${encodeURIComponent(EVIL)}`],
  ])("is text in an address that somebody sends: %s", async (_, path) => {
    const page = await open({ origin: signalbox.url, path, token, expects: [400, 404, 409] });
    await settle(page);
    expect(await page.evaluate(() => Reflect.get(window, "hit"))).toBeUndefined();
    expect(await page.locator("img[src='/x'], svg[onload], main script").count()).toBe(0);
  });
});
