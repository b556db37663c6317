// `signalbox tail` and `listen` with a real router: nothing is lost and nothing comes twice, whoever is away meanwhile.

import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createAdmin } from "../../cli/client/admin.ts";
import { lookFor, LOOK_BACK_MS, passed, positionAt, positionAtEnd } from "../../cli/operate/feed.ts";
import { createSendout } from "../fixtures/sendout.ts";
import { runInProcess, spawnSignalbox, type Ended } from "./shell.ts";
import { isSettled, SECRETS, startSignalbox, type Signalbox } from "./signalbox.ts";
import { startTarget, status, type Target } from "./target.ts";

const folder = mkdtempSync(join(tmpdir(), "signalbox-live-"));
let signalbox: Signalbox;
let target: Target;
let mine: Target;

beforeAll(async () => {
  [signalbox, target, mine] = await Promise.all([startSignalbox(), startTarget(), startTarget()]);
  await signalbox.publish({
    inlets: { voucherify: { auth: { secrets: ["VOUCHERIFY_SECRET"] } } },
    targets: { crm: { request: { url: `${target.url}/crm`, body: { code: "{{ voucher.code }}" } }, retry: [] } },
    routes: [{ id: "redemptions", events: ["redemption.*"], to: ["crm"] }],
  });
});

afterAll(async () => {
  await Promise.all([signalbox.stop(), target.stop(), mine.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(() => {
  mine.requests.length = 0;
  mine.behave(status(200));
});

function environment(): Record<string, string> {
  const { SIGNALBOX_ADMIN_TOKEN, VOUCHERIFY_SECRET } = SECRETS;
  return { SIGNALBOX_URL: signalbox.url.origin, SIGNALBOX_ADMIN_TOKEN, VOUCHERIFY_SECRET };
}

async function run(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return runInProcess(args, { folder, env: { ...environment(), ...env } });
}

/** Posts one and waits until its deliveries have ended. */
async function post(type = "redemption.succeeded"): Promise<{ id: string; body: string }> {
  const body = JSON.stringify(createSendout({ event: { type } }));
  const { id } = await signalbox.accept(body, isSettled);
  return { id, body };
}

function linesOf(out: string): Record<string, unknown>[] {
  return out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>); // what the command says is an object a line
}

describe("a feed of sendouts", () => {
  it("gives each once and the oldest first, however often it is asked", async () => {
    const admin = createAdmin(signalbox.url.origin, SECRETS.SIGNALBOX_ADMIN_TOKEN);
    await post();
    let position = await positionAtEnd(admin, {});
    const ids = [(await post()).id, (await post()).id, (await post()).id];
    const look = async () => lookFor(admin, {}, position, { backMs: LOOK_BACK_MS, most: 100 });
    const { sendouts } = await look();
    expect(sendouts.map(({ id }) => id)).toEqual(ids);
    for (const sendout of sendouts.slice(0, 2)) position = passed(position, sendout);
    expect((await look()).sendouts.map(({ id }) => id)).toEqual(ids.slice(2));
  });

  it("finds what was received earlier and recorded later", async () => {
    const admin = createAdmin(signalbox.url.origin, SECRETS.SIGNALBOX_ADMIN_TOKEN);
    const position = await positionAtEnd(admin, {});
    const [late, early] = [await post(), await post()];
    const all = await lookFor(admin, {}, position, { backMs: LOOK_BACK_MS, most: 100 });
    const [first, second] = all.sendouts;
    if (first === undefined || second === undefined) throw new Error("two were posted");
    // The one that was received first is taken for not recorded yet when the other passed.
    const after = passed(position, second);
    const { sendouts } = await lookFor(admin, {}, after, { backMs: LOOK_BACK_MS, most: 100 });
    expect(sendouts.map(({ id }) => id)).toEqual([late.id]);
    expect(early.id).toBe(second.id);
  });

  it("says what it leaves out, and leaves it out for good", async () => {
    const admin = createAdmin(signalbox.url.origin, SECRETS.SIGNALBOX_ADMIN_TOKEN);
    await post();
    await post();
    const { id } = await post();
    const found = await lookFor(admin, {}, positionAt(0), { backMs: LOOK_BACK_MS, most: 1 });
    expect(found.sendouts.map((one) => one.id)).toEqual([id]);
    expect(found.leftOutBefore).toBe(found.sendouts[0]?.receivedAt);
    const next = found.sendouts.reduce(passed, found.position);
    expect((await lookFor(admin, {}, next, { backMs: LOOK_BACK_MS, most: 1 })).sendouts).toEqual([]);
  });

  it("forgets what it can no longer find", () => {
    const at = (ms: number) => ({ id: `so_${ms}`, receivedAt: new Date(ms).toISOString() });
    const position = [at(0), at(1_000), at(600_000)].reduce(passed, positionAt(0));
    expect(position).toEqual({ start: 0, newest: 600_000, passed: [["so_600000", 600_000]] });
  });
});

describe("signalbox tail", () => {
  it("prints a sendout and what became of it", async () => {
    await post();
    const { code, out } = await run(["tail", "--since", "1h", "--count", "1", "-q"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^\d\d:\d\d:\d\d {2}so_[0-9a-f]{32} {2}redemption\.succeeded {2}→ crm$/m);
    expect(out).toMatch(/^\d\d:\d\d:\d\d {2}so_[0-9a-f]{32} {4}crm {2}delivered 200 in \d+ ms$/m);
  });

  it("begins now, and gives scripts an object a line", async () => {
    const tail = spawnSignalbox(["tail", "--count", "1", "--json"], { folder, env: environment() });
    // Whatever comes after it has begun; until then there is nothing to see.
    const ids: string[] = [];
    const until = new AbortController();
    void tail.finally(() => until.abort());
    while (!until.signal.aborted) ids.push((await post()).id);
    const { code, out, err } = await tail;
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const [sendout, delivery] = linesOf(out);
    expect(ids).toContain(sendout?.["id"]);
    expect(sendout).toMatchObject({ kind: "sendout", event: { type: "redemption.succeeded" } });
    expect(delivery).toMatchObject({ kind: "delivery", sendout: sendout?.["id"], target: "crm", state: "delivered" });
  });

  it("ends when the router refuses", async () => {
    expect(await run(["tail"], { SIGNALBOX_ADMIN_TOKEN: "wrong" })).toMatchObject({ code: 4, out: "" });
  });
});

describe("signalbox listen", () => {
  const to = () => ["listen", "--forward", `${mine.url}/hook`, "-q"];

  it("sends on the bytes as they came, signed with the local secret, and goes on where it was", async () => {
    const filtered = ["--event", "customer.created"];
    const [one, two] = [await post("customer.created"), await post("customer.created")];
    await run([...to(), ...filtered, "--since", "1h", "--count", "1"]);
    await run([...to(), ...filtered, "--count", "1"]);
    expect(mine.requests.map(({ body }) => body)).toEqual([one.body, two.body]);
    const signature = createHmac("sha256", SECRETS.VOUCHERIFY_SECRET).update(one.body).digest("hex");
    expect(mine.requests[0]?.headers).toMatchObject({
      "content-type": "application/json",
      "x-voucherify-signature": signature,
      "x-signalbox-sendout": one.id,
    });
  });

  it("keeps how far it has come where nobody else can read it", () => {
    const kept = join(folder, "signalbox", "listen");
    for (const name of readdirSync(kept)) expect(statSync(join(kept, name)).mode & 0o777).toBe(0o600);
  });

  it("goes on past answers that are no success, and says what each was", async () => {
    mine.behave(status(500));
    await post("customer.updated");
    const { code, out } = await run([...to(), "--event", "customer.updated", "--since", "1h", "--count", "1"]);
    expect(code).toBe(0);
    expect(out).toMatch(/ {2}customer\.updated {2}500 in \d+ ms\n$/);
  });

  it("waits for a server that does not listen yet, and skips nothing", async () => {
    const server = createServer((_req, res) => void res.end());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    await new Promise((resolve) => server.close(resolve));
    const { id } = await post("customer.deleted");
    const args = ["listen", "--forward", `http://127.0.0.1:${port}/`, "--event", "customer.deleted", "--json"];
    const command = ["cli/signalbox.ts", ...args, "--since", "1h", "--count", "1"];
    const env = { ...process.env, ...environment(), XDG_CONFIG_HOME: folder };
    const listening = spawn(process.execPath, command, { env });
    const out = text(listening.stdout);
    const ended = once(listening, "close");
    for await (const chunk of listening.stderr) if (String(chunk).includes("Nobody listens")) break;
    const late = createServer((_req, res) => void res.end());
    await new Promise<void>((resolve) => late.listen(port, "127.0.0.1", resolve));
    expect((await ended)[0]).toBe(0);
    late.closeAllConnections();
    late.close();
    expect(linesOf(await out)).toEqual([expect.objectContaining({ sendout: id, outcome: "answered", status: 200 })]);
  });

  it("needs a token that may see payloads, and a URL", async () => {
    const made = await signalbox.admin("POST", "/tokens", { name: "reader", scopes: ["read"] });
    const { token } = (await made.json()) as { token: string }; // as documented
    const refused = await run([...to(), "--since", "1h"], { SIGNALBOX_ADMIN_TOKEN: token });
    expect(refused).toMatchObject({ code: 4, err: expect.stringContaining("lacks payload") });
    expect((await run(["listen", "--forward", "localhost"])).code).toBe(2);
  });
});
