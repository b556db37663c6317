// `signalbox audit`, `sweep`, and who paused until when, with a real router.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runInProcess, type Ended } from "./shell.ts";
import { SECRETS, startSignalbox, type Signalbox } from "./signalbox.ts";

const folder = mkdtempSync(join(tmpdir(), "signalbox-audit-"));
let signalbox: Signalbox;

beforeAll(async () => {
  signalbox = await startSignalbox();
  await signalbox.publish({
    inlets: { voucherify: { auth: { secrets: ["VOUCHERIFY_SECRET"] } } },
    targets: { crm: { request: { url: "https://crm.example/in" } } },
    routes: [{ id: "all", events: ["*"], to: ["crm"] }],
  });
});

afterAll(async () => {
  await signalbox.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function run(args: readonly string[], token: string = SECRETS.SIGNALBOX_ADMIN_TOKEN): Promise<Ended> {
  const env = { SIGNALBOX_URL: signalbox.url.origin, SIGNALBOX_ADMIN_TOKEN: token };
  return runInProcess([...args, "-q"], { folder, env });
}

/** A token with some scopes, as text. */
async function makeToken(name: string, scopes: string): Promise<string> {
  return (await run(["token", "create", "--name", name, "--scope", scopes])).out.trim();
}

describe("signalbox audit", () => {
  it("lists who did what, by whoever, whatever and about what it was", async () => {
    const mira = await makeToken("Mira <b>", "read,replay");
    await run(["pause", "target", "crm", "--until", "2h"], mira);
    await run(["resume", "target", "crm"], mira);
    const hers = await run(["audit", "--actor", "Mira <b>"]);
    expect(hers.code).toBe(0);
    const [head = "", ...lines] = hers.out.trimEnd().split("\n");
    expect(head).toMatch(/^AT +WHO +CALL +ABOUT +ANSWER +CHANGED$/);
    expect(lines).toEqual([
      expect.stringMatching(
        / Mira <b> +POST \/admin\/targets\/:id\/resume +crm +200 +\{.*"by_hand".*\} → \{"released":0\}$/,
      ),
      expect.stringMatching(/ Mira <b> +POST \/admin\/targets\/:id\/pause +crm +200 +\{.*"by_hand".*\}$/),
    ]);
    const made = await run(["audit", "--actor", "secret", "--action", "/admin/tokens", "--changed", "--json"]);
    expect(JSON.parse(made.out)).toMatchObject({
      entries: [{ action: "POST /admin/tokens", change: { after: { name: "Mira <b>" } } }],
      next: null,
      complete: true,
    });
    expect((await run(["audit", "--subject", "crm", "--until", "1h"])).code).toBe(1);
  });

  it("goes on through pages for as many as are wanted, and says that there may be more", async () => {
    for (let times = 0; times < 3; times++) await run(["sweep"]);
    const two = await run(["audit", "--action", "POST /admin/sweep", "--limit", "2"]);
    expect(two.out.trimEnd().split("\n")).toHaveLength(3);
    expect(two.err).toContain("There may be more");
  });

  it.each([
    [["--since", "yesterday"], 2, "is no time"],
    [["--limit", "0"], 2, "is no number from 1 to"],
    [["--actor", "nobody"], 1, "There are no such entries."],
  ])("%j is a no, or no command", async (args, code, said) => {
    expect(await run(["audit", ...args])).toMatchObject({ code, err: expect.stringContaining(said) });
  });

  it("is for whoever has the scope admin", async () => {
    const operator = await makeToken("Olga", "read,replay");
    expect(await run(["audit"], operator)).toMatchObject({ code: 4, err: expect.stringContaining("admin") });
  });
});

describe("signalbox pause --until", () => {
  it("ends by itself then, which the list of holds says, and who paused", async () => {
    const paused = await run(["pause", "target", "crm", "--until", "2099-01-01T09:00:00Z", "--note", "moving"]);
    expect(paused.out).toMatch(
      /^Paused: target crm\. What comes waits until: (2098-12-31|2099-01-01) [\d:]{8}, or: signalbox resume target crm\n$/,
    );
    expect((await run(["holds"])).out).toMatch(/^target:crm +by_hand +hold +since .+ until 20.+ +by secret +moving$/m);
    const { pauses } = JSON.parse((await run(["holds", "--json"])).out) as { pauses: object[] }; // the API's own
    expect(pauses).toMatchObject([{ until: "2099-01-01T09:00:00.000Z", by: { id: "secret", name: null } }]);
    await run(["resume", "target", "crm"]);
  });

  it.each([
    ["noon", "give an instant (2027-06-30T00:00:00Z), or in how long (15m, 2h, 90d)"],
    ["2020-01-01T00:00:00Z", "until: expected an instant that is still to come"],
  ])("%s is refused with what is taken", async (until, said) => {
    expect(await run(["pause", "target", "crm", "--until", until])).toMatchObject({
      code: 2,
      err: expect.stringContaining(said),
    });
    expect((await run(["holds"])).out).toBe("Nothing is paused, and nothing waits.\n");
  });
});

describe("signalbox sweep", () => {
  it("says what it has found", async () => {
    expect(await run(["sweep"])).toMatchObject({ code: 0, out: "0 deliveries go now.\n" });
    const { out } = await run(["sweep", "--recover", "--json"]);
    expect(JSON.parse(out)).toEqual({ sent: 0, cancelled: 0, orphans: 0, sendouts: 0 });
  });
});
