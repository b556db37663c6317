// `signalbox replay`, `pause`, `resume`, `discard`, `holds`, `incidents`, `token`, `secret` and `health` with a real router.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { runInProcess, spawnSignalbox, type Ended } from "./shell.ts";
import { SECRETS, startSignalbox, type Signalbox } from "./signalbox.ts";
import { startTarget, status, type ReceivedRequest, type Target } from "./target.ts";
import { withKeys } from "./vault.ts";

const folder = mkdtempSync(join(tmpdir(), "signalbox-operate-"));
let signalbox: Signalbox;
let target: Target;
let cron: NodeJS.Timeout;

beforeAll(async () => {
  [signalbox, target] = await Promise.all([startSignalbox(withKeys("old")), startTarget()]);
  await signalbox.publish({
    inlets: { voucherify: { auth: { secrets: ["VOUCHERIFY_SECRET"] } } },
    targets: {
      crm: { request: { url: `${target.url}/crm`, body: { code: "{{ voucher.code }}" } }, retry: [] },
      mail: {
        request: { url: `${target.url}/mail`, body: { code: "{{ voucher.code }}" } },
        auth: { type: "bearer", secret: "MAIL_KEY" },
      },
    },
    routes: [
      { id: "redemptions", events: ["redemption.*"], to: ["crm"] },
      { id: "rewards", events: ["customer.rewarded"], to: ["mail"] },
    ],
  });
  // A minute of the platform's, shortened: a replay goes on by it.
  cron = setInterval(() => void signalbox.router.runCron().catch(() => undefined), 500);
});

