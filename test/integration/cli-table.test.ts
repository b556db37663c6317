// The routing table as a file in git: `signalbox plan`, `apply`, `pull` and `rollback` with a real router.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { runInProcess, wordsOf, type Ended } from "./shell.ts";
import { SECRETS, startSignalbox, type Signalbox } from "./signalbox.ts";
import { startTarget, type Target } from "./target.ts";

let folder = "";
let signalbox: Signalbox;
let target: Target;

beforeAll(async () => {
  [signalbox, target] = await Promise.all([startSignalbox(), startTarget()]);
  await signalbox.publish(createTable());
  const triggered = await run("trigger redemption.succeeded --count 3 --wait");
  expect(triggered).toMatchObject({ code: 0 });
  expect(await run("trigger voucher.created --wait")).toMatchObject({ code: 1 }); // no route takes it
});

afterAll(async () => Promise.all([signalbox.stop(), target.stop()]));

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "signalbox-table-"));
  await signalbox.publish(createTable());
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function createTable(body: object = { code: "{{ voucher.code }}" }, routes: readonly object[] = []): object {
  return {
    inlets: { voucherify: { auth: { secrets: ["VOUCHERIFY_SECRET"] } } },
    targets: { crm: { request: { url: `${target.url}/crm`, body }, retry: [] } },
    routes: [{ id: "redemptions", events: ["redemption.*"], to: ["crm"] }, ...routes],
  };
}

const NEW_BODY = { code: "{{ voucher.code }}", name: "{{ customer.name }}" };
const NEW_ROUTE = { id: "vouchers", events: ["voucher.created"], to: ["crm"] };

async function run(line: string): Promise<Ended> {
  const env = {
    SIGNALBOX_URL: signalbox.url.origin,
    SIGNALBOX_ADMIN_TOKEN: SECRETS.SIGNALBOX_ADMIN_TOKEN,
    VOUCHERIFY_SECRET: SECRETS.VOUCHERIFY_SECRET,
  };
  return runInProcess([...wordsOf(line), "--quiet"], { folder: folder === "" ? tmpdir() : folder, env });
}

function write(table: unknown, file = "signalbox.json"): void {
  writeFileSync(join(folder, file), JSON.stringify(table, null, 2));
}

function read(file: string): string {
  return readFileSync(join(folder, file), "utf8");
}

async function versionInForce(): Promise<number> {
  const { out } = await run("plan --json --last 0");
  return JSON.parse(out).version;
}

describe("signalbox plan", () => {
  it("says that nothing changes", async () => {
    write(createTable());
    const { code, out } = await run("plan");
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringMatching(/^Nothing to publish: signalbox\.json is what is in force/),
    });
  });

  it("shows changes, warnings, and what becomes of logged sendouts", async () => {
    write(createTable(NEW_BODY, [NEW_ROUTE]));
    const { code, out } = await run("plan");
    expect(code).toBe(0);
    expect(out).toContain('+ targets.crm.request.body.name: "{{ customer.name }}"');
    expect(out).toContain('+ routes.vouchers: {"id":"vouchers","events":["voucher.created"],"to":["crm"]}');
    expect(out).toContain("Of the last 4 sendouts: 1 newly routed.");
    expect(out).toMatch(/redemptions → crm {2}3 changed/);
    expect(out).toMatch(/vouchers → crm {5}1 new/);
    expect(out).toContain("body.name: nothing →");
    expect(out).toMatch(/To publish it: signalbox apply\n$/);
  });

  it("adds pages up", async () => {
    write(createTable(NEW_BODY));
    const all = JSON.parse((await run("plan --json")).out).dryRun;
    expect(all).toMatchObject({
      sendouts: { compared: 4, routed: 3, unrouted: 1, newlyRouted: 0 },
      deliveries: [{ route: "redemptions", target: "crm", changed: 3, same: 0 }],
    });
    expect(all.examples).toHaveLength(3);
    expect(JSON.parse((await run("plan --json --last 2")).out).dryRun.sendouts.compared).toBe(2);
  });

  it("tries nothing where nobody asks for it", async () => {
    write(createTable(NEW_BODY));
    expect(JSON.parse((await run("plan --json --last 0")).out).dryRun).toBeNull();
  });

  it("says no to a table that cannot be published, with file and line", async () => {
    write(createTable({ code: "{{ vouchr.code }}" }));
    const { code, out } = await run("plan");
    expect(code).toBe(1);
    expect(out).toMatch(
      /error {4}signalbox\.json:\d+:\d+: targets\.crm\.request\.body\.code: .*did you mean voucher\.code\?/,
    );
    expect(out).toMatch(/It cannot be published\.\n$/);
  });

  it("prints Markdown that nothing in a table gets out of", async () => {
    write(createTable({ code: "``` <script> | {{ voucher.code }}" }));
    const { out } = await run("plan --markdown");
    expect(out).toMatch(/^<!-- signalbox plan -->\n### Signalbox: ` signalbox\.json ` against version \d+\n/);
    expect(out).toContain("````diff\n~ targets.crm.request.body.code");
    expect(out).toContain("| ` redemptions → crm ` | 3 |");
  });

  it.each([
    ["is no table", { a: 1 }, /signalbox\.json has no inlets, targets and routes/],
    ["is a list", [], /signalbox\.json has no inlets, targets and routes/],
  ])("cannot be made of a file that %s", async (_, content, complaint) => {
    write(content);
    expect(await run("plan")).toMatchObject({ code: 2, out: "", err: expect.stringMatching(complaint) });
  });

  it("cannot be made without a file", async () => {
    expect(await run("plan")).toMatchObject({ code: 2, err: expect.stringContaining("There is no table here") });
  });
});

