// `signalbox trigger`, `search` and `show` with a real router and a real target, for people and for scripts.

import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { runInProcess, type Ended } from "./shell.ts";
import { SECRETS, startSignalbox, type Signalbox } from "./signalbox.ts";
import { startTarget, type Target } from "./target.ts";

/** What the inlet "strict" requires. */
const FACTORS = { INLET_TOKEN: "token-of-the-url-5f0c91d2a7b3", INLET_KEY: "key-of-the-header-81c4e6" };

const folder = mkdtempSync(join(tmpdir(), "signalbox-sendouts-"));
let signalbox: Signalbox;
let target: Target;

beforeAll(async () => {
  [signalbox, target] = await Promise.all([startSignalbox({ ...SECRETS, ...FACTORS }), startTarget()]);
  // As `npm start` leaves it: the router of this folder.
  const vars = [
    `SIGNALBOX_ADMIN_TOKEN=${SECRETS.SIGNALBOX_ADMIN_TOKEN}`,
    `VOUCHERIFY_SECRET=${SECRETS.VOUCHERIFY_SECRET}`,
  ];
  writeFileSync(join(folder, ".dev.vars"), vars.join("\n"));
  await signalbox.publish({
    inlets: {
      voucherify: { auth: { secrets: ["VOUCHERIFY_SECRET"] } },
      strict: {
        auth: { secrets: ["VOUCHERIFY_SECRET"] },
        requires: { pathToken: "INLET_TOKEN", header: { name: "x-signalbox-key", secret: "INLET_KEY" } },
      },
    },
    targets: {
      crm: {
        request: { url: `${target.url}/crm`, body: { email: "{{ customer.email }}", name: "{{ customer.name }}" } },
        auth: { type: "bearer", secret: "CRM_TOKEN" },
      },
    },
    routes: [{ id: "redemptions", events: ["redemption.*"], to: ["crm"] }],
  });
});

