// `signalbox init` in folders of every kind. Nobody is there to be asked; what it asks at a terminal was tried by hand.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { parseVars } from "../../cli/local/dev-vars.ts";
import { readSource } from "../../cli/document.ts";
import { ownCommand } from "../../cli/own-command.ts";
import { exampleTarget } from "../../src/recipes/example-target.ts";
import { RECIPES } from "../../src/recipes/registry.ts";
import { runInProcess, type Ended } from "./shell.ts";

const root = mkdtempSync(join(tmpdir(), "signalbox-init-"));
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(root, "project-"));
});

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

async function init(...options: string[]): Promise<Ended> {
  return runInProcess(["init", ...options], { folder });
}

function read(name: string): string {
  return readFileSync(join(folder, name), "utf8");
}

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

async function tableHere(): Promise<{ $schema: string; targets: Record<string, unknown>; routes: unknown }> {
  const source = await readSource(join(folder, "signalbox.jsonc"));
  if (!source.ok) throw new Error(source.detail);
  return source.value.value as Awaited<ReturnType<typeof tableHere>>; // init has written it
}

describe("signalbox init", () => {
  it("writes a table for the demo target, tests that pass, secrets and a .gitignore into an empty folder", async () => {
    const { code, out, err } = await init();
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(readdirSync(folder).toSorted()).toEqual([
      ".dev.vars",
      ".gitignore",
      "signalbox.jsonc",
      "signalbox.tests.jsonc",
    ]);
    expect(Object.keys((await tableHere()).targets)).toEqual(["demo"]);
    expect(read(".gitignore")).toBe(".dev.vars\n.wrangler/\n");
    expect(statSync(join(folder, ".dev.vars")).mode & 0o777).toBe(0o600);
    expect(out).toContain("one inlet, the target demo, a route for redemption.*");
    expect(out).toMatch(/signalbox\.mjs dev /);
    expect(read("signalbox.jsonc")).toContain("give it an https URL before you deploy");
    expect(out).toMatch(/signalbox\.mjs trigger redemption\.succeeded --wait /);
    for (const value of Object.values(parseVars(join(folder, ".dev.vars")))) expect(out).not.toContain(value);
    expect(await runInProcess(["test"], { folder })).toMatchObject({ code: 0 });
  });

  it("names the schemas that editors complete by, and they are there", async () => {
    await init();
    const { $schema } = await tableHere();
    expect(existsSync(resolve(folder, $schema))).toBe(true);
    mkdirSync(join(folder, "node_modules/signalbox/schema"), { recursive: true });
    write("node_modules/signalbox/schema/routing-table.schema.json", "{}");
    await init("--force");
    expect((await tableHere()).$schema).toBe("./node_modules/signalbox/schema/routing-table.schema.json");
  });

  it("is checked as a router on this machine does, and says that it is for this machine", async () => {
    await init();
    expect(await runInProcess(["validate", "--local"], { folder })).toMatchObject({ code: 0 });
    const { code, out } = await runInProcess(["validate"], { folder });
    expect(code).toBe(1);
    expect(out).toContain("The table can be published on this machine only, as signalbox dev does (--local).");
  });

  it("leaves what is there alone, and writes table and tests anew with --force, never the secrets", async () => {
    await init();
    const [table, vars] = [read("signalbox.jsonc"), read(".dev.vars")];
    const mine = table.replace('"redemption.*"', '"customer.*"');
    write("signalbox.jsonc", mine);
    const again = await init("--url", "https://api.example.com/voucherify");
    expect(again.code).toBe(0);
    expect(again.out).toContain("= signalbox.jsonc  left alone");
    expect(again.out).toContain("trigger customer.");
    expect(read("signalbox.jsonc")).toBe(mine);
    await init("--force");
    expect(read("signalbox.jsonc")).toBe(table);
    expect(read(".dev.vars")).toBe(vars);
    expect(read(".gitignore")).toBe(".dev.vars\n.wrangler/\n");
  });

  it("adds to a .dev.vars and a .gitignore of one's own what they lack", async () => {
    write(".dev.vars", "VOUCHERIFY_SECRET=mine\nCRM_TOKEN='with # and \"'");
    write(".gitignore", "node_modules\n/.dev.vars");
    const { out } = await init("--json");
    expect(parseVars(join(folder, ".dev.vars"))).toMatchObject({
      VOUCHERIFY_SECRET: "mine",
      CRM_TOKEN: 'with # and "',
      SIGNALBOX_ADMIN_TOKEN: expect.stringMatching(/^[0-9a-f]{48}$/),
    });
    expect(read(".gitignore")).toBe("node_modules\n/.dev.vars\n.wrangler/\n");
    const { files } = JSON.parse(out) as { files: { file: string; outcome: string }[] }; // what --json says it is
    expect(files.map(({ file, outcome }) => [file, outcome])).toEqual([
      ["signalbox.jsonc", "written"],
      ["signalbox.tests.jsonc", "written"],
      [".dev.vars", "extended"],
      [".gitignore", "extended"],
    ]);
  });

  it("leaves a table in YAML alone even with --force, and tests without a table", async () => {
    write("signalbox.yaml", "inlets: {}\ntargets: {}\nroutes: []\n");
    await init("--force");
    expect(existsSync(join(folder, "signalbox.jsonc"))).toBe(false);
    expect(read("signalbox.yaml")).toContain("inlets: {}");
    rmSync(join(folder, "signalbox.yaml"));
    write("signalbox.tests.json", '{"tests": []}');
    await init();
    expect(read("signalbox.tests.json")).toBe('{"tests": []}');
    expect(existsSync(join(folder, "signalbox.tests.jsonc"))).toBe(false);
  });

  it("takes the URL, the target's name and the events from options", async () => {
    await init(
      "--url",
      "https://api.example.com/hook",
      "--target",
      "crm",
      "--event",
      "customer.*",
      "--event",
      "order.*",
    );
    const { targets, routes } = await tableHere();
    expect(targets["crm"]).toMatchObject({ request: { url: "https://api.example.com/hook" } });
    expect(routes).toEqual([{ id: "first", events: ["customer.*", "order.*"], to: ["crm"] }]);
    expect(await runInProcess(["validate"], { folder })).toMatchObject({ code: 0 });
    expect(await runInProcess(["test"], { folder })).toMatchObject({ code: 0 });
  });

  it.each(RECIPES)("makes a table that can be published, and tests that pass, of the recipe $id", async (recipe) => {
    const settings = Object.entries(exampleTarget(recipe).settings ?? {});
    const options = settings.flatMap(([name, value]) => ["--setting", `${name}=${value}`]);
    const { code, out } = await init("--recipe", recipe.id, ...options, "--json");
    expect(code).toBe(0);
    const { missingSecrets } = JSON.parse(out) as { missingSecrets: string[] };
    expect(missingSecrets).toHaveLength(Object.keys(recipe.secrets).length);
    expect(await runInProcess(["validate"], { folder })).toMatchObject({ code: 0 });
    const tested = await runInProcess(["test", "--json"], { folder });
    expect(JSON.parse(tested.out)).toMatchObject({ failed: 0 });
    expect(tested.code).toBe(0);
  });

  it.each([
    [["--recipe", "brase"], /^There is no recipe brase\. Did you mean braze\?$/],
    [["--recipe", "braze"], /targets\.braze\.settings\.instance: this is missing.*\n.*--setting name=value\.$/],
    [["--recipe", "braze", "--setting", "EU-01"], /^--setting EU-01 sets nothing; write name=value\.$/],
    [["--recipe", "braze", "--url", "https://api.example.com"], /^Give --url or --recipe/],
    [["--setting", "instance=EU-01"], /^--setting is for a --recipe\.$/],
    [["--url", "nonsense"], /targets\.first\.request\.url: /],
    [["--target", "My CRM"], /a name has 1 to 40 lowercase letters/],
    [["--event", "redemption.*.more"], /an event pattern is /],
  ])("writes nothing when it is told %j", async (options, sentence) => {
    const { code, err } = await init(...options);
    expect(code).toBe(2);
    expect(err.trimEnd()).toMatch(sentence);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("says the commands as they are called where it was run", () => {
    expect(ownCommand(process.cwd())).toBe("npx signalbox");
    expect(ownCommand(join(process.cwd(), "examples"))).toBe("npx signalbox");
    expect(resolve(folder, ownCommand(folder))).toBe(resolve("bin/signalbox.mjs"));
    mkdirSync(join(folder, "node_modules/.bin"), { recursive: true });
    write("node_modules/.bin/signalbox", "");
    expect(ownCommand(folder)).toBe("npx signalbox");
  });
});