describe("signalbox apply", () => {
  it("publishes, and the second time there is nothing to publish", async () => {
    write(createTable(NEW_BODY));
    const before = await versionInForce();
    expect(await run("apply --yes --note planned")).toMatchObject({
      code: 0,
      out: expect.stringContaining(`Version ${before + 1} is in force.`),
      err: expect.stringContaining("+ targets.crm.request.body.name"),
    });
    expect(await run("apply --yes")).toMatchObject({ code: 0, out: expect.stringMatching(/^Nothing to publish/) });
    expect(await versionInForce()).toBe(before + 1);
  });

  it("publishes nothing that nobody agreed to", async () => {
    write(createTable(NEW_BODY));
    const before = await versionInForce();
    expect((await run("apply")).code).not.toBe(0); // nobody is there to ask
    expect(await versionInForce()).toBe(before);
  });

  it("publishes only over the version that was planned against", async () => {
    write(createTable(NEW_BODY));
    const version = await versionInForce();
    await signalbox.publish(createTable({ code: "{{ voucher.id }}" }));
    expect(await run(`apply --yes --expect-version ${version}`)).toMatchObject({
      code: 5,
      err: expect.stringContaining(`Version ${version + 1} is in force, not ${version}`),
    });
    expect(JSON.parse((await run(`apply --yes --json --expect-version ${version + 1}`)).out)).toEqual({
      version: version + 2,
      published: true,
      warnings: [],
    });
  });

  it("refuses what cannot be published", async () => {
    write(createTable({ code: "{{ vouchr.code }}" }));
    const { code, out } = await run("apply --yes");
    expect({ code, out }).toEqual({ code: 1, out: expect.stringContaining("did you mean voucher.code?") });
  });
});

describe("signalbox pull", () => {
  it("writes a table that publishes as nothing new, as JSON and as YAML", async () => {
    expect(await run("pull")).toMatchObject({ code: 0, out: expect.stringContaining("signalbox.jsonc has version") });
    expect(JSON.parse(read("signalbox.jsonc"))).toEqual(createTable());
    expect(await run("pull table.yaml")).toMatchObject({ code: 0 });
    expect(await run("plan table.yaml")).toMatchObject({ code: 0, out: expect.stringMatching(/^Nothing to publish/) });
  });

  it("leaves a file alone that says the same", async () => {
    const text = `// ours\n${JSON.stringify(createTable())}`;
    writeFileSync(join(folder, "signalbox.jsonc"), text);
    expect(await run("pull")).toMatchObject({ code: 0, out: expect.stringContaining("it stays as it is written") });
    expect(read("signalbox.jsonc")).toBe(text);
  });

  it.each([
    ["says something else", () => JSON.stringify(createTable(NEW_BODY)), "- targets.crm.request.body.name"],
    ["is no table", () => "{", "signalbox.json:1:2: this is not JSON"],
  ])("overwrites a file that %s only when told to", async (_, content, complaint) => {
    const text = content();
    writeFileSync(join(folder, "signalbox.json"), text);
    const { code, err } = await run("pull");
    expect({ code, text: read("signalbox.json") }).toEqual({ code: 1, text });
    expect(err).toContain(complaint.replace("- targets", "targets"));
    expect(await run("pull --force")).toMatchObject({ code: 0 });
    expect(JSON.parse(read("signalbox.json"))).toEqual(createTable());
  });
});

describe("signalbox rollback", () => {
  it("publishes the version before again", async () => {
    await signalbox.publish(createTable(NEW_BODY));
    const version = await versionInForceBy("pull --force");
    expect(await run("rollback --yes --json")).toMatchObject({ code: 0 });
    expect(await versionInForceBy("pull --force")).toBe(version + 1);
    expect(JSON.parse(read("signalbox.jsonc"))).toEqual(createTable());
  });

  it("publishes a version that is named", async () => {
    expect(await run("rollback 1 --yes")).toMatchObject({ code: 0, out: expect.stringContaining("is in force.") });
  });

  it("knows no version that never was", async () => {
    expect(await run("rollback 999999 --yes")).toMatchObject({ code: 1 });
    expect(existsSync(join(folder, "signalbox.jsonc"))).toBe(false);
  });
});

async function versionInForceBy(line: string): Promise<number> {
  return JSON.parse((await run(`${line} --json`)).out).version;
}