afterAll(async () => {
  clearInterval(cron);
  await Promise.all([signalbox.stop(), target.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(() => {
  target.requests.length = 0;
  target.behave(status(200));
});

afterEach(async () => run(["resume", "target", "crm"]));

function environment(env: Record<string, string>): Record<string, string> {
  const [url, token] = [signalbox.url.origin, SECRETS.SIGNALBOX_ADMIN_TOKEN];
  return {
    SIGNALBOX_URL: url,
    SIGNALBOX_ADMIN_TOKEN: token,
    VOUCHERIFY_SECRET: SECRETS.VOUCHERIFY_SECRET,
    ...env,
  };
}

async function run(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return runInProcess(args, { folder, env: environment(env) });
}

/** The same with something on stdin, which is a pipe. */
async function runWith(input: string, args: readonly string[]): Promise<Ended> {
  return spawnSignalbox(args, { folder, input, env: environment({}) });
}

/** The same with `--json`, read. */
async function runJson(args: readonly string[], env?: Record<string, string>) {
  const { code, out, err } = await run([...args, "--json"], env);
  return { code, answer: JSON.parse(out === "" ? err : out) as Record<string, unknown> };
}

function keyOf({ headers }: ReceivedRequest): unknown {
  return headers["idempotency-key"];
}

/** Posts some, and waits until each has had its first outcome. */
async function trigger(count: number): Promise<string[]> {
  const args = ["trigger", "redemption.succeeded", "--count", String(count), "--wait"];
  const { answer } = await runJson(args);
  return (answer["sendouts"] as { id: string }[]).map(({ id }) => id);
}

describe("signalbox replay", () => {
  it("sends what has failed once more, after showing the plan", async () => {
    target.behave(status(400));
    const ids = await trigger(2);
    target.behave(status(200));
    target.requests.length = 0;
    const { code, out, err } = await run(["replay", ...ids, "--as", "then", "--yes"]);
    expect(err).toMatch(/^rpl_[0-9a-f]+ {2}as then: 2 deliveries, 10 a second, about 1 s$/m);
    expect(err).toMatch(/^ {2}crm +2 +2 failed +/m);
    expect(out).toMatch(/^rpl_[0-9a-f]+ {2}done: 2 of 2 sent; 2 delivered\n$/);
    expect(code).toBe(0);
    expect(target.to("/crm")).toHaveLength(2);
  });

  it("takes a filter, and only plans when nothing more is asked", async () => {
    target.behave(status(400));
    const [id = ""] = await trigger(1);
    const args = ["replay", `${id}.crm`, "--as", "now", "--target", "crm", "--state", "failed,expired", "--plan"];
    const { code, answer } = await runJson(args);
    expect(code).toBe(0);
    expect(answer).toMatchObject({ state: "planned", mode: "as now", plan: { selected: 1 } });
    expect((await run([...args, "-q"])).out).toContain("of 1 that were tried, 0 differ from what was kept");
    const nothing = await run(["replay", "--since", "1s", "--until", "2026-01-01", "--as", "then", "-q"]);
    expect(nothing).toMatchObject({ code: 1, out: expect.stringContaining("as then: 0 deliveries") });
  });

  it("is a no when it fails again", async () => {
    target.behave(status(400));
    const [id = ""] = await trigger(1);
    const { code, answer } = await runJson(["replay", id, "--as", "then", "--yes"]);
    expect({ code, answer }).toMatchObject({ code: 1, answer: { progress: { states: { failed: 1 } } } });
  });

  it("can be left alone, and stopped", async () => {
    target.behave(status(400));
    const ids = await trigger(3);
    const begun = await runJson(["replay", ...ids, "--as", "then", "--rate", "1", "--yes", "--detach"]);
    expect(begun).toMatchObject({ code: 0, answer: { state: "running" } });
    const stopped = await run(["replay", "--stop", String(begun.answer["id"]), "-q"]);
    expect(stopped.code).toBe(1);
    expect(stopped.out).toMatch(/stopped: \d of 3 sent/);
    expect((await run(["replay", "--follow", String(begun.answer["id"]), "-q"])).out).toMatch(/stopped: \d of 3 sent/);
  });

  it.each([
    [["--since", "1h"], 2, "Say what is sent: --as then"],
    [["--as", "then"], 2, "expected deliveries, sendouts, or since"],
    [["--since", "1h", "--as", "then", "--state", "lost"], 2, "select.state"],
    [["whs_unknown", "--as", "then"], 1, "There is no sendout whs_unknown."],
    [["--stop", "rpl_unknown"], 1, "There is nothing here."],
  ])("refuses %j", async (args, exitCode, sentence) => {
    const { code, err } = await run(["replay", ...args]);
    expect({ code, err }).toMatchObject({ code: exitCode, err: expect.stringContaining(sentence) });
  });

  it("sends nothing where nobody can be asked", async () => {
    target.behave(status(400));
    const [id = ""] = await trigger(1);
    const before = target.requests.length;
    const ended = await run(["replay", id, "--as", "then"]);
    expect(ended).toMatchObject({ code: 2, err: expect.stringContaining("say --yes") });
    expect(target.requests.slice(before).map(keyOf)).not.toContain(`${id}.crm`);
  });
});

describe("signalbox pause, holds, resume and discard", () => {
  it("hold what comes, show it, and let it go", async () => {
    const paused = await run(["pause", "target", "crm", "--note", "maintenance", "-q"]);
    expect(paused.out).toBe("Paused: target crm. What comes waits until: signalbox resume target crm\n");
    const ids = await trigger(2);
    const holds = await vi.waitFor(
      async () => {
        const { out } = await run(["holds", "-q"]);
        expect(out).toMatch(/^2 to crm {2}by redemptions {2}/m);
        return out;
      },
      { timeout: 20_000, interval: 100 },
    );
    expect(holds).toMatch(/^Paused\ntarget:crm {2}by_hand {2}hold {2}since .+maintenance$/m);
    expect((await run(["resume", "target", "crm", "-q"])).out).toBe("Resumed: target crm. 2 held deliveries go now.\n");
    const wanted = expect.arrayContaining(ids.map((id) => `${id}.crm`));
    await vi.waitFor(() => expect(target.requests.map(keyOf)).toEqual(wanted), { timeout: 20_000 });
  });

  it("give up what is held, once somebody agrees", async () => {
    await run(["pause", "route", "redemptions", "--drain"]);
    await trigger(1);
    const unasked = await run(["discard", "route", "redemptions"]);
    expect(unasked).toMatchObject({ code: 2, err: expect.stringContaining("say --yes") });
    const { answer } = await vi.waitFor(
      async () => {
        const discarded = await runJson(["discard", "route", "redemptions", "--yes"]);
        expect(discarded.answer["cancelled"]).toBe(1);
        return discarded;
      },
      { timeout: 20_000, interval: 100 },
    );
    expect(answer).toEqual({ subject: "route:redemptions", cancelled: 1 });
    expect((await run(["resume", "route", "redemptions"])).code).toBe(0);
    expect(await run(["holds", "-q"])).toMatchObject({ code: 0, out: "Nothing is paused, and nothing waits.\n" });
  });

  it("say no to what the table does not have", async () => {
    expect(await run(["pause", "target", "nobody", "-q"])).toMatchObject({
      code: 1,
      err: "The table has no target nobody.\n",
    });
    expect((await run(["pause", "sendout", "x"])).code).toBe(2);
  });
});

describe("signalbox incidents", () => {
  it("lists what is open, and takes somebody's word", async () => {
    expect((await signalbox.post("{}", { "x-voucherify-signature": "00".repeat(32) })).status).toBe(401);
    const listed = await vi.waitFor(
      async () => {
        const ended = await run(["incidents", "-q"]);
        expect(ended.out).toMatch(/^open +signature_refused +voucherify +1× +/m);
        return ended;
      },
      { timeout: 20_000, interval: 100 },
    );
    expect(listed.code).toBe(1);
    const word = ["signature_refused", "voucherify", "-q", "--note", "asking them"];
    expect((await run(["incidents", "ack", ...word])).out).toBe("Acknowledged: signature_refused voucherify.\n");
    expect((await run(["incidents"])).out).toMatch(/^acknowledged .+ \(secret is at it\)$/m);
    const resolved = await run(["incidents", "resolve", "signature_refused", "voucherify", "-q"]);
    expect(resolved).toMatchObject({ code: 0, out: "Resolved: signature_refused voucherify.\n" });
    const { answer } = await runJson(["incidents", "list", "--state", "resolved"]);
    expect(answer["incidents"]).toContainEqual(expect.objectContaining({ kind: "signature_refused" }));
    expect((await run(["incidents", "resolve", "nothing", "at/all"])).code).toBe(1);
  });
});

describe("signalbox token", () => {
  it("prints a new one alone on stdout, and it opens what its scopes say", async () => {
    const made = await run(["token", "create", "--name", "Mira", "--scope", "read,replay", "--expires", "90d", "-q"]);
    expect(made.out).toMatch(/^sbx_[\w-]{43}\n$/);
    expect(made.err).toMatch(/^Token tok_[0-9a-f]{16} \(read, replay\) ends .+\. It is shown this once\.\n$/);
    const env = { SIGNALBOX_ADMIN_TOKEN: made.out.trim() };
    expect((await run(["holds"], env)).code).toBe(0);
    const refused = await runJson(["secret", "list"], env);
    expect(refused).toMatchObject({ code: 4, answer: { reason: "scope_missing" } });
    expect(refused.answer["detail"]).toContain("lacks secrets");
    const [, id = ""] = /(tok_\w+)/.exec(made.err) ?? [];
    expect((await run(["token", "list"])).out).toMatch(new RegExp(`^${id}  Mira  read,replay  `, "m"));
    expect((await run(["token", "delete", id])).code).toBe(0);
    expect((await run(["holds"], env)).code).toBe(4);
    expect((await run(["token", "delete", id])).code).toBe(1);
  });

  it.each([
    [["--scope", "read"], "--name"],
    [["--name", "a", "--scope", "read,,"], "commas between several"],
    [["--name", "a", "--scope", "all"], "scopes.0"],
    [["--name", "a", "--scope", "read", "--expires", "soon"], "is no time"],
    [["--name", "a", "--scope", "read", "--expires", "2020-01-01"], "still to come"],
  ])("refuses %j", async (args, sentence) => {
    const { code, out, err } = await run(["token", "create", ...args]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(sentence);
  });
});

describe("signalbox secret", () => {
  it("puts what stdin has into the vault, and never shows it", async () => {
    expect((await run(["secret", "list", "-q"])).out).toMatch(/^MAIL_KEY +missing +mail$/m);
    const set = await runWith("vault-value-1\n", ["secret", "set", "MAIL_KEY", "-q"]);
    expect(set).toMatchObject({ code: 0, err: "" });
    expect(set.out).toMatch(new RegExp(`^Set: MAIL_KEY, fingerprint \\w+\\. It is sent to: ${target.url}\n$`));
    const listed = await run(["secret", "list", "-q"]);
    expect(listed).toMatchObject({ code: 0, err: "" });
    expect(listed.out).toMatch(/^MAIL_KEY +vault +…/m);
    expect(set.out + set.err + listed.out).not.toContain("vault-value-1");
    await run(["trigger", "customer.rewarded", "--wait"]);
    expect(target.to("/mail").at(-1)?.headers.authorization).toBe("Bearer vault-value-1");
  });

  it("keeps one that is in use, unless it is told otherwise", async () => {
    await runWith("v", ["secret", "set", "MAIL_KEY"]);
    const refused = await runJson(["secret", "delete", "MAIL_KEY"]);
    expect(refused).toMatchObject({ code: 5, answer: { reason: "secret_in_use" } });
    expect((await run(["secret", "delete", "MAIL_KEY", "--force"])).code).toBe(0);
    expect((await run(["secret", "delete", "MAIL_KEY", "--force"])).code).toBe(1);
  });

  it("wants a value, and a name that it can have", async () => {
    expect(await runWith("", ["secret", "set", "MAIL_KEY", "-q"])).toMatchObject({
      code: 2,
      err: "No value was given.\n",
    });
    expect((await runWith("v", ["secret", "set", "SIGNALBOX_ADMIN_TOKEN"])).code).toBe(2);
    expect((await runWith("v", ["secret", "set", "MAIL_KEY", "value"])).err).not.toContain("value");
  });
});

describe("signalbox health", () => {
  it("is a no while something is missing", async () => {
    const { code, out } = await run(["health", "-q"]);
    expect(code).toBe(1);
    expect(out).toMatch(/^degraded {2}table version \d+\n/);
    expect(out).toMatch(/^secrets +not well +.*MAIL_KEY/m);
    expect(await runJson(["health"])).toMatchObject({ code: 1, answer: { missingSecrets: ["MAIL_KEY"] } });
  });
});

describe("signalbox open", () => {
  it.each([
    [[], "/"],
    [["so_1"], "/sendouts/so_1"],
    [["so_1.crm"], "/sendouts/so_1"],
    [["target:my crm"], "/table/targets/my%20crm"],
    [["../../elsewhere"], "/sendouts/..%2F..%2Felsewhere"],
    [["//evil.example"], "/sendouts/%2F%2Fevil.example"],
  ])("prints where %j is", async (what, path) => {
    const { code, out } = await run(["open", ...what]);
    expect({ code, out }).toEqual({ code: 0, out: `${signalbox.url.origin}${path}\n` });
  });
});