afterAll(async () => {
  await Promise.all([signalbox.stop(), target.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

async function run(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const ended = await runInProcess(args, { folder, env: { SIGNALBOX_URL: signalbox.url.origin, ...env } });
  for (const secret of Object.values(SECRETS))
    if (secret !== "allow") expect(ended.out + ended.err).not.toContain(secret);
  return ended;
}

/** The same with `--json`, read. */
async function runJson(args: readonly string[], env?: Record<string, string>) {
  const { code, out, err } = await run([...args, "--json"], env);
  return { code, answer: JSON.parse(out === "" ? err : out) as Record<string, unknown> };
}

/** Posts one and gives its record. */
async function trigger(...args: string[]): Promise<{ id: string; deliveries: { id: string }[] }> {
  const { answer } = await runJson(["trigger", "redemption.succeeded", "--wait", ...args]);
  const [record] = answer["sendouts"] as { id: string; deliveries: { id: string }[] }[]; // as documented
  if (record === undefined) throw new Error("it is not in the ledger");
  return record;
}

/** A token with some scopes. */
async function tokenWith(...scopes: string[]): Promise<string> {
  const made = await signalbox.admin("POST", "/tokens", { name: scopes.join(" "), scopes });
  return ((await made.json()) as { token: string }).token; // as documented
}

describe("signalbox trigger", () => {
  it("shows an inlet what it requires beside the signature, and says what is missing", async () => {
    const args = ["trigger", "redemption.succeeded", "--inlet", "strict"];
    const shown = ["--path-token-env", "INLET_TOKEN", "--header-env", "x-signalbox-key=INLET_KEY"];
    const env = { INLET_TOKEN: FACTORS.INLET_TOKEN, INLET_KEY: FACTORS.INLET_KEY };
    expect((await runJson(args, env)).answer).toMatchObject({ reason: "sender_unproven" });
    expect(await run([...args, ...shown], env)).toMatchObject({ code: 0, out: expect.stringMatching(/^acc_/) });
    expect(await run([...args, ...shown], { ...env, INLET_KEY: "" })).toMatchObject({
      code: 2,
      err: expect.stringContaining("The variable INLET_KEY has no secret in it."),
    });
    expect(await run([...args, "--header-env", "nonsense"])).toMatchObject({ code: 2 });
  });

  it("posts a signed example with other values, and tells what became of it", async () => {
    const { code, out } = await run([
      "trigger",
      "redemption.succeeded",
      "--wait",
      "--set",
      "customer.email=mira@example.com",
      "--set",
      "customer.name=7",
    ]);
    expect(code).toBe(0);
    expect(out).toMatch(/^so_[0-9a-f]{32} {2}redemption\.succeeded {2}routed\n/);
    expect(out).toMatch(/^crm {2}delivered$/m);
    expect(out).toMatch(/^ {2}1\. {2}\S+ \S+ {2}200 {2}\d+ ms {2}\{"ok":true\}$/m);
    expect(target.requests.at(-1)?.body).toBe('{"email":"mira@example.com","name":7}');
  });

  it("posts either version, and many with ids of their own", async () => {
    const args = ["trigger", "redemption.succeeded", "--version", "v2018-08-01", "--count", "3", "--wait"];
    const { code, answer } = await runJson(args);
    expect(code).toBe(0);
    expect(answer["sendouts"]).toMatchObject(Array.from({ length: 3 }, () => ({ payloadVersion: "v2018-08-01" })));
    expect(new Set(answer["accepted"] as string[]).size).toBe(3);
  });

  it("calls what no target gets a no", async () => {
    expect(await run(["trigger", "voucher.published", "--wait", "-q"])).toMatchObject({
      code: 1,
      out: expect.stringMatching(/\n\nunrouted$/m),
    });
  });

  it.each([
    [["redemption.suceeded"], 2, "Did you mean redemption.succeeded?"],
    [["customer.order.paid", "--version", "v2018-08-01"], 2, "is not sent in v2018-08-01"],
    [["redemption.failed", "--set", "a b=1"], 2, "is not a plain path"],
    [["redemption.failed", "--set", "name"], 2, "write path=value"],
    [["redemption.failed", "--set", "__proto__.x=1"], 2, "__proto__"],
    [["redemption.failed", "--count", "0"], 2, "no number from 1 to 1000"],
    [["redemption.failed", "--secret-env", "NOT_SET"], 2, "The variable NOT_SET has no secret in it."],
    [["redemption.failed", "--inlet", "../admin"], 1, "no such inlet"],
  ])("refuses %j", async (args, exitCode, sentence) => {
    const { code, err } = await run(["trigger", ...args]);
    expect(code).toBe(exitCode);
    expect(err).toContain(sentence);
  });

  it("says that the inlet does not know the secret", async () => {
    const wrong = await runJson(["trigger", "redemption.failed", "--secret-env", "WRONG"], { WRONG: "wrong" });
    expect(wrong).toMatchObject({ code: 4, answer: { reason: "signature_invalid" } });
  });
});

describe("signalbox search", () => {
  it("prints what fits, newest first, in columns or as the API has it", async () => {
    const { id } = await trigger();
    const { out } = await run(["search", "--event", "redemption.succeeded", "--limit", "1"]);
    const [head = "", line = ""] = out.split("\n");
    expect(head).toMatch(/^RECEIVED +EVENT +STATE +SENDOUT +TO$/);
    expect(line).toMatch(new RegExp(`^\\S+ \\S+  redemption\\.succeeded  routed  ${id}  crm$`));
    const { answer } = await runJson(["search", "--event", "redemption.succeeded", "--limit", "1"]);
    expect(answer).toMatchObject({ sendouts: [{ id }], next: expect.any(String) });
  });

  it("goes through all pages", async () => {
    await run(["trigger", "voucher.published", "--count", "210"]);
    const all = await vi.waitFor(
      async () => {
        const { answer } = await runJson(["search", "--event", "voucher.published", "--all"]);
        expect((answer["sendouts"] as unknown[]).length).toBeGreaterThan(210);
        return answer;
      },
      { timeout: 20_000, interval: 200 },
    );
    const ids = (all["sendouts"] as { id: string }[]).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(all["next"]).toBeNull();
  });

  it("lists deliveries instead, by their own state", async () => {
    const { id } = await trigger();
    const args = ["search", "--deliveries", "--state", "delivered,failed", "--target", "crm", "--limit", "1"];
    const { out } = await run(args);
    const [head = "", line = ""] = out.split("\n");
    expect(head).toMatch(/^RECEIVED +EVENT +STATE +STATUS +DELIVERY +REASON$/);
    expect(line).toMatch(new RegExp(`^\\S+ \\S+  redemption\\.succeeded  delivered  200     ${id}\\.crm$`));
    const { answer } = await runJson(args);
    expect(answer).toMatchObject({ deliveries: [{ id: `${id}.crm`, status: 200, sendout: { id } }] });
    const url = await run(["search", "--deliveries", "--delivery-state", "held", "--url-only", "-q"]);
    expect(url.out).toBe(`${signalbox.url.origin}/admin/deliveries?state=held\n`);
    expect(await run(["search", "--deliveries", "--state", "failed", "-q"])).toMatchObject({
      code: 1,
      err: "There are no such deliveries.\n",
    });
  });

  it("takes times as people say them", async () => {
    expect(await run(["search", "--since", "1h", "--until", "30m"])).toMatchObject({ code: 1, out: "" });
    const { out } = await run(["search", "--url-only", "--event", "a&b", "--since", "2026-11-22T08:00Z"]);
    expect(out).toBe(`${signalbox.url.origin}/admin/sendouts?event=a%26b&since=2026-11-22T08%3A00%3A00.000Z\n`);
    expect(await run(["search", "--since", "yesterday"])).toMatchObject({ code: 2, out: "" });
  });

  it("names the place of what the router does not take", async () => {
    const { code, err } = await run(["search", "--state", "lost", "-q"]);
    expect(code).toBe(2);
    expect(err).toContain("\n  state: expected");
  });

  it("ends well when nobody reads on", async () => {
    const script = `"$0" cli/signalbox.ts search --all --json -q | head -c 1`;
    const out = await new Promise<string>((resolve, reject) => {
      const env = {
        ...process.env,
        SIGNALBOX_URL: signalbox.url.origin,
        SIGNALBOX_ADMIN_TOKEN: SECRETS.SIGNALBOX_ADMIN_TOKEN,
      };
      execFile("bash", ["-o", "pipefail", "-c", script, process.execPath], { env }, (error, stdout, stderr) =>
        error === null && stderr === "" ? resolve(stdout) : reject(new Error(`${error?.message} ${stderr}`)),
      );
    });
    expect(out).toBe("{");
  });
});

describe("signalbox show", () => {
  it("finds a sendout by each of its ids, and a delivery", async () => {
    const { id, deliveries } = await trigger();
    const { answer } = await runJson(["show", id]);
    for (const other of [answer["acceptedId"], answer["sendoutRef"]]) {
      expect((await runJson(["show", String(other)])).answer["id"]).toBe(id);
    }
    const delivery = deliveries[0]?.id ?? "";
    const shown = await runJson(["show", delivery]);
    expect(shown).toMatchObject({ code: 0, answer: { target: "crm", state: "delivered" } });
    expect((await run(["show", delivery, "-q"])).out).toMatch(/^crm {2}delivered\n/);
  });

  it("prints what arrived byte for byte, and the event that it is taken for", async () => {
    const { id } = await trigger("--set", "customer.name=Ada");
    const payload = await run(["show", id, "--payload"]);
    const { answer } = await runJson(["show", id, "--reveal"]);
    expect(payload.out).toBe((answer["payload"] as { content: string }).content);
    const { out } = await run(["show", id, "--envelope"]);
    expect(JSON.parse(out)).toMatchObject({ type: "redemption.succeeded", data: { customer: { name: "Ada" } } });
  });

  it("prints the requests as curl commands without secrets, and what each route decides", async () => {
    const { id } = await trigger();
    const { out } = await run(["show", id, "--curl"]);
    expect(out).toContain(`curl -X POST '${target.url}/crm'`);
    expect(out).toContain(`Idempotency-Key: ${id}.crm`);
    const routes = await run(["show", id, "--routes", "-q"]);
    expect(routes.out).toMatch(/^ {2}redemptions {2}taken$/m);
    expect(routes.out).toContain('Bearer \'"$CRM_TOKEN"');
  });

  it("lets no value act on the terminal", async () => {
    target.behave((res) => void res.writeHead(200).end("\u001B[2J\u0007"));
    const evil = JSON.stringify("\u009B31m\u202Eevil");
    const { id } = await trigger("--set", `customer.name=${evil}`);
    for (const args of [
      ["show", id, "--reveal"],
      ["show", id, "--json", "--reveal"],
      ["show", id, "--envelope"],
    ]) {
      const { out } = await run(args);
      expect(out).toContain(String.raw`\u009b31m\u202eevil`);
      // oxlint-disable-next-line no-control-regex -- these are what must not be there
      expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    }
  });

  it("shows those who may not see payloads all the rest, and names the scope", async () => {
    const env = { SIGNALBOX_ADMIN_TOKEN: await tokenWith("read") };
    const { id } = await trigger();
    expect(await run(["show", id], env)).toMatchObject({ code: 0, out: expect.not.stringContaining("curl") });
    expect(await runJson(["show", id, "--payload"], env)).toMatchObject({
      code: 4,
      answer: { reason: "scope_missing" },
    });
    const routes = await run(["show", id, "--routes", "-q"], env);
    expect(routes.err).toMatch(/^The token lacks payload, which this call needs\.\nSomebody with the scope admin/);
  });

  it.each(["so_nothing", "whs_/../../admin", "so_a.b/retry?x=1", "%2e%2e", "so_\u001B[31m"])(
    "says that there is no %j",
    async (id) => {
      const { code, out, err } = await run(["show", id, "-q"]);
      expect({ code, out }).toEqual({ code: 1, out: "" });
      expect(err).toMatch(/^There is no such (sendout|delivery)\.\n$/);
    },
  );
});
